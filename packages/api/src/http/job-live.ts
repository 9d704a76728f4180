import { feedJobs, snapshotOf, watchJob } from '@bellhop/business'
import type { JobId, JobSnapshot } from '@bellhop/model'
import { subscribe } from '../live-feed.ts'
import type { FeedContext } from '../live-feed.ts'
import type { ServerSentEvent } from './route.ts'

export function jobEvents(
  ctx: FeedContext,
  from: { jobId: JobId; after: number },
  signal: AbortSignal,
): AsyncIterable<ServerSentEvent> {
  const watch = (until: AbortSignal) => watchJob(ctx.call, from, until)
  return subscribe(ctx, watch, signal, (job) => ({ id: String(job.version), data: job }))
}

export function feedEvents(
  ctx: FeedContext,
  cursor: string | undefined,
  signal: AbortSignal,
): AsyncIterable<ServerSentEvent> {
  const feed = (until: AbortSignal) => feedJobs(ctx.call, { cursor }, until)
  return subscribe(ctx, feed, signal, (item) => ({ id: item.cursor, data: item.job }))
}

/** The state as soon as it is newer than `after`; null when that takes longer than `waitMs`, or the client has gone. */
export async function nextState(
  ctx: FeedContext,
  { waitMs, ...from }: { jobId: JobId; after: number; waitMs: number },
  signal: AbortSignal,
): Promise<JobSnapshot | null> {
  if (waitMs === 0) {
    const job = await snapshotOf(ctx.call, from.jobId)
    return job.version > from.after ? job : null
  }
  const waiting = new AbortController()
  const end = () => waiting.abort()
  const timer = setTimeout(end, waitMs)
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  try {
    const watch = (until: AbortSignal) => watchJob(ctx.call, from, until)
    for await (const job of subscribe(ctx, watch, waiting.signal, (state) => state)) return job
    return null
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}
