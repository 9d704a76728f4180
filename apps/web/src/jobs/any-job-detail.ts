import type { JobAttempt, JobSnapshot } from '@bellhop/model'

/** The detail of a job of whichever kind: what all kinds have in common. */
export interface AnyJobDetail extends JobSnapshot {
  readonly input?: unknown
  readonly output?: unknown
  readonly attempts: readonly JobAttempt[]
}
