import type { FileId, JobId } from './ids.ts'
import type { JobStatus } from './job.ts'
import type { JobOutput } from './kinds/job-kinds.ts'

/**
 * One job as a watcher sees it: the envelope of every transport. Times are ISO 8601 in UTC.
 */
export interface JobSnapshot<K extends string = string> {
  readonly id: JobId
  readonly kind: K
  readonly fileId: FileId | null
  readonly fileName: string | null
  readonly status: JobStatus
  /** Rises with every change of the job or of its progress. The cursor of feeds and long-polls. */
  readonly version: number
  /** From 1. */
  readonly attempt: number
  readonly maxAttempts: number
  /** 0 to 1; 1 only when COMPLETED. */
  readonly progress: number
  readonly stage: string | null
  /** When it is expected to end; null without evidence. */
  readonly eta: string | null
  /** A cancel was asked for; the worker is stopping. */
  readonly cancelling: boolean
  readonly error: { readonly code: string; readonly sentence: string } | null
  readonly createdAt: string
  readonly startedAt: string | null
  readonly finishedAt: string | null
  /** A failed attempt is tried again by itself then. */
  readonly retryAt: string | null
}

/** A job with what it was given and what it gave. */
export type JobDetail<K extends string = string> = {
  readonly [N in K]: JobSnapshot<N> & {
    readonly input: unknown
    readonly output: JobOutput<N> | null
    readonly history: readonly JobTransition[]
  }
}[K]

export interface JobTransition {
  readonly status: JobStatus
  readonly attempt: number
  readonly at: string
  readonly reason: string | null
}
