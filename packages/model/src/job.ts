/** The life of a job. `drizzle/` holds the same table as a trigger; a test holds the two together. */
export const JOB_STATUSES = ['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED'] as const
export type JobStatus = (typeof JOB_STATUSES)[number]

export const JOB_COMMANDS = ['claim', 'complete', 'fail', 'cancel', 'retry'] as const
export type JobCommand = (typeof JOB_COMMANDS)[number]

/** Among the jobs of one workspace; between workspaces the turns are fair. */
export const JOB_PRIORITIES = ['low', 'normal', 'high'] as const
export type JobPriority = (typeof JOB_PRIORITIES)[number]

/** What a PENDING job waits for: a worker, its time, other jobs, or a place under a limit. */
export const JOB_WAITS = ['turn', 'time', 'jobs', 'slot'] as const
export type JobWait = (typeof JOB_WAITS)[number]

/**
 * status × command → next status, or null where there is no arrow. Total, so that a new status or command does not compile
 * until each cell is answered. An automatic retry and the rescue of a dead worker's job walk `fail` and then `retry`.
 */
export const JOB_TRANSITIONS: Readonly<Record<JobStatus, Readonly<Record<JobCommand, JobStatus | null>>>> = {
  PENDING: { claim: 'PROCESSING', complete: null, fail: 'FAILED', cancel: 'CANCELLED', retry: null },
  PROCESSING: { claim: null, complete: 'COMPLETED', fail: 'FAILED', cancel: 'CANCELLED', retry: null },
  COMPLETED: { claim: null, complete: null, fail: null, cancel: null, retry: null },
  FAILED: { claim: null, complete: null, fail: null, cancel: null, retry: 'PENDING' },
  CANCELLED: { claim: null, complete: null, fail: null, cancel: null, retry: null },
}

export function nextJobStatus(status: JobStatus, command: JobCommand): JobStatus | null {
  return JOB_TRANSITIONS[status][command]
}

/** The states from which a command may be given: the WHERE of its guarded UPDATE. */
export function jobStatusesBefore(command: JobCommand): JobStatus[] {
  return JOB_STATUSES.filter((status) => JOB_TRANSITIONS[status][command] !== null)
}

/** Nothing more happens by itself. A FAILED job may still be retried by a person. */
export function isJobEnded(status: JobStatus): boolean {
  return status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED'
}

/** Why an attempt failed. `retryable` says whether trying the same again can help. */
export interface JobFailure {
  readonly code: string
  readonly sentence: string
  readonly retryable: boolean
}

/**
 * Thrown by a kind's `run` when the input itself is at fault: a corrupt image, an empty table. The sentence is shown to
 * people; trying the same bytes again cannot help, so there is no automatic retry.
 */
export class JobInputError extends Error {
  override readonly name = 'JobInputError'
  readonly code: string

  constructor(code: string, sentence: string, options?: ErrorOptions) {
    super(sentence, options)
    this.code = code
  }
}

/** A job whose worker died this often is itself the likely killer. */
export const MAX_RESCUES = 3
