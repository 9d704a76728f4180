import * as business from '@bellhop/business'
import { LIMITS, MIB } from '@bellhop/model'
import { z } from 'zod'
import { fileName, sha256, sizeBytes, tags, uploadId } from './input.ts'
import { writing } from './own-writes.ts'
import { procedure, router } from './trpc.ts'

const part = z.object({ number: z.number().int(), sha256: sha256.optional(), sizeBytes: sizeBytes.optional() })

const { minPartSizeBytes: smallest, maxAskedPartSizeBytes: largest } = LIMITS
const minPartSizeBytes = z.number().int().min(smallest).max(largest).multipleOf(MIB)

/** Of S3 they are 32 hex digits in quotes; stores may have longer ones. */
const etags = z.array(z.string().min(1).max(200)).max(LIMITS.maxPartCount)

export const uploads = router({
  start: procedure
    .input(
      z.object({
        uploadId: uploadId.optional(),
        name: fileName,
        sizeBytes: sizeBytes.nullable(),
        minPartSizeBytes: minPartSizeBytes.optional(),
        mediaType: z.string().max(200).optional(),
        tags: tags.optional(),
        sha256: sha256.optional(),
        parts: z.array(part).max(LIMITS.partsPerSigning).optional(),
        fingerprint: sha256.optional(),
        startJobs: z.boolean().optional(),
      }),
    )
    .mutation(({ ctx, input }) => business.startUpload(ctx.call, input)),
  signParts: procedure
    .input(z.object({ uploadId, parts: z.array(part).min(1).max(LIMITS.partsPerSigning) }))
    .mutation(({ ctx, input }) => business.signParts(ctx.call, input)),
  complete: writing
    .input(z.object({ uploadId, sizeBytes: sizeBytes.optional(), etags: etags.optional() }))
    .mutation(({ ctx, input }) => business.completeUpload(ctx.call, input)),
  abort: procedure.input(z.object({ uploadId })).mutation(({ ctx, input }) => business.abortUpload(ctx.call, input)),
  listOpen: procedure.query(({ ctx }) => business.listOpenUploads(ctx.call)),
  get: procedure.input(z.object({ uploadId })).query(({ ctx, input }) => business.getUpload(ctx.call, input)),
  renew: procedure
    .input(z.object({ uploadId, sha256: sha256.optional() }))
    .mutation(({ ctx, input }) => business.renewUpload(ctx.call, input)),
})
