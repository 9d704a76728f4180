import { median } from './statistics.ts'

/** What was seen of one contender. */
export interface Measurement {
  readonly contender: string
  readonly unit: string
  readonly median: number
  readonly min: number
  readonly max: number
  /** Where the samples are single calls. */
  readonly p99?: number
  /** One a round, in the order of rounds. */
  readonly samples: readonly number[]
}

export interface Rounds {
  readonly unit: string
  readonly count: number
  /** Each does its work once and answers what it measured. */
  readonly contenders: Readonly<Record<string, () => Promise<number>>>
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/**
 * Measures each contender once a round, so that whatever else the machine does meets all of them. Every round begins with
 * another one, and every second round goes backwards, so that none always follows the same.
 */
export async function runRounds({ unit, count, contenders, signal, say }: Rounds): Promise<Measurement[]> {
  const entries = Object.entries(contenders)
  const samples = new Map<string, number[]>(entries.map(([name]) => [name, []]))
  for (let round = 0; round < count; round += 1) {
    const first = round % entries.length
    const rotated = [...entries.slice(first), ...entries.slice(0, first)]
    for (const [name, measure] of round % 2 === 0 ? rotated : rotated.toReversed()) {
      signal.throwIfAborted()
      const value = await measure()
      samples.get(name)?.push(value)
      say(`round ${round + 1}/${count}  ${name}: ${format(value)} ${unit}`)
    }
  }
  return Array.from(samples, ([contender, values]) => measurementOf(contender, unit, values))
}

export function measurementOf(contender: string, unit: string, samples: readonly number[]): Measurement {
  return { contender, unit, median: median(samples), min: Math.min(...samples), max: Math.max(...samples), samples }
}

/** The median over rounds of what `a` shows for each 1 of `b` in the same round. */
export function ratioOf(rows: readonly Measurement[], a: string, b: string): number {
  const of = samplesOf(rows, b)
  return median(samplesOf(rows, a).map((value, round) => value / (of[round] ?? Number.NaN)))
}

export function samplesOf(rows: readonly Measurement[], name: string): readonly number[] {
  const row = rows.find(({ contender }) => contender === name)
  if (!row) throw new Error(`There is no contender \`${name}\` in these rounds.`)
  return row.samples
}

/** Three digits that count. */
export function format(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3)
}
