import type { Measurement } from './rounds.ts'

interface BenchmarkOptions {
  /** How often each contender is measured. Left out, the benchmark's own number, chosen to end within ten minutes. */
  readonly rounds?: number
  /** Leaves out the large case, where there is one. */
  readonly small: boolean
  /** Leaves out the contenders of the other side, where there are two. */
  readonly only?: 'node' | 'browser'
  /** Size of the file, where that is the benchmark's one measure. */
  readonly gib?: number
  /** How many rows the tables have, where that is measured for several sizes. */
  readonly sizes?: readonly number[]
  readonly signal: AbortSignal
  /** For the person who waits. */
  readonly say: (line: string) => void
}

export interface Outcome {
  readonly versions: Readonly<Record<string, string>>
  readonly rows: readonly Measurement[]
  /** `a_vs_b`: what a shows for each 1 that b shows, as the median over rounds in which both were measured. */
  readonly ratios: Readonly<Record<string, number>>
  /** What must not be, whatever the machine: sentences, with which the benchmark ends as failed. */
  readonly faults?: readonly string[]
}

export interface Benchmark {
  readonly description: string
  /** By the name of the ratio. */
  readonly budgets: Readonly<Record<string, Budget>>
  run(options: BenchmarkOptions): Promise<Outcome>
}

export type Budget = { readonly atLeast: number } | { readonly atMost: number }
