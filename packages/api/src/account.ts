import * as business from '@bellhop/business'
import { ROLES } from '@bellhop/model'
import { z } from 'zod'
import { apiKeyId } from './input.ts'
import { procedure, router } from './trpc.ts'

const shortName = z.string().trim().min(1, 'Give it a name.').max(100)

export const account = router({
  me: procedure.query(({ ctx }) => business.getAccount(ctx.call)),
  createWorkspace: procedure
    .input(z.object({ name: shortName }))
    .mutation(({ ctx, input }) => business.createWorkspace(ctx.call, input)),
  apiKeys: router({
    list: procedure.query(({ ctx }) => business.listApiKeys(ctx.call)),
    create: procedure
      .input(z.object({ name: shortName, role: z.enum(ROLES).default('member') }))
      .mutation(({ ctx, input }) => business.createApiKey(ctx.call, input)),
    revoke: procedure
      .input(z.object({ id: apiKeyId }))
      .mutation(({ ctx, input }) => business.revokeApiKey(ctx.call, input)),
  }),
})
