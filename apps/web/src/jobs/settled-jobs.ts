import type { JobId, JobSnapshot } from '@bellhop/model'

export interface SettledJobs {
  /** In the order in which they were first seen; what left the filter stays until the next visit. */
  readonly rows: readonly JobSnapshot[]
  /** Came in above the rows since. */
  readonly fresh: readonly JobSnapshot[]
}

/**
 * Joins what was shown with what the server answers now, the newest first. Older jobs join at the end (the next page);
 * newer ones are held back, for a list that moves under the pointer is a trap.
 */
export function settledJobs(shown: readonly JobSnapshot[], fetched: readonly JobSnapshot[]): SettledJobs {
  const newest = shown[0]
  if (newest === undefined) return { rows: fetched, fresh: [] }
  const known = new Set<JobId>(shown.map((job) => job.id))
  const unknown = fetched.filter((job) => !known.has(job.id))
  const fresh = unknown.filter((job) => job.createdAt > newest.createdAt)
  const older = unknown.filter((job) => job.createdAt <= newest.createdAt)
  const current = new Map(fetched.map((job) => [job.id, job]))
  return { rows: [...shown.map((job) => current.get(job.id) ?? job), ...older], fresh }
}
