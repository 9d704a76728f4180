import * as business from '@bellhop/business'
import { LIMITS, ROLES } from '@bellhop/model'
import { z } from 'zod'
import { apiKeyId } from './input.ts'
import { procedure, router } from './trpc.ts'

/** Of the database. */
const MAX_INTEGER = 2 ** 31 - 1

const shortName = z.string().trim().min(1, 'Give it a name.').max(100)

const bound = z.number().int().nonnegative().nullable()
const quota = z.object({
  maxBytes: bound,
  maxFiles: bound.refine(
    (count) => count === null || count <= MAX_INTEGER,
    'Expected fewer files than two thousand million.',
  ),
  maxFileBytes: bound,
  mediaTypes: z
    .array(
      z
        .string()
        .max(100)
        .regex(/^[a-z0-9][\w.+-]*\/(\*|[\w.+-]+)$/, 'Expected a type such as `text/csv` or `image/*`.'),
    )
    .min(1, 'List at least one type, or give null for all.')
    .max(LIMITS.quotaMediaTypes)
    .nullable(),
})

export const account = router({
  me: procedure.query(({ ctx }) => business.getAccount(ctx.call)),
  createWorkspace: procedure
    .input(z.object({ name: shortName }))
    .mutation(({ ctx, input }) => business.createWorkspace(ctx.call, input)),
  quota: procedure.query(({ ctx }) => business.getQuota(ctx.call)),
  setQuota: procedure.input(z.object({ quota })).mutation(({ ctx, input }) => business.setQuota(ctx.call, input)),
  jobShare: procedure.query(({ ctx }) => business.getJobShare(ctx.call)),
  lowerJobLimit: procedure
    .input(z.object({ maxRunningJobs: z.number().int().min(1).max(LIMITS.maxRunningJobs) }))
    .mutation(({ ctx, input }) => business.lowerJobLimit(ctx.call, input)),
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
