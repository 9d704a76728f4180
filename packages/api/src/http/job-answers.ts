import { isJobEnded } from '@bellhop/model'
import type { JobSnapshot } from '@bellhop/model'
import type { HttpAnswer } from './route.ts'

const MIN_SECONDS = 1
const MAX_SECONDS = 30
/** Without an estimate: what took ten minutes so far is not over in the next second. */
const SHARE_OF_AGE = 0.1

/** When it is worth asking again, in seconds from 1 to 30. */
export function retryAfterSeconds(job: JobSnapshot, now: number): number {
  const expectedAt = job.eta ?? job.retryAt ?? job.queue?.expectedStart ?? null
  const seconds =
    expectedAt === null
      ? ((now - Date.parse(job.startedAt ?? job.createdAt)) / 1000) * SHARE_OF_AGE
      : (Date.parse(expectedAt) - now) / 1000
  return Math.min(MAX_SECONDS, Math.max(MIN_SECONDS, Math.ceil(seconds)))
}

export function jobPath(job: Pick<JobSnapshot, 'id'>): string {
  return `/v1/jobs/${job.id}`
}

/** A version is an entity tag: it rises with every change. */
export function tagOf(version: number): string {
  return `"${version}"`
}

/** The version that a client says it has; undefined when it says none, or says it in another way. */
export function versionOf(tag: string | undefined): number | undefined {
  const digits = /^(?:W\/)?"(\d{1,9})"$/.exec(tag ?? '')?.[1]
  return digits === undefined ? undefined : Number(digits)
}

export function jobAnswer(
  status: number,
  job: JobSnapshot,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return {
    status,
    headers: {
      etag: tagOf(job.version),
      'cache-control': 'private, no-cache',
      ...(isJobEnded(job.status) ? {} : { 'retry-after': String(retryAfterSeconds(job, Date.now())) }),
      ...(job.status === 'COMPLETED' ? { link: `<${jobPath(job)}/result>; rel="related"` } : {}),
      ...headers,
    },
    body: job,
  }
}

export function notModified(version: number): HttpAnswer {
  return { status: 304, headers: { etag: tagOf(version), 'cache-control': 'private, no-cache' } }
}
