/** One stage of an attempt, in milliseconds since the attempt was claimed: no clock of a worker is in it. */
export interface StageSpan {
  readonly name: string
  readonly fromMs: number
  /** Null: it goes on. */
  readonly toMs: number | null
}

/** What one attempt took. */
export interface AttemptUsage {
  /** Of its child processes too. */
  readonly cpuSeconds: number
  /** From the store. */
  readonly readBytes: number
  /** To the store. */
  readonly wroteBytes: number
  readonly stages: readonly StageSpan[]
}
