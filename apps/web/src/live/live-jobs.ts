import type { FileId, JobId, JobSnapshot } from '@bellhop/model'
import { newerJob } from '@bellhop/react'
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { type LiveJobs, mergeJobs } from './job-cache.ts'

const KEY = ['live-jobs'] as const
const NONE: LiveJobs = new Map()

/** Takes job states into the cache of the tab; only newer versions count. Returns those jobs that were not known. */
export function putLiveJobs(client: QueryClient, incoming: readonly JobSnapshot[]): readonly JobSnapshot[] {
  const known = client.getQueryData<LiveJobs>(KEY) ?? NONE
  client.setQueryData<LiveJobs>(KEY, mergeJobs(known, incoming))
  return incoming.filter((job) => !known.has(job.id))
}

/** The newest that is known of a job that a page has read. */
export function useLiveJob<T extends JobSnapshot>(job: T): T {
  const live = useLiveJobs((jobs) => jobs.get(job.id))
  return newerJob(job, live)
}

/** Live states of some jobs, in their order. */
export function useLiveJobsById(ids: readonly JobId[]): readonly JobSnapshot[] {
  return useLiveJobs((jobs) => ids.flatMap((id) => jobs.get(id) ?? [])) ?? []
}

/** All jobs of a file that this tab has heard of, the newest first. */
export function useLiveJobsOfFile(fileId: FileId): readonly JobSnapshot[] {
  return useLiveJobs((jobs) => [...jobs.values()].filter((job) => job.fileId === fileId).toReversed()) ?? []
}

/** Nobody fetches this: the feed and the answers of mutations write it. */
function useLiveJobs<T>(select: (jobs: LiveJobs) => T): T | undefined {
  const client = useQueryClient()
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: () => client.getQueryData<LiveJobs>(KEY) ?? NONE,
    initialData: NONE,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    select,
  })
  return data
}
