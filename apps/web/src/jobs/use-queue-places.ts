import type { JobId, JobQueuePlace, JobSnapshot } from '@bellhop/model'
import { keepPreviousData } from '@tanstack/react-query'
import { trpc } from '../trpc.ts'

/** Those that a page shows; more would not fit into an address either. */
const PLACES_ASKED = 50
/** A place changes whenever anybody's job is taken, so it is asked for and not told. */
const ASK_EVERY_MS = 3_000

const NONE: ReadonlyMap<JobId, JobQueuePlace> = new Map()

/** Where the waiting ones among these jobs stand now. */
export function useQueuePlaces(jobs: readonly JobSnapshot[]): ReadonlyMap<JobId, JobQueuePlace> {
  const jobIds = jobs
    .filter(({ status, waitingFor }) => status === 'PENDING' && waitingFor === 'turn')
    .slice(0, PLACES_ASKED)
    .map(({ id }) => id)
  const { data } = trpc.jobs.queue.useQuery(
    { jobIds },
    { enabled: jobIds.length > 0, refetchInterval: ASK_EVERY_MS, placeholderData: keepPreviousData },
  )
  return data === undefined || jobIds.length === 0 ? NONE : new Map(data.map(({ jobId, queue }) => [jobId, queue]))
}
