import { isJobEnded } from '@bellhop/model'
import type { JobId, JobSnapshot } from '@bellhop/model'
import type { Context } from './caller.ts'
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
export async function* feedJobs(
  ctx: Context,
  { cursor }: { cursor?: string | undefined },
  signal: AbortSignal,
  shortcut?: Shortcut<FeedItem>,
): AsyncGenerator<FeedItem> {
  const { workspaceId } = ctx.caller
  const { jobHub } = ctx
  const sent = new SentVersions()
  const asked = cursor === undefined ? Number.NaN : Number(cursor)
  let since = Number.isFinite(asked) ? asked : null
  const straight = (job: JobSnapshot): boolean => {
    if (signal.aborted) return false
    if (!sent.isNew(job)) return true
    const reached = Math.max(since ?? 0, jobHub.reachedMs)
    if (!shortcut?.({ cursor: String(reached), job })) return false
    sent.add(job)
    since = reached
    return true
  }
  using mailbox = jobHub.watchWorkspace(workspaceId, shortcut && straight)
  let jobs: readonly JobSnapshot[] | 'overflowed' | null = 'overflowed'
  for (;;) {
    let now = jobHub.reachedMs
    if (jobs === 'overflowed') {
      const known = jobHub.clock.now()
      now = typeof known === 'number' ? known : await known
      jobs = await jobHub.liveJobs(workspaceId, since === null ? null : since - CURSOR_SLACK_MS)
    }
    const fresh = jobs.filter((job) => sent.isNew(job))
    for (const [index, job] of fresh.entries()) {
      sent.add(job)
      // Only with the last of them has its reader all that had ended by now.
      yield { cursor: String(index + 1 < fresh.length ? (since ?? now) : Math.max(since ?? 0, now)), job }
    }
    since = Math.max(since ?? 0, now)
    jobs = await mailbox.take(signal)
    if (jobs === null) return
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
