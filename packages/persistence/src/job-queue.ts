import { EventEmitter } from 'node:events'
import type { JobId } from '@bellhop/model'
import { sql } from 'drizzle-orm'
import { Logger, run } from 'graphile-worker'
import type { Runner, TaskList, WorkerEvents } from 'graphile-worker'
import { z } from 'zod'
import type { Executor } from './database.ts'

/** What the queue carries for a job: which attempt to run. All else is read from the row, which is the truth. */
const attemptPayload = z.object({ jobId: z.custom<JobId>((id) => typeof id === 'string'), attempt: z.number().int() })
export type AttemptPayload = z.infer<typeof attemptPayload>

/** Work of our own that no person waits for. */
export const CHORES = ['objects:delete', 'uploads:sweep'] as const
export type Chore = (typeof CHORES)[number]

export interface QueuedAttempt {
  readonly id: JobId
  readonly kind: string
  readonly kindVersion: number
  readonly attempt: number
  readonly runAt: Date
}

/**
 * Queues one attempt in the caller's transaction. graphile-worker gets a single try: it can neither fence a zombie's
 * completion nor cancel what runs, so every further try is an attempt of ours with a key of its own.
 */
export async function queueAttempt(tx: Executor, job: QueuedAttempt): Promise<void> {
  const payload = JSON.stringify({ jobId: job.id, attempt: job.attempt } satisfies AttemptPayload)
  await tx.execute(sql`
    select graphile_worker.add_job(
      identifier := ${taskName(job.kind, job.kindVersion)},
      payload := ${payload}::json,
      run_at := ${job.runAt.toISOString()}::timestamptz,
      max_attempts := 1,
      job_key := ${attemptKey(job.id, job.attempt)}
    )`)
}

/** Takes a waiting attempt out of the queue. One that runs is not touched: its claim will fail. */
export async function unqueueAttempt(tx: Executor, job: { id: JobId; attempt: number }): Promise<void> {
  await tx.execute(sql`select graphile_worker.remove_job(${attemptKey(job.id, job.attempt)})`)
}

export async function queueChore(
  tx: Executor,
  chore: Chore,
  payload: Record<string, unknown>,
  options: { delayMs?: number } = {},
): Promise<void> {
  await tx.execute(sql`
    select graphile_worker.add_job(
      identifier := ${chore},
      payload := ${JSON.stringify(payload)}::json,
      run_at := now() + ${options.delayMs ?? 0} * interval '1 millisecond',
      max_attempts := 12
    )`)
}

/** How long an attempt may be due, or locked, before it counts as lost: a claim follows its lock in milliseconds. */
const LOST_AFTER = sql`interval '20 seconds'`
const REQUEUED_AT_ONCE = 200

/**
 * Queues again what the queue has lost: jobs that are PENDING and due, whose entry is gone or was locked by a process
 * that died before it could claim them. Returns how many.
 */
export async function requeueLost(tx: Executor): Promise<number> {
  const lost = await tx.execute<{ id: JobId; kind: string; kind_version: number; attempt: number }>(sql`
    select j.id, j.kind, j.kind_version, j.attempt
    from public.jobs j
    left join graphile_worker.jobs q on q.key = j.id || ':' || j.attempt
    where j.status = 'PENDING'
      and j.run_at < now() - ${LOST_AFTER}
      and (q.id is null or q.locked_at < now() - ${LOST_AFTER})
    order by j.id
    limit ${REQUEUED_AT_ONCE}
    for update of j skip locked`)
  for (const { id, kind, kind_version: kindVersion, attempt } of lost) {
    await queueAttempt(tx, { id, kind, kindVersion, attempt, runAt: new Date() })
  }
  return lost.length
}

/** Frees what a dead process had locked; it would stay locked for four hours otherwise. */
export async function unlockPools(tx: Executor, poolIds: readonly string[]): Promise<void> {
  await tx.execute(
    sql`select graphile_worker.force_unlock_workers(array[${sql.join(
      poolIds.map((id) => sql`${id}`),
      sql`, `,
    )}]::text[])`,
  )
}

export interface JobRunnerOptions {
  readonly url: string
  /** Each kind with the newest version of its input that this worker can read. */
  readonly kinds: readonly { readonly name: string; readonly version: number }[]
  /** Jobs at once. */
  readonly concurrency: number
  /** Runs an attempt and never throws: what fails is written to the job's row. */
  onAttempt(payload: AttemptPayload): Promise<void>
  /** Throws to be tried again later. */
  readonly chores: Readonly<Record<Chore, (payload: unknown) => Promise<void>>>
  onError(message: string, cause: unknown): void
}

export interface JobRunner extends AsyncDisposable {
  /** graphile-worker's name for this process, under which it locks what it takes. It changes when the runner restarts. */
  readonly poolId: string
}

const POLL_INTERVAL_MS = 1_000
/** After the runner ended by itself: 250, 500, 1000, 2000, 4000, 5000, 5000, … ms. */
const RESTART_MIN_MS = 250
const RESTART_MAX_MS = 5_000

/**
 * Takes attempts and chores from the queue until disposed, which waits for what runs. graphile-worker gives up when its
 * connections fail too often; then it is started anew.
 */
export async function startJobRunner(options: JobRunnerOptions): Promise<JobRunner> {
  const stopping = new AbortController()
  let pool = await startPool(options)
  const supervising = (async () => {
    for (let failures = 0; ; failures++) {
      await pool.ended
      if (stopping.signal.aborted) return
      options.onError('The queue runner ended by itself and is started anew.', pool.failure)
      await pause(Math.min(RESTART_MAX_MS, RESTART_MIN_MS * 2 ** failures), stopping.signal)
      if (stopping.signal.aborted) return
      const startedAt = performance.now()
      pool = await startPool(options).catch((failure: unknown) => ({
        id: pool.id,
        failure,
        ended: Promise.resolve(),
        stop: async () => {},
      }))
      if (performance.now() - startedAt > RESTART_MAX_MS) failures = 0
    }
  })()
  return {
    get poolId() {
      return pool.id
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await pool.stop()
      await supervising
    },
  }
}

interface Pool {
  readonly id: string
  /** Settles, and never rejects, when the pool has ended. */
  readonly ended: Promise<void>
  readonly failure: unknown
  stop(): Promise<void>
}

async function startPool(options: JobRunnerOptions): Promise<Pool> {
  const taskList: TaskList = {}
  for (const kind of options.kinds) {
    for (let version = 1; version <= kind.version; version++) {
      taskList[taskName(kind.name, version)] = async (payload) => options.onAttempt(attemptPayload.parse(payload))
    }
  }
  for (const chore of CHORES) taskList[chore] = async (payload) => options.chores[chore](payload)

  let id = ''
  const events: WorkerEvents = new EventEmitter()
  events.once('pool:create', ({ workerPool }) => {
    id = workerPool.id
  })
  const runner: Runner = await run({
    events,
    connectionString: options.url,
    concurrency: options.concurrency,
    // One connection for LISTEN, one to spare.
    maxPoolSize: options.concurrency + 2,
    pollInterval: POLL_INTERVAL_MS,
    noHandleSignals: true,
    taskList,
    crontab: '*/5 * * * * uploads:sweep ?max=1&jobKey=uploads:sweep&jobKeyMode=preserve_run_at {}',
    logger: new Logger(() => (level, message, meta) => {
      if (level === 'error') options.onError(message, meta)
    }),
  })
  const pool = {
    id,
    failure: undefined as unknown,
    ended: runner.promise.catch((cause: unknown) => {
      pool.failure = cause
    }),
    stop: () => runner.stop().catch(() => {}),
  }
  return pool
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}

/** The version is in the name, so that a worker never sees a job whose input is newer than it knows. */
function taskName(kind: string, version: number): string {
  return `job:${kind}@${version}`
}

function attemptKey(jobId: JobId, attempt: number): string {
  return `${jobId}:${attempt}`
}
