import type { JobDetail, JobId, JobOutput, JobSnapshot } from '@bellhop/model'

declare const kindOfJob: unique symbol

/** The id of a job that carries, for the compiler only, what kind of job it is. */
export type JobIdOf<K extends string> = JobId & { readonly [kindOfJob]: K }

/** A job as `submit` answers it: a snapshot whose id remembers its kind. */
export type SubmittedJob<K extends string> = JobSnapshot<K> & { readonly id: JobIdOf<K> }

/** How a job is named: by its id or by the job itself. */
export type JobRef<K extends string> = JobIdOf<K> | JobId | { readonly id: JobId; readonly kind: K }

/** What `wait` resolves to: the job is COMPLETED, so its output is there. */
export type CompletedJob<K extends string> = {
  readonly [N in K]: Extract<JobDetail<N>, { kind: N }> & {
    readonly status: 'COMPLETED'
    readonly output: JobOutput<N>
  }
}[K]

export function jobIdOf<K extends string>(ref: JobRef<K>): JobId {
  return typeof ref === 'string' ? ref : ref.id
}
