import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { JobInputError } from '@bellhop/model'
import type { ChildMessage, ReportProgress } from './message.ts'

/** JavaScript's own heap; the engines keep their data outside it, within bounds of their own. */
const CHILD_HEAP_MIB = 512
/** How much of what a crashing child wrote is kept for the log. */
const STDERR_TAIL_CHARS = 4_096

export interface ChildTask<Task> {
  /** The child's entry; it calls `serveTask`. */
  readonly entry: URL
  readonly task: Task
  /** The child's home, its temporary folder and its working directory. */
  readonly scratchDir: string
  readonly signal: AbortSignal
  readonly progress: ReportProgress
}

/**
 * Runs one task in a process of its own, because a native engine busy on a stranger's bytes can be stopped in no other way,
 * may crash, and must not see the worker's environment (it holds the credentials of the store and the database).
 * However it ends, the child is dead when this settles.
 */
export async function runInChild<Task extends object, Result>(options: ChildTask<Task>): Promise<Result> {
  const { signal } = options
  signal.throwIfAborted()
  const child = fork(fileURLToPath(options.entry), {
    execArgv: [`--max-old-space-size=${CHILD_HEAP_MIB}`],
    cwd: options.scratchDir,
    env: { PATH: process.env['PATH'], HOME: options.scratchDir, TMPDIR: options.scratchDir, TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const gone = exit(child)
  const kill = () => child.kill('SIGKILL')
  signal.addEventListener('abort', kill, { once: true })
  try {
    return await lastWord<Result>(child, options)
  } finally {
    signal.removeEventListener('abort', kill)
    kill()
    await gone
    signal.throwIfAborted()
  }
}

async function exit(child: ChildProcess): Promise<void> {
  // A child that could not be started has no exit, only an error, which `lastWord` reports.
  await new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => child.pid === undefined && resolve())
  })
}

function lastWord<Result>(child: ChildProcess, { task, progress }: ChildTask<object>): Promise<Result> {
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_TAIL_CHARS)
  })
  return new Promise<Result>((resolve, reject) => {
    child.on('error', reject)
    child.on('message', (message: ChildMessage<Result>) => {
      if (message.type === 'progress') progress(message.fraction, message.stage)
      else if (message.type === 'done') resolve(message.result)
      else if (message.type === 'input-error') reject(new JobInputError(message.code, message.sentence))
      else reject(new Error(`A child process failed: ${message.message}`, { cause: message.stack }))
    })
    // `close`, not `exit`: by then all that it said over IPC and stderr has arrived.
    child.once('close', (code, exitSignal) =>
      reject(new Error(`A child process ended without an answer (${exitSignal ?? code}). ${stderr}`.trim())),
    )
    child.send(task, (error) => error && reject(error))
  })
}
