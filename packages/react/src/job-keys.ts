import type { JobFilter } from '@bellhop/client'
import type { JobId } from '@bellhop/model'

/** Where jobs lie in the query cache. */
export const JOB_LISTS = ['bellhop', 'jobs', 'list'] as const

export function jobKey(id: JobId | null) {
  return ['bellhop', 'jobs', 'one', id] as const
}

export function jobListKey(filter: JobFilter) {
  return [...JOB_LISTS, filter] as const
}
