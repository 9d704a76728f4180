import { JOB_STATUSES, type JobStatus } from '@bellhop/model'

export interface JobsSearch {
  readonly status?: JobStatus
}

export function jobsSearch(raw: Record<string, unknown>): JobsSearch {
  const status = JOB_STATUSES.find((each) => each === raw['status'])
  return status === undefined ? {} : { status }
}
