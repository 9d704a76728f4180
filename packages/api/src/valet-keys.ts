import * as business from '@bellhop/business'
import { z } from 'zod'
import { cursor, fileId, searchText, uploadId, userId, valetKeyId } from './input.ts'
import { procedure, router } from './trpc.ts'

export const valetKeys = router({
  list: procedure
    .input(
      z.object({
        fileId: fileId.optional(),
        uploadId: uploadId.optional(),
        userId: userId.optional(),
        text: searchText.optional(),
        cursor: cursor.optional(),
        limit: z.number().int().min(1).max(100).default(50),
      }),
    )
    .query(({ ctx, input }) => business.listValetKeys(ctx.call, input)),
  revoke: procedure
    .input(z.object({ id: valetKeyId }))
    .mutation(({ ctx, input }) => business.revokeValetKey(ctx.call, input)),
})
