/** How one job told of its progress. */
export interface Trace {
  readonly kind: string
  readonly sizeBytes: number
  readonly durationMs: number
  /** Milliseconds since its start, the stage's place among those of its kind, and how much of that was done. */
  readonly reports: readonly (readonly [number, number, number])[]
}
