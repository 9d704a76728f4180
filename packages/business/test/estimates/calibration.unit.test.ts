import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { replay } from './replay.ts'
import type { Trace } from './trace.ts'

const SETS = [
  ['that the estimator was fitted to', 'traces.jsonl'],
  ['that it has never seen', 'unseen-traces.jsonl'],
] as const

function read(name: string): Trace[] {
  const lines = readFileSync(new URL(name, import.meta.url), 'utf8')
    .trim()
    .split('\n')
  return lines.map((line) => JSON.parse(line) as Trace) // -- as record-traces.ts wrote it
}

/** Each job is replayed with the others of its recording for its history. */
function replayed(traces: readonly Trace[]) {
  return traces.map((trace) => ({
    trace,
    told: replay(
      trace,
      traces.filter((other) => other !== trace),
    ),
  }))
}

test.each(SETS)('of what is told of jobs %s, about nine tenths hold: they end by the late end', (whose, name) => {
  const jobs = replayed(read(name))
  const told = jobs.flatMap((job) =>
    job.told.map((each) => ({ ...each, kind: job.trace.kind, endMs: job.trace.durationMs })),
  )
  const isHeld = ({ lateAtMs, endMs }: { lateAtMs: number; endMs: number }) => endMs <= lateAtMs
  const held = share(told, isHeld)
  const error = median(told.map(({ atMs, expectedAtMs, endMs }) => Math.abs(expectedAtMs - endMs) / (endMs - atMs)))
  const first = share(jobs, (job) => job.trace.durationMs <= (job.told[0]?.lateAtMs ?? 0))
  const byKind = [...Map.groupBy(told, ({ kind }) => kind)].map(
    ([kind, own]) => `${kind} ${percent(share(own, isHeld))}`,
  )
  console.log(
    `Jobs ${whose}: late ends held ${percent(held)} of ${told.length} told of ${jobs.length} jobs (${byKind.join(', ')}), ` +
      `of those told first ${percent(first)}. Expected ends were off by ${percent(error)} of the time left, in the median.`,
  )
  expect(held).toBeGreaterThanOrEqual(0.85)
  expect(held).toBeLessThanOrEqual(0.95)
})

test('a time is told from the first look on, and later ones are nearer', () => {
  const firsts: number[] = []
  const lasts: number[] = []
  for (const { trace, told } of replayed(read('traces.jsonl'))) {
    expect(told[0]?.atMs).toBe(0)
    if (trace.durationMs < 1_000) continue
    const off = (each: (typeof told)[number] | undefined) =>
      Math.abs((each?.expectedAtMs ?? 0) - trace.durationMs) / trace.durationMs
    firsts.push(off(told[0]))
    lasts.push(off(told.at(-1)))
  }
  expect(median(lasts)).toBeLessThan(median(firsts) / 2)
})

function share<T>(all: readonly T[], is: (one: T) => boolean): number {
  return all.filter(is).length / all.length
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`
}
