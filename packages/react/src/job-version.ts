import { isJobEnded } from '@bellhop/model'
import type { JobSnapshot } from '@bellhop/model'

/** The newer of two states of one job: what comes late, over whatever road, changes nothing. */
export function newerJob<T extends JobSnapshot>(known: T, live: JobSnapshot | undefined): T {
  return live !== undefined && live.version > known.version ? { ...known, ...live } : known
}

/** A FAILED attempt that is tried again by itself is not the end. */
export function isJobOver(job: JobSnapshot): boolean {
  return isJobEnded(job.status) && job.retryAt === null
}
