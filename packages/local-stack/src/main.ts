/**
 * The process that owns Postgres and the S3 endpoint, so that neither outlives it. Forked by the parent, which sends a
 * `LocalStackConfig`; ends on SIGTERM, SIGINT, or when the parent is gone.
 */
import { once } from 'node:events'
import { LocalStackError, type LocalStackErrorCode } from './local-stack-error.ts'
import { runLocalStack } from './local-stack.ts'
import { localStackConfig, type LocalStackMessage } from './protocol.ts'

const stopRequest = new AbortController()
for (const event of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.on(event, () => stopRequest.abort())

if (process.send === undefined) {
  console.error(
    'This program is started by `bellhop start`; it takes its configuration from the process that forks it.',
  )
  process.exit(1)
}
process.exitCode = await run(stopRequest.signal)
process.exit()

async function run(signal: AbortSignal): Promise<number> {
  try {
    const [message]: unknown[] = await once(process, 'message', { signal })
    const config = localStackConfig.parse(message)
    await using stack = await runLocalStack(config, { signal, log: (line) => void tell({ type: 'log', line }) })
    await tell({ type: 'ready', ...stack.ready })
    const failure = await Promise.race([stack.failed, aborted(signal)])
    if (failure) throw failure
    return 0
  } catch (error) {
    if (signal.aborted) return 0
    await tell({ type: 'failed', ...describe(error) })
    return 1
  }
}

/** Resolves when the message has left, or cannot: nobody may be there any more. */
async function tell(message: LocalStackMessage): Promise<void> {
  if (!process.connected) return
  await new Promise<void>((resolve) => process.send?.(message, undefined, undefined, () => resolve()))
}

function describe(error: unknown): { code: LocalStackErrorCode; message: string } {
  if (error instanceof LocalStackError) return { code: error.code, message: error.message }
  return {
    code: 'INTERNAL',
    message: `The local stack failed: ${error instanceof Error ? error.message : String(error)}`,
  }
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, 'abort')
  return undefined
}
