import type { BellhopError, JobRef } from '@bellhop/client'
import type { JobDetail, JobSnapshot } from '@bellhop/model'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect } from 'react'
import { useBellhopContext } from './BellhopProvider.tsx'
import { jobKey } from './job-keys.ts'
import { isJobOver, newerJob } from './job-version.ts'

export interface LiveJob<K extends string> {
  /** Undefined until it has been read, and never again after that. COMPLETED comes together with its output. */
  readonly job: JobDetail<K> | undefined
  /** Why it cannot be read, or be followed for now; it is asked again by itself. */
  readonly error: BellhopError | null
  readonly cancel: () => Promise<void>
  /** Of a job that FAILED. */
  readonly retry: () => Promise<void>
}

/**
 * One job, live: versions rise strictly, to its end. Many components may use the same job; it is followed once. Nothing
 * happens while `ref` is null or undefined. Of a bare id nothing is known of the kind; say it: `useJob<'text.count'>(id)`.
 */
export function useJob<K extends string = string>(ref: JobRef<K> | null | undefined): LiveJob<K> {
  const { bellhop, live } = useBellhopContext()
  const cache = useQueryClient()
  const id = ref === null || ref === undefined ? null : typeof ref === 'string' ? ref : ref.id
  const { data, error } = useQuery<JobDetail, BellhopError>({
    queryKey: jobKey(id),
    queryFn: ({ signal }) => {
      if (id === null) throw new Error('Without a job there is nothing to read.')
      return live.read(id, signal)
    },
    enabled: id !== null,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const isFollowed = data !== undefined && !isJobOver(data)
  useEffect(() => (id !== null && isFollowed ? live.follow(id) : undefined), [live, id, isFollowed])
  const put = useCallback(
    (news: JobSnapshot) => cache.setQueryData<JobDetail>(jobKey(news.id), (known) => known && newerJob(known, news)),
    [cache],
  )
  return {
    job: data as JobDetail<K> | undefined, // -- a job never changes its kind
    error,
    cancel: async () => {
      if (id !== null) put(await bellhop.jobs.cancel(id))
    },
    retry: async () => {
      if (id !== null) put(await bellhop.jobs.retry(id))
    },
  }
}
