import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { LocalStackError } from './local-stack-error.ts'
import { type LocalStackConfig, localStackMessage, type LocalStackReady } from './protocol.ts'

// Small young generations: the buffers of uploads that pass through are given back soon (25 MiB over idle instead of 70).
const EXEC_ARGV = ['--max-semi-space-size=1']
const STOP_MS = 30_000

export interface LocalStackProcess extends AsyncDisposable {
  readonly ready: LocalStackReady
  readonly pid: number
  /** Resolves when the process has ended: with the reason, or undefined when it was asked to. */
  readonly ended: Promise<LocalStackError | undefined>
  /** Stops both and waits until the process is gone. */
  stop(): Promise<void>
}

export type ForkOptions = { log?: (line: string) => void; signal?: AbortSignal }

/**
 * Runs the local stack in a process of its own. It has its own session, so that Ctrl-C leaves the order of stopping to
 * the caller, and ends by itself when the caller is gone. Throws `LocalStackError`.
 */
export async function forkLocalStack(config: LocalStackConfig, options: ForkOptions = {}): Promise<LocalStackProcess> {
  const { log = () => {}, signal } = options
  signal?.throwIfAborted()
  const child = fork(fileURLToPath(new URL('main.ts', import.meta.url)), { execArgv: EXEC_ARGV, detached: true })
  const ready = Promise.withResolvers<LocalStackReady>()
  let failure: LocalStackError | undefined
  child.on('message', (value) => {
    const message = localStackMessage.parse(value)
    if (message.type === 'log') log(message.line)
    else if (message.type === 'ready') ready.resolve(message)
    else failure = new LocalStackError(message.code, message.message)
  })
  let isStopping = false
  const stop = async () => {
    isStopping = true
    await end(child)
  }
  const ended = once(child, 'exit').then(([code, killer]: unknown[]) => {
    const reason = failure ?? unexplained(code ?? killer)
    ready.reject(reason)
    return isStopping ? undefined : reason
  })
  const abort = () => ready.reject(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  child.send(config)
  try {
    const { databaseUrl, s3 } = await ready.promise
    const answer = { ...(databaseUrl !== undefined && { databaseUrl }), ...(s3 && { s3 }) }
    return { ready: answer, pid: child.pid ?? 0, ended, stop, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const escalation = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await exited
  clearTimeout(escalation)
}

function unexplained(reason: unknown): LocalStackError {
  return new LocalStackError(
    'STACK_ENDED',
    `The local stack ended unexpectedly (${String(reason)}); start again to recover.`,
  )
}
