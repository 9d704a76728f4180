import * as business from '@bellhop/business'
import { LIMITS, isId } from '@bellhop/model'
import type { WorkspaceId } from '@bellhop/model'
import { z } from 'zod'
import { cursor } from './input.ts'
import { procedure, router } from './trpc.ts'

const workspaceId = z.custom<WorkspaceId>(
  (value) => isId('workspace', value),
  'Expected the id of a workspace, such as `ws_01…`.',
)

export const operations = router({
  report: procedure.query(({ ctx }) => business.operationsReport(ctx.call)),
  listJobShares: procedure
    .input(
      z.object({
        cursor: cursor.optional(),
        limit: z.number().int().min(1).max(LIMITS.workspacesPageSize).default(LIMITS.workspacesPageSize),
      }),
    )
    .query(({ ctx, input }) => business.listJobShares(ctx.call, input)),
  setJobShare: procedure
    .input(
      z.object({
        workspaceId,
        weight: z.number().int().min(1).max(LIMITS.jobWeight).optional(),
        maxRunningJobs: z.number().int().min(1).max(LIMITS.maxRunningJobs).nullable().optional(),
      }),
    )
    .mutation(({ ctx, input }) => business.setJobShare(ctx.call, input)),
})
