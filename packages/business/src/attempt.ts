import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { JobInputError, MAX_RESCUES, isFinal, retryDelayMs, retryPolicyOf } from '@bellhop/model'
import type { JobFailure, JobKind, JobRun, WorkerId } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import type {
  AttemptPayload,
  AttemptUsage,
  ChangedJobs,
  Executor,
  JobRow,
  Lease,
  Transaction,
} from '@bellhop/persistence'
import { isPassing, toAppError } from './app-errors.ts'
import { AttemptObjects } from './job-objects.ts'
import { WaitsForParts, outputsOfParts } from './job-parts.ts'
import type { Platform } from './platform.ts'
import type { AnyProcessor } from './processors/registry.ts'
import type { ProgressReporter } from './progress-reporter.ts'
import { ScratchFolder } from './scratch-folder.ts'

/** Why a running attempt is told to stop. */
type StopReason = 'cancelled' | 'lost' | 'timeout' | 'shutdown'

/** The error that an attempt's signal carries. */
class Stopped extends Error {
  override readonly name = 'AbortError'
  readonly reason: StopReason
  constructor(reason: StopReason) {
    super(`The attempt was stopped: ${reason}.`)
    this.reason = reason
  }
}

/** An attempt that this worker holds. */
interface RunningAttempt {
  readonly lease: Lease
  stop(reason: StopReason): void
  /** Settles when nothing of the attempt is left running. */
  readonly done: Promise<void>
}

export interface AttemptHost {
  readonly platform: Platform
  readonly workerId: WorkerId
  readonly scratchRoot: string
  readonly progress: ProgressReporter
  readonly processorOf: (kind: JobKind) => AnyProcessor
  /** The attempts of this worker, which whoever finds out about a cancel or a lost lease stops. */
  readonly running: Map<string, RunningAttempt>
}

/**
 * Claims the attempt, runs it, and writes its one end. Never throws: what cannot be written, because the database is
 * away or the lease is lost, is left to the rescue.
 */
export async function runAttempt(host: AttemptHost, { jobId, attempt }: AttemptPayload): Promise<void> {
  const { platform, running } = host
  try {
    const token = randomUUID()
    const { db } = platform.database
    const others: ChangedJobs = []
    const tellOthers = () => {
      for (const other of others.splice(0)) platform.notifier.jobChanged(other)
    }
    const claim = (tx: Executor) => persistence.claimJob(tx, jobId, attempt, { token, owner: host.workerId }, others)
    // Of a first attempt it is one statement, which is a transaction by itself, and two round trips less.
    const job = await whilePassing(() => (attempt === 1 ? claim(db) : db.transaction(claim)))
    tellOthers()
    if (!job) return
    platform.notifier.jobChanged(job)
    const controller = new AbortController()
    const lease = { jobId, attempt, token }
    const done = runClaimed(host, job, lease, controller, others)
    running.set(token, { lease, done, stop: (reason) => controller.abort(new Stopped(reason)) })
    await done.finally(() => running.delete(token))
    platform.notifier.jobChanged(job)
    if (job.parentId)
      for (const whole of await persistence.tellWholes(db, [job.id])) platform.notifier.jobChanged(whole)
    tellOthers()
  } catch (cause) {
    platform.log.error(`Attempt ${attempt} of ${jobId} could not be brought to its end; it will be rescued.`, cause)
  }
}

/** What all of an attempt's steps need to know. */
interface Attempt {
  readonly platform: Platform
  readonly job: JobRow
  readonly kind: JobKind
  readonly processor: AnyProcessor
  readonly lease: Lease
  readonly objects: AttemptObjects
  /** The jobs that its end changes, to be told of after it. */
  readonly others: ChangedJobs
}

async function runClaimed(
  host: AttemptHost,
  job: JobRow,
  lease: Lease,
  controller: AbortController,
  others: ChangedJobs,
): Promise<void> {
  const { platform } = host
  const { signal } = controller
  const objects = new AttemptObjects(platform, job, signal)
  const kind = kindOf(platform, job)
  const attempt: Attempt = { platform, job, kind, processor: host.processorOf(kind), lease, objects, others }
  const timeout = setTimeout(() => controller.abort(new Stopped('timeout')), kind.timeoutMs)
  await using scratch = new ScratchFolder(join(host.scratchRoot, lease.token))
  const report = host.progress.track({ lease, workspaceId: job.workspaceId, isPart: job.parentId !== null }, kind)
  try {
    const outcome: Outcome = await process(attempt, {
      ...report.tools,
      signal,
      objects,
      parts: (stage, parts) => outputsOfParts(platform, job, stage, parts),
      get scratchDir() {
        return scratch.path
      },
    }).then(
      (output) => ({ output }),
      (error: unknown) => ({ error }),
    )
    await whilePassing(() => host.progress.settle(report))
    const completed = await conclude(attempt, outcome, report.usage(objects))
    if (completed) host.progress.completed(report)
  } finally {
    clearTimeout(timeout)
    host.progress.drop(report)
  }
}

type Outcome = { readonly output: unknown } | { readonly error: unknown }

/** Removing what a failed attempt wrote may delay its end by so much; then the queue does it. */
const DISCARD_WITHIN_MS = 2_000

/** What a store took before its request was given up has landed by then; what lands later the walk through the bucket finds. */
const UNANSWERED_PUT_MS = 5_000

/** Writes the one end of an attempt; true when that is COMPLETED. What is asked of the database may be asked twice: an answer can get lost. */
async function conclude(attempt: Attempt, outcome: Outcome, usage: AttemptUsage): Promise<boolean> {
  const { platform, job, lease, objects } = attempt
  let error: unknown
  if ('output' in outcome) {
    try {
      if (await complete(attempt, outcome.output, usage)) return true
      // A cancel came first, or the lease was lost, and the result belongs to nobody.
      error = new Stopped('lost')
    } catch (cause) {
      // What the database refuses it refuses again: the attempt fails, and is not left for a rescue.
      if (isPassing(cause)) throw cause
      error = cause
    }
  } else error = outcome.error
  if (!(error instanceof Stopped || error instanceof JobInputError || error instanceof WaitsForParts)) {
    platform.log.error(`Attempt ${lease.attempt} of ${job.id} failed.`, error)
  }
  const isClean = await within(DISCARD_WITHIN_MS, objects.discard()).catch((cause: unknown) => {
    platform.log.warn('Outputs of a failed attempt stay behind until the queue removes them.', cause)
    return false
  })
  await whilePassing(() =>
    platform.database.db.transaction(async (tx) => {
      await endBadly(tx, attempt, error, usage)
      if (!isClean) await queueDiscard(tx, job)
      else if (objects.isPutUnanswered) await queueDiscard(tx, job, UNANSWERED_PUT_MS)
    }),
  )
  return false
}

async function complete(attempt: Attempt, output: unknown, usage: AttemptUsage): Promise<boolean> {
  const { platform, processor, kind, job, lease, objects, others } = attempt
  const { db } = platform.database
  const { outputs } = objects
  const { completed } = processor
  const asCompleted = (tx: Executor) => persistence.completeJob(tx, lease, { output, outputs, usage }, others)
  const isCompleted = await whilePassing(() =>
    // As in claiming.
    outputs.length === 0 && !completed
      ? asCompleted(db)
      : db.transaction(async (tx) => {
          const isOurs = await asCompleted(tx)
          if (isOurs) await completed?.(tx, kind.input.parse(job.input), output, job.id)
          return isOurs
        }),
  )
  return isCompleted || whilePassing(() => persistence.isCompletedBy(db, lease))
}

function queueDiscard(tx: Transaction, { workspaceId, id, attempt }: JobRow, delayMs = 0): Promise<void> {
  return persistence.queueChore(tx, 'attempts:discard', { workspaceId, id, attempt }, { delayMs })
}

/** True: it is done. False: it goes on, and nobody waits for it any more. */
async function within(ms: number, act: Promise<void>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => late.resolve(false), ms)
  try {
    return await Promise.race([act.then(() => true), late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Between tries while the database is away: 0.2, 0.4, 0.8, 1.6, 3.2 s; in all less than a lease. */
const PASSING_TRIES = 6
const PASSING_FIRST_MS = 200

async function whilePassing<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await act()
    } catch (error) {
      if (tries === PASSING_TRIES || !isPassing(error)) throw error
      await new Promise((resolve) => setTimeout(resolve, PASSING_FIRST_MS * 2 ** (tries - 1)))
    }
  }
}

/** Parses the input, runs the processor of the kind, and parses what it gave. */
async function process({ processor, kind, job }: Attempt, tools: Omit<JobRun<unknown>, 'input'>): Promise<unknown> {
  // Not spread: the folder is made when it is asked for.
  const output = await processor.run(Object.assign(tools, { input: kind.input.parse(job.input) }))
  tools.signal.throwIfAborted()
  return kind.output.parse(output)
}

function kindOf({ kinds }: Platform, job: JobRow): JobKind {
  const kind = kinds.kindOf(job.kind)
  if (!kind) throw new Error(`This worker took a job of kind ${job.kind}, which it does not know.`)
  return kind
}

/** Fenced by the lease: when it is lost, nothing is written. */
async function endBadly(
  tx: Transaction,
  { job, kind, lease, others }: Attempt,
  error: unknown,
  usage: AttemptUsage,
): Promise<void> {
  if (await persistence.finishCancel(tx, lease, usage, others)) return
  if (error instanceof WaitsForParts) {
    await persistence.waitForParts(tx, lease, error, usage, others)
    return
  }
  const reason = error instanceof Stopped ? error.reason : undefined
  const failure = failureOf(error, reason)
  if (!(await persistence.failJob(tx, lease, failure, usage, others))) return
  const policy = retryPolicyOf(kind)
  if (reason === 'shutdown' || reason === 'lost') {
    // Not the job's fault: it gets its attempt back. One that was stopped in time, before others took it, is handed on.
    await persistence.retryJob(tx, job.id, { delayMs: 0, attemptsToAdd: 1 })
  } else if (!isFinal(policy, failure) && job.attempt < job.maxAttempts) {
    await persistence.retryJob(tx, job.id, { delayMs: retryDelayMs(policy, job.attempt, Math.random()) })
  } else {
    others.push(...(await persistence.followEnd(tx, job.id)))
  }
}

function failureOf(error: unknown, reason: StopReason | undefined): JobFailure {
  if (reason === 'timeout') {
    return {
      code: 'TIMEOUT',
      sentence: 'The job took longer than its kind may; it was stopped. A smaller file may pass.',
      retryable: false,
    }
  }
  if (reason === 'shutdown')
    return { code: 'WORKER_STOPPED', sentence: 'The worker was shut down; another takes the job up.', retryable: true }
  if (reason === 'lost') {
    return {
      code: 'WORKER_STOPPED',
      sentence: 'The worker could not reach the database for too long; another takes the job up.',
      retryable: true,
    }
  }
  if (error instanceof JobInputError) return { code: error.code, sentence: error.message, retryable: false }
  const { code, message } = toAppError(error)
  return {
    code,
    sentence: code === 'INTERNAL' ? 'The worker met an error that it does not know; you can retry.' : message,
    retryable: true,
  }
}

/** How a job that its worker left is brought on: cancelled if that was asked for, tried again, or given up. */
export async function rescueJob(tx: Transaction, job: JobRow, others: ChangedJobs = []): Promise<void> {
  const spent = job.rescues + 1 >= MAX_RESCUES
  const failure: JobFailure = spent
    ? {
        code: 'WORKER_DIED',
        sentence: `The worker died ${job.rescues + 1} times while it ran this job; the file may be what kills it.`,
        retryable: false,
      }
    : { code: 'WORKER_DIED', sentence: 'The worker died while it ran this job; another takes it up.', retryable: true }
  if (!(await persistence.takeFromWorker(tx, job, failure, others))) return
  await queueDiscard(tx, job)
  if (job.cancelRequestedAt) return
  if (spent) others.push(...(await persistence.followEnd(tx, job.id)))
  else await persistence.retryJob(tx, job.id, { delayMs: 0, attemptsToAdd: 1, rescued: true })
}

/** Gives back what a stopping worker holds, though its work would not stop: its writes are refused from now on. */
export async function handBackJob(tx: Transaction, job: JobRow, others: ChangedJobs = []): Promise<void> {
  const failure = failureOf(undefined, 'shutdown')
  if (!(await persistence.takeFromWorker(tx, job, failure, others))) return
  await queueDiscard(tx, job)
  if (!job.cancelRequestedAt) await persistence.retryJob(tx, job.id, { delayMs: 0, attemptsToAdd: 1 })
}
