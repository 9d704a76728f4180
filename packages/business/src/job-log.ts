import { AppError, LIMITS, isJobEnded } from '@bellhop/model'
import type { JobId, JobLogPage, JobLogStep } from '@bellhop/model'
import { findLog } from '@bellhop/persistence'
import type { Context } from './caller.ts'
import { snapshotOf } from './jobs.ts'

/** However often a job speaks, a follower reads its log this often at most. */
const READ_EVERY_MS = 250

/** The lines after `after`, the oldest first; all that are kept, when nothing is said. @throws AppError JOB_NOT_FOUND */
export async function getJobLog(
  { platform, caller }: Context,
  { jobId, after = 0 }: { jobId: JobId; after?: number | undefined },
): Promise<JobLogPage> {
  const page = await findLog(platform.database.db, caller.workspaceId, jobId, { after, limit: LIMITS.jobLogLines })
  if (!page) throw new AppError('JOB_NOT_FOUND')
  return page
}

/**
 * Each line of a job's log after `after`, as it comes, until the job has ended and all is told; that is said last.
 * @throws AppError JOB_NOT_FOUND
 */
export async function* followJobLog(
  ctx: Context,
  { jobId, after = 0 }: { jobId: JobId; after?: number },
  signal: AbortSignal,
): AsyncGenerator<JobLogStep> {
  // Watch first, then read: whatever is written in between wakes us.
  using mailbox = ctx.jobHub.watchJob(jobId)
  let last = after
  let { status } = await snapshotOf(ctx, jobId)
  for (;;) {
    const { lines } = await getJobLog(ctx, { jobId, after: last })
    for (const line of lines) {
      last = line.seq
      yield { seq: last, line }
    }
    // What was read after the end is all there is: nothing of an attempt is written after it.
    if (isJobEnded(status)) {
      yield { seq: last, line: null }
      return
    }
    if (!(await pause(READ_EVERY_MS, signal))) return
    const taken = await mailbox.take(signal)
    if (taken === null) return
    status = taken === 'overflowed' ? (await snapshotOf(ctx, jobId)).status : (taken.at(-1)?.status ?? status)
  }
}

/** False: the signal was aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false
  const { promise, resolve } = Promise.withResolvers<void>()
  const end = () => resolve()
  const timer = setTimeout(end, ms)
  signal.addEventListener('abort', end, { once: true })
  await promise
  clearTimeout(timer)
  signal.removeEventListener('abort', end)
  return !signal.aborted
}
