import * as business from '@bellhop/business'
import { LIMITS } from '@bellhop/model'
import { z } from 'zod'
import { objectId, valetKeyId } from './input.ts'
import { procedure, router } from './trpc.ts'

export const downloads = router({
  start: procedure
    .input(
      z.object({
        id: objectId,
        disposition: z.enum(['attachment', 'inline']).optional(),
        renews: valetKeyId.optional(),
      }),
    )
    .mutation(({ ctx, input }) => business.startDownload(ctx.call, input)),
  previews: procedure
    .input(z.object({ ids: z.array(objectId).max(LIMITS.downloadsPerRequest) }))
    .query(({ ctx, input }) => business.previewDownloads(ctx.call, input)),
})
