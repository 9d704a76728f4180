import type { JobId } from './ids.ts'
import type { JobStatus } from './job.ts'

/** The spans over which ended jobs are counted, in milliseconds up to now. */
export const ENDED_SPANS = { fiveMinutes: 5 * 60_000, hour: 60 * 60_000, day: 24 * 60 * 60_000 } as const
export type EndedSpan = keyof typeof ENDED_SPANS

/** How many jobs ended, by how. */
export type EndedCounts = Readonly<Record<EndedStatus, number>>
export type EndedStatus = Extract<JobStatus, 'COMPLETED' | 'FAILED' | 'CANCELLED'>

/** What waits and runs of one kind, over all workspaces. */
export interface KindQueue {
  readonly kind: string
  /** Could run now, if a worker were free. */
  readonly waiting: number
  /** Waits for something else than a worker: its time, a retry's, other jobs, or a place under a limit. */
  readonly later: number
  readonly running: number
  /** How long the oldest of `waiting` has been due; null when none waits. */
  readonly oldestWaitMs: number | null
  /** What a job of this kind takes on average; null while none has ended. */
  readonly expectedRunMs: number | null
  /** `waiting` × what each is expected to take: the time that one worker with one slot would need. */
  readonly workWaitingMs: number
}

/** How jobs of one kind have ended lately, over all workspaces. */
export interface KindEnded {
  readonly kind: string
  readonly ended: Readonly<Record<EndedSpan, EndedCounts>>
  /** From claim to end, of those that ended within the hour; at most the newest few thousand are looked at. */
  readonly runMs: Percentiles | null
  /** From when it was due to its claim. */
  readonly waitMs: Percentiles | null
}

export interface Percentiles {
  readonly p50: number
  readonly p90: number
}

/** A minute of the last hour, over all kinds and workspaces. */
export interface EndedMinute extends EndedCounts {
  /** Its beginning, ISO 8601 in UTC. */
  readonly at: string
}

/** One worker process. */
export interface WorkerReport {
  readonly id: string
  readonly host: string
  readonly pid: number
  readonly kinds: readonly string[]
  /** Jobs that it runs at once. */
  readonly slots: number
  readonly startedAt: string
  /** When it last said that it lives. */
  readonly beatAt: string
  /** What it runs of the caller's workspace. */
  readonly running: readonly RunningJob[]
  /** How many jobs of other workspaces it runs; nothing else is told of them. */
  readonly runningElsewhere: number
}

export interface RunningJob {
  readonly jobId: JobId
  readonly kind: string
  readonly fileName: string | null
  readonly attempt: number
  readonly startedAt: string
  /** 0 to 1. */
  readonly progress: number
  readonly cancelling: boolean
}

/** By what to add workers or take them away. */
export interface Capacity {
  readonly workers: number
  /** Jobs that all workers together run at once. */
  readonly slots: number
  readonly busySlots: number
  /** The sum of `workWaitingMs`: one slot would need so long for what waits. */
  readonly workWaitingMs: number
  /** What the slots that there are would need for it; null without any. */
  readonly drainMs: number | null
}

/** What somebody who runs an installation looks at. */
export interface OperationsReport {
  /** When the shared figures were read: they are read at most once a second, however many ask. ISO 8601 in UTC. */
  readonly at: string
  readonly queue: readonly KindQueue[]
  readonly ended: readonly KindEnded[]
  /** The oldest first, without gaps. */
  readonly minutes: readonly EndedMinute[]
  readonly capacity: Capacity
  readonly workers: readonly WorkerReport[]
  /** Jobs of the caller's workspace. */
  readonly here: Readonly<Record<JobStatus, number>>
}
