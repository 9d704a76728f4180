import type { FileId, JobId, WorkerId } from './ids.ts'
import type { JobPriority, JobStatus, JobWait } from './job.ts'
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
  readonly priority: JobPriority
  /** What a PENDING job waits for: a worker, its time, other jobs, or a place under a limit; null in every other state. */
  readonly waitingFor: JobWait | null
  /** 0 to 1; 1 only when COMPLETED. */
  readonly progress: number
  readonly stage: string | null
  /** What is done of the stage, where it counts something: 3 of 12 columns. */
  readonly work: JobWork | null
  /** When it is expected to end: as likely before as after. Null without evidence. */
  readonly eta: string | null
  /** By when nine of ten such jobs have ended. */
  readonly etaLate: string | null
  /** Where it waits. Advisory: it changes without a new version; `jobs.queue` tells it anew. Null when it is not in the line. */
  readonly queue: JobQueuePlace | null
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
    /** The first attempt first. */
    readonly attempts: readonly JobAttempt[]
  }
}[K]

export interface JobTransition {
  readonly status: JobStatus
  readonly attempt: number
  readonly at: string
  readonly reason: string | null
}

export interface JobWork {
  readonly done: number
  readonly total: number
  readonly unit: string
}

/** The place of a PENDING job in the order in which workers take what is due. */
export interface JobQueuePlace {
  /** From 1, which is next. */
  readonly place: number
  readonly ofHowMany: number
  /** By the time that jobs took lately and the workers that take this kind; null without evidence or without workers. */
  readonly expectedStart: string | null
}

/** One try: how long it waited and ran, where, what it did when, and why it ended. */
export interface JobAttempt {
  readonly attempt: number
  readonly workerId: WorkerId | null
  readonly queuedAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  /** Null: it has not ended. */
  readonly outcome: 'COMPLETED' | 'FAILED' | 'CANCELLED' | null
  /** Why it failed. */
  readonly reason: string | null
  /** Of its child processes too. Null, as are the bytes: it has not ended, or its worker died and could not say. */
  readonly cpuSeconds: number | null
  /** From the store. */
  readonly readBytes: number | null
  /** To the store. */
  readonly wroteBytes: number | null
  readonly stages: readonly JobStageSpan[]
}

export interface JobStageSpan {
  readonly name: string
  readonly startedAt: string
  /** Null: it goes on. */
  readonly endedAt: string | null
}

/** What a job said while it ran. */
export interface JobLogLine {
  /** From 1, over all attempts of the job. Where numbers are missing, lines were dropped. */
  readonly seq: number
  readonly attempt: number
  readonly at: string
  readonly line: string
}

/** One step of a log that is followed. */
export interface JobLogStep {
  /** Of the last line so far. */
  readonly seq: number
  /** Null: the job has ended, and this is all it said. */
  readonly line: JobLogLine | null
}

/** Lines after a number, the oldest first. */
export interface JobLogPage {
  readonly lines: readonly JobLogLine[]
  /** How many there were between what was asked for and the first of `lines` that are kept no more. */
  readonly dropped: number
}
