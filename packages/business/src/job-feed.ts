import { isJobEnded } from '@bellhop/model'
import type { JobId, JobSnapshot } from '@bellhop/model'
import type { Context } from './caller.ts'
import type { JobMailbox } from './job-hub.ts'
import { snapshotOf } from './jobs.ts'
import type { Shortcut } from './mailbox.ts'

/**
 * How far before the cursor a feed looks for what ended: room for transactions that were long in committing.
 */
const CURSOR_SLACK_MS = 60_000
/** Jobs whose last sent version a feed remembers, so as not to send it again. */
const REMEMBERED_JOBS = 2_000

/**
 * One job until it ends: first as it is, if that is newer than `after`, then each newer version, then nothing.
 * @throws AppError JOB_NOT_FOUND
 */
export async function* watchJob(
  ctx: Context,
  { jobId, after = 0 }: { jobId: JobId; after?: number },
  signal: AbortSignal,
): AsyncGenerator<JobSnapshot> {
  // Watch first, then read: what changes in between is in the mailbox.
  using mailbox = ctx.jobHub.watchJob(jobId)
  let last = after
  let current = await snapshotOf(ctx, jobId)
  for (;;) {
    if (current.version > last) {
      last = current.version
      yield current
    }
    if (isJobEnded(current.status)) return
    const taken = await mailbox.take(signal)
    if (taken === null) return
    current = taken === 'overflowed' ? await snapshotOf(ctx, jobId) : (taken.at(-1) ?? current)
  }
}

export interface FeedItem {
  /** Give it back to go on from here. */
  readonly cursor: string
  readonly job: JobSnapshot
}

/**
 * Every job of the workspace: first those that are active and those that ended since the cursor, then each change.
 * Versions of one job rise strictly within one feed; over a reconnect a job may come again as it was.
 * A change that comes when the reader has all before it, and waits, goes through the shortcut where it takes it.
 */
export function feedJobs(
  ctx: Context,
  { cursor }: { cursor?: string | undefined },
  signal: AbortSignal,
  shortcut?: Shortcut<FeedItem>,
): AsyncIterableIterator<FeedItem, void, void> {
  const asked = cursor === undefined ? Number.NaN : Number(cursor)
  return new JobFeed(ctx, Number.isFinite(asked) ? asked : null, signal, shortcut)
}

const DONE: IteratorReturnResult<void> = { done: true, value: undefined }

/** Not a generator, for thousands of them wait at once: one that waits holds more than all that a feed has to know. */
class JobFeed implements AsyncIterableIterator<FeedItem, void, void> {
  readonly #ctx: Context
  readonly #signal: AbortSignal
  readonly #shortcut: Shortcut<FeedItem> | undefined
  readonly #sent = new SentVersions()
  #mailbox: JobMailbox | undefined
  /** What its reader has all of that had ended by then; null before the first look of one that came without a cursor. */
  #since: number | null
  /** Found and not told yet, and what is reached with the last of it. */
  #fresh: JobSnapshot[] = []
  #reached = 0

  constructor(ctx: Context, since: number | null, signal: AbortSignal, shortcut: Shortcut<FeedItem> | undefined) {
    this.#ctx = ctx
    this.#since = since
    this.#signal = signal
    this.#shortcut = shortcut
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<FeedItem, void>> {
    const told = this.#tell()
    if (told) return Promise.resolve(told)
    if (this.#mailbox) return this.#mailbox.take(this.#signal).then((jobs) => this.#take(jobs))
    const { jobHub, caller } = this.#ctx
    this.#mailbox = jobHub.watchWorkspace(caller.workspaceId, this.#shortcut && ((job) => this.#tellAtOnce(job)))
    return this.#take('overflowed')
  }

  async return(): Promise<IteratorResult<FeedItem, void>> {
    this.#mailbox?.[Symbol.dispose]()
    return DONE
  }

  async #take(found: readonly JobSnapshot[] | 'overflowed' | null): Promise<IteratorResult<FeedItem, void>> {
    if (found === null) return this.return()
    try {
      if (found === 'overflowed') await this.#look()
      else this.#hold(found, this.#ctx.jobHub.reachedMs)
    } catch (error) {
      await this.return()
      throw error
    }
    return this.next()
  }

  async #look(): Promise<void> {
    const { jobHub, caller } = this.#ctx
    const known = jobHub.clock.now()
    const now = typeof known === 'number' ? known : await known
    const since = this.#since === null ? null : this.#since - CURSOR_SLACK_MS
    this.#hold(await jobHub.liveJobs(caller.workspaceId, since), now)
  }

  #hold(jobs: readonly JobSnapshot[], reached: number): void {
    this.#fresh = jobs.filter((job) => this.#sent.isNew(job))
    this.#reached = Math.max(this.#since ?? 0, reached)
    if (this.#fresh.length === 0) this.#since = this.#reached
  }

  #tell(): IteratorYieldResult<FeedItem> | undefined {
    const job = this.#fresh.shift()
    if (!job) return undefined
    this.#sent.add(job)
    // Only with the last of them has its reader all that had ended by then.
    if (this.#fresh.length === 0) this.#since = this.#reached
    return { done: false, value: { cursor: String(this.#since ?? this.#reached), job } }
  }

  #tellAtOnce(job: JobSnapshot): boolean {
    if (this.#signal.aborted) return false
    if (!this.#sent.isNew(job)) return true
    const reached = Math.max(this.#since ?? 0, this.#ctx.jobHub.reachedMs)
    if (!this.#shortcut?.({ cursor: String(reached), job })) return false
    this.#sent.add(job)
    this.#since = reached
    return true
  }
}

/** The newest version of each job that a feed has sent, of as many jobs as it remembers. */
class SentVersions {
  readonly #versions = new Map<JobId, number>()

  isNew(job: JobSnapshot): boolean {
    return job.version > (this.#versions.get(job.id) ?? 0)
  }

  add(job: JobSnapshot): void {
    // Deleted first, so that the map stays in the order of sending and its first key is the oldest.
    this.#versions.delete(job.id)
    this.#versions.set(job.id, job.version)
    if (this.#versions.size > REMEMBERED_JOBS) {
      const [oldest] = this.#versions.keys()
      if (oldest) this.#versions.delete(oldest)
    }
  }
}
