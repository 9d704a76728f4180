import * as business from '@bellhop/business'
import { z } from 'zod'
import { want } from './input.ts'
import { procedure, router } from './trpc.ts'

export const insights = router({
  summary: procedure
    .input(z.object({ days: z.number().int().min(1).max(366).default(30), want }))
    .query(({ ctx, input }) => business.insightSummary(ctx.call, input)),
  usage: procedure
    .input(z.object({ days: z.number().int().min(1).max(366).default(30), want }))
    .query(({ ctx, input }) => business.usageSummary(ctx.call, input)),
})
