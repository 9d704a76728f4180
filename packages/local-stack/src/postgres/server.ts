import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { LocalStackError } from '../local-stack-error.ts'
import { type Cluster, runProgram } from './cluster.ts'
import { type PostgresSettings, serverArguments } from './settings.ts'

// A start after a crash replays the log since the last checkpoint, which may be a gigabyte.
const READY_TIMEOUT_MS = 120_000
const FAST_SHUTDOWN_MS = 15_000
const MAX_KEPT_LINES = 20

export type Server = { child: ChildProcess; pid: number; exited: Promise<void> }
export type ServerOptions = {
  port: number
  settings?: PostgresSettings
  log?: (line: string) => void
  signal?: AbortSignal
}

/** The server gave up before it was ready; `lines` are the last that it logged. */
export class ServerExit extends LocalStackError {
  readonly lines: string[]

  constructor(lines: string[], port: number) {
    super('POSTGRES_FAILED', `Postgres did not start on port ${port}: ${lines.join(' ') || 'it logged nothing'}`)
    this.lines = lines
  }
}

/** Runs the server until it accepts connections. */
export async function startServer(cluster: Cluster, options: ServerOptions): Promise<Server> {
  const { port, settings, log, signal } = options
  signal?.throwIfAborted()
  const child = runProgram(cluster, cluster.binaries.postgres, serverArguments(cluster.pgData, port, settings))
  const exited = once(child, 'exit').then(() => undefined)
  const lines: string[] = []
  const ready = Promise.withResolvers<void>()
  const logLines = createInterface({ input: child.stderr ?? process.stdin })
  logLines.on('line', (line) => {
    lines.push(line)
    if (lines.length > MAX_KEPT_LINES) lines.shift()
    log?.(line)
    if (line.includes('database system is ready to accept connections')) ready.resolve()
  })
  child.once('error', ready.reject)
  child.once('close', () => ready.reject(new ServerExit(lines, port)))
  const bound = AbortSignal.any([AbortSignal.timeout(READY_TIMEOUT_MS), ...(signal ? [signal] : [])])
  bound.addEventListener('abort', () => ready.reject(bound.reason), { once: true })
  try {
    await ready.promise
  } catch (error) {
    if (child.pid !== undefined) await stopServer({ child, pid: child.pid, exited })
    throw error
  }
  return { child, pid: child.pid ?? 0, exited }
}

/** Fast shutdown: sessions are ended and a checkpoint written. Past its bound, the server is stopped at once and recovers at the next start. */
export async function stopServer({ child, exited }: Server): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGINT')
  const escalation = setTimeout(() => child.kill('SIGQUIT'), FAST_SHUTDOWN_MS)
  await exited
  clearTimeout(escalation)
}
