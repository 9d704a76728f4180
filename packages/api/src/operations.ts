import * as business from '@bellhop/business'
import { procedure, router } from './trpc.ts'

export const operations = router({
  report: procedure.query(({ ctx }) => business.operationsReport(ctx.call)),
})
