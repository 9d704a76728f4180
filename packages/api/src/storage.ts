import * as business from '@bellhop/business'
import { procedure, router } from './trpc.ts'

export const storage = router({
  report: procedure.query(({ ctx }) => business.storeReport(ctx.call)),
  check: procedure.mutation(({ ctx }) => business.examineStore(ctx.call)),
  sweep: procedure.mutation(({ ctx }) => business.sweepStore(ctx.call)),
})
