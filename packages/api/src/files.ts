import * as business from '@bellhop/business'
import { z } from 'zod'
import { fileId, fileName, tags } from './input.ts'
import { writing } from './own-writes.ts'
import { procedure, router } from './trpc.ts'

export const files = router({
  get: procedure.input(z.object({ fileId })).query(({ ctx, input }) => business.getFile(ctx.call, input)),
  digests: procedure.input(z.object({ fileId })).query(({ ctx, input }) => business.getFileDigests(ctx.call, input)),
  update: writing
    .input(z.object({ fileId, name: fileName.optional(), tags: tags.optional() }))
    .mutation(({ ctx, input }) => business.updateFile(ctx.call, input)),
  delete: writing.input(z.object({ fileId })).mutation(({ ctx, input }) => business.deleteFile(ctx.call, input)),
})
