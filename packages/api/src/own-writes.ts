import * as business from '@bellhop/business'
import { procedure } from './trpc.ts'

/**
 * A mutation that changes what views show. Its answer says by which token (`want: { after }`) the caller's next reads show
 * it; the SDK's link takes the token out of the answer and sends it by itself.
 */
export const writing = procedure.use(async ({ ctx, next }) => {
  const result = await next()
  if (!result.ok || !isRecord(result.data)) return result
  const writeToken = await business.writeToken(ctx.call)
  return writeToken === undefined ? result : { ...result, data: { ...result.data, writeToken } }
})

function isRecord(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
}
