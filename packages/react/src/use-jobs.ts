import type { BellhopError, JobFilter, JobPage } from '@bellhop/client'
import type { JobSnapshot, JobStatus } from '@bellhop/model'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useBellhopContext } from './BellhopProvider.tsx'
import { jobListKey } from './job-keys.ts'

export interface LiveJobList {
  /** The newest first; undefined until it has been read. */
  readonly jobs: readonly JobSnapshot[] | undefined
  /** Of the whole workspace, by status. */
  readonly counts: Readonly<Record<JobStatus, number>> | undefined
  readonly error: BellhopError | null
  /** Reads the next page; null when there is none. */
  readonly loadMore: (() => Promise<void>) | null
}

/** The jobs of the workspace, live: states as they change, and within a second those that come or no longer fit. */
export function useJobs(filter: Omit<JobFilter, 'cursor'> = {}): LiveJobList {
  const { bellhop, live } = useBellhopContext()
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery<
    JobPage,
    BellhopError,
    readonly JobPage[],
    readonly unknown[],
    string | null
  >({
    queryKey: jobListKey(filter),
    queryFn: async ({ pageParam, signal }) => {
      const page = await bellhop.jobs.list({ ...filter, ...(pageParam !== null && { cursor: pageParam }) }, { signal })
      return { ...page, items: page.items.map((job) => live.newest(job)) }
    },
    initialPageParam: null,
    getNextPageParam: (page) => page.nextCursor,
    select: ({ pages }) => pages,
  })
  useEffect(() => live.followAll(), [live])
  return {
    jobs: data?.flatMap(({ items }) => items),
    counts: data?.[0]?.counts,
    error,
    loadMore: hasNextPage
      ? async () => {
          await fetchNextPage()
        }
      : null,
  }
}
