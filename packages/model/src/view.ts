/** How fresh an answer is that was read from a view. Exact: stale if and only if a change waits to be applied. */
export interface Freshness {
  readonly asOf: string
  readonly stale: boolean
  /** Age of the oldest change that waits; 0 when none does. */
  readonly lagMs: number
  /** Changes that wait, counted up to 10,000. */
  readonly pending: number
}

/**
 * How fresh an answer must be. `any`: as stored. `maxLagMs`: with every write that was committed for so long. `after`: with
 * the write that this token was given for. `strict`: with every committed write.
 */
export type Want = 'any' | 'strict' | { readonly maxLagMs: number } | { readonly after: string }

/** How fresh one answer is, and how it was come by. */
export interface AnswerFreshness extends Freshness {
  /** False: what was wanted could not be had in time, and the stored rows are told. */
  readonly met: boolean
  /** `stored`: as applied. `overlay`: the rows that wait, computed live. `computed`: all of it computed live. */
  readonly source: 'stored' | 'overlay' | 'computed'
}

/** One view as its operator sees it. */
export interface ViewStatus {
  readonly name: string
  readonly strategy: 'realtime' | 'event' | 'batch'
  readonly mode: ViewMode
  /** Why it is in that mode: a sentence, in English. */
  readonly why: string
  readonly freshness: Freshness
  readonly lastAppliedAt: string | null
  readonly lastDurationMs: number | null
  /** In a row, until now. */
  readonly failures: number
  readonly error: string | null
  /** The planner's estimate; before it has made one, counted up to 10,000, and null for more. */
  readonly rows: number | null
  /** Of the rebuilds, refreshes and failures that are kept, at most the last 200. */
  readonly history: ViewHistory
  readonly drift: ViewDrift
  /** Null where the view has none. */
  readonly service: ViewService | null
}

/** How a view has kept its service level, over the last `windowMs`. */
export interface ViewService {
  readonly freshWithinMs: number
  /** Share of the time in which no change shall wait for longer. */
  readonly target: number
  readonly windowMs: number
  /** What that share has been; null before it was measured. */
  readonly share: number | null
  /** Of the time that may be missed in a window, the share that has not been: 1 to 0. */
  readonly budgetLeft: number
}

/** `foreign`: the database holds another release's definition, so that this release leaves the view alone. */
export const VIEW_MODES = ['fresh', 'applying', 'rebuilding', 'failing', 'paused', 'foreign'] as const
export type ViewMode = (typeof VIEW_MODES)[number]

/** What the auditor, which compares some keys with the query again and again, has found since it began. */
export interface ViewDrift {
  readonly sampled: number
  readonly drifted: number
  readonly lastAt: string | null
}

export interface ViewHistory {
  readonly runs: number
  readonly failed: number
  readonly medianMs: number | null
  readonly p99Ms: number | null
}

/** What a workspace had done for it on one day (UTC): `work` is `upload` or the kind of jobs. */
export interface UsageRow {
  readonly day: string
  readonly work: string
  /** Files that arrived, or jobs that ended. */
  readonly units: number
  /** Of them, jobs that failed. */
  readonly failed: number
  /** Of files; of jobs, what their last attempts read from the store and wrote to it. */
  readonly bytes: number
  /** Of the last attempts of jobs. */
  readonly cpuSeconds: number
}
