import type { JobId, JobSnapshot } from '@bellhop/model'
import { isJobEnded } from '@bellhop/model'

export type LiveJobs = ReadonlyMap<JobId, JobSnapshot>

/** Jobs that the tab remembers; beyond it the ended ones that came first are forgotten. */
export const LIVE_JOBS_MAX = 1000

/** `known` with `incoming` taken in; the very same map when nothing in it is news. */
export function mergeJobs(known: LiveJobs, incoming: readonly JobSnapshot[]): LiveJobs {
  const news = incoming.filter((job) => (known.get(job.id)?.version ?? -1) < job.version)
  if (news.length === 0) return known
  const merged = new Map(known)
  for (const job of news) {
    const newest = merged.get(job.id)
    if (newest === undefined || newest.version < job.version) merged.set(job.id, job)
  }
  for (const [id, job] of merged) {
    if (merged.size <= LIVE_JOBS_MAX) break
    if (isJobEnded(job.status)) merged.delete(id)
  }
  return merged
}
