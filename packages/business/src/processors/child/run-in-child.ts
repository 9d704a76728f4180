import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { JobInputError } from '@bellhop/model'
import type { JobRun } from '@bellhop/model'
import { Answers } from './answers.ts'
import type { AnswerRequest } from './answers.ts'
import { MEMORY_SPENT, MemorySpent } from './memory-spent.ts'
import type { ChildMessage, WorkerMessage } from './message.ts'
import { HAS_GROUPS, killGroup } from './process-group.ts'

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
  /** The job that it is done for: it hears how far the child is and what it uses. */
  readonly job: Pick<JobRun<unknown>, 'progress' | 'advance' | 'addCpuSeconds'>
  readonly log?: (line: string) => void
  /** Does for the child what it asks for. Without it, asking is refused. */
  readonly answer?: AnswerRequest
  /** Default 512. */
  readonly heapMib?: number
  /** After an abort the child may so long bring itself to an end. Default 0: it is killed at once. */
  readonly graceMs?: number
}

/**
 * Runs one task in a process of its own, because a native engine busy on a stranger's bytes can be stopped in no other way,
 * may crash, and must not see the worker's environment (it holds the credentials of the store and the database).
 * However it ends, the child and all that it has started are dead when this settles.
 */
export async function runInChild<Task extends object, Result>(options: ChildTask<Task>): Promise<Result> {
  const { signal, scratchDir, heapMib = CHILD_HEAP_MIB, graceMs = 0 } = options
  signal.throwIfAborted()
  const child = fork(fileURLToPath(options.entry), {
    execArgv: [`--max-old-space-size=${heapMib}`],
    cwd: scratchDir,
    env: { PATH: process.env['PATH'], HOME: scratchDir, TMPDIR: scratchDir, TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: HAS_GROUPS,
  })
  const gone = exit(child)
  const kill = () => child.pid !== undefined && killGroup(child.pid)
  const answers = new Answers(options.answer, (message) => tell(child, message))
  let patience: NodeJS.Timeout | undefined
  const stop = () => {
    if (graceMs === 0) return kill()
    tell(child, { type: 'stop' })
    patience = setTimeout(kill, graceMs)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await lastWord<Result>(child, options, answers)
  } finally {
    signal.removeEventListener('abort', stop)
    clearTimeout(patience)
    kill()
    await gone
    await answers.settled()
    signal.throwIfAborted()
  }
}

function tell(child: ChildProcess, message: WorkerMessage): void {
  // A child that is gone hears nothing; its exit says the rest.
  if (child.connected) child.send(message, () => {})
}

async function exit(child: ChildProcess): Promise<void> {
  // A child that could not be started has no exit, only an error, which `lastWord` reports.
  await new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => child.pid === undefined && resolve())
  })
}

function lastWord<Result>(
  child: ChildProcess,
  { task, job, log }: ChildTask<object>,
  answers: Answers,
): Promise<Result> {
  let stderr = ''
  let cpuSeconds = 0
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_TAIL_CHARS)
  })
  return new Promise<Result>((resolve, reject) => {
    child.on('error', reject)
    child.on('message', (message: ChildMessage<Result>) => {
      if (message.type === 'progress') job.progress(message.fraction, message.stage)
      else if (message.type === 'advance') job.advance(message.stage, message.done, message.total)
      else if (message.type === 'cpu') {
        job.addCpuSeconds(message.seconds - cpuSeconds)
        cpuSeconds = message.seconds
      } else if (message.type === 'log') log?.(message.line)
      else if (message.type === 'ask') answers.take(message.id, message.request)
      else if (message.type === 'done') resolve(message.result)
      else if (message.type === 'input-error') reject(new JobInputError(message.code, message.sentence))
      else reject(new Error(`A child process failed: ${message.message}`, { cause: message.stack }))
    })
    // `close`, not `exit`: by then all that it said over IPC and stderr has arrived.
    child.once('close', (code, exitSignal) => {
      const ended = `A child process ended without an answer (${exitSignal ?? code}). ${stderr}`
      reject(stderr.endsWith(MEMORY_SPENT) ? new MemorySpent() : new Error(ended.trim()))
    })
    child.send(task, (error) => error && reject(error))
  })
}
