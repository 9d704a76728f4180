/** How fresh an answer is that was read from a view. Exact: stale if and only if a change waits to be applied. */
export interface Freshness {
  readonly asOf: string
  readonly stale: boolean
  /** Age of the oldest change that waits; 0 when none does. */
  readonly lagMs: number
  /** Changes that wait, counted up to 10,000. */
  readonly pending: number
}

/** One view as its operator sees it. */
export interface ViewStatus {
  readonly name: string
  readonly strategy: 'realtime' | 'event'
  readonly freshness: Freshness
  readonly lastAppliedAt: string | null
  readonly lastDurationMs: number | null
  /** In a row, until now. */
  readonly failures: number
  readonly error: string | null
}
