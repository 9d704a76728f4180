import { EventEmitter } from 'node:events'
import { Logger, run } from 'graphile-worker'
import type { Runner, TaskList, WorkerEvents } from 'graphile-worker'
import { CHORES, attemptPayload, taskName } from './job-queue.ts'
import type { AttemptPayload, Chore } from './job-queue.ts'

export interface JobRunnerOptions {
  readonly url: string
  /** Each kind with the newest version of its input that this worker can read. */
  readonly kinds: readonly { readonly name: string; readonly version: number }[]
  /** Jobs at once. */
  readonly concurrency: number
  /** Runs an attempt and never throws: what fails is written to the job's row. */
  onAttempt(payload: AttemptPayload): Promise<void>
  /** Throws to be tried again later. Null: chores are left to other workers. */
  readonly chores: Readonly<Record<Chore, (payload: unknown) => Promise<void>>> | null
  /** The runner goes on under another name: what it had locked under this one stays locked for hours, unless it is freed. */
  onRenamed(poolId: string): Promise<void>
  onError(message: string, cause: unknown): void
}

export interface JobRunner extends AsyncDisposable {
  /** graphile-worker's name for this process, under which it locks what it takes. It changes when the runner restarts. */
  readonly poolId: string
}

const POLL_INTERVAL_MS = 1_000
const CRONTAB = [
  '*/5 * * * * uploads:sweep ?max=1&jobKey=uploads:sweep&jobKeyMode=preserve_run_at {}',
  // Does nothing while there is a report of today.
  '*/10 * * * * store:examine ?max=1&jobKey=store:examine&jobKeyMode=preserve_run_at {}',
  // At night, in UTC; somebody who cannot wait asks for it.
  '17 3 * * * store:sweep ?max=12&jobKey=store:sweep&jobKeyMode=preserve_run_at {}',
  '* * * * * jobs:tally ?max=1&jobKey=jobs:tally&jobKeyMode=preserve_run_at {}',
  '43 * * * * webhooks:prune ?max=1&jobKey=webhooks:prune&jobKeyMode=preserve_run_at {}',
  '29 * * * * key-rates:prune ?max=1&jobKey=key-rates:prune&jobKeyMode=preserve_run_at {}',
].join('\n')
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
    let startedAt = performance.now()
    for (let failures = 0; ; failures++) {
      await pool.ended
      if (stopping.signal.aborted) return
      options.onError('The queue runner ended by itself and is started anew.', pool.failure)
      if (performance.now() - startedAt > RESTART_MAX_MS) failures = 0
      await pause(Math.min(RESTART_MAX_MS, RESTART_MIN_MS * 2 ** failures), stopping.signal)
      if (stopping.signal.aborted) return
      startedAt = performance.now()
      const { id } = pool
      pool = await startPool(options).catch((failure: unknown) => ({
        id,
        failure,
        ended: Promise.resolve(),
        stop: async () => {},
      }))
      if (pool.id !== id) {
        await options.onRenamed(id).catch((cause: unknown) => options.onError('Locks of the past remain.', cause))
      }
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
  const { chores } = options
  if (chores) for (const chore of CHORES) taskList[chore] = async (payload) => chores[chore](payload)

  let id = ''
  const events: WorkerEvents = new EventEmitter()
  events.once('pool:create', ({ workerPool }) => {
    id = workerPool.id
  })
  const runner: Runner = await run({
    events,
    connectionString: withoutWaiting(options.url),
    concurrency: options.concurrency,
    // One connection for LISTEN, one to spare.
    maxPoolSize: options.concurrency + 2,
    pollInterval: POLL_INTERVAL_MS,
    noHandleSignals: true,
    taskList,
    crontab: chores ? CRONTAB : '',
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

/**
 * The queue need not wait for the disk: our row is the truth. A lock or an end that a crash of the server takes back makes an
 * entry run again, and its claim finds that there is nothing to do; a chore may run twice by its own terms.
 */
function withoutWaiting(url: string): string {
  const direct = new URL(url)
  const given = direct.searchParams.get('options')
  direct.searchParams.set('options', `${given === null ? '' : `${given} `}-c synchronous_commit=off`)
  return direct.href
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
