import { measurementOf } from '../rounds.ts'
import type { Measurement } from '../rounds.ts'
import { p99 } from '../statistics.ts'

/** In ms. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now()
  await work()
  return performance.now() - startedAtMs
}

/** A row of single calls, whose p99 is shown beside their median. */
export function callsOf(contender: string, samples: readonly number[]): Measurement {
  return { ...measurementOf(contender, 'ms', samples), p99: p99(samples) }
}

/** `10k`, `1m` */
export function nameOfCount(count: number): string {
  if (count % 1_000_000 === 0) return `${count / 1_000_000}m`
  return count % 1_000 === 0 ? `${count / 1_000}k` : String(count)
}

/** The same numbers in every run, from 0 to 1. */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
