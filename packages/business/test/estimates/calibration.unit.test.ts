import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { replay } from './replay.ts'
import type { Trace } from './trace.ts'

const traces = readFileSync(new URL('traces.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Trace) // -- as record-traces.ts wrote it

test('of what is told of recorded jobs while they run, 85 to 95 % hold: they end by the late end', () => {
  const told = traces.flatMap((trace) =>
    replay(
      trace,
      traces.filter((other) => other !== trace),
    ).map((each) => ({ ...each, kind: trace.kind, endMs: trace.durationMs })),
  )
  const held = share(told, ({ lateAtMs, endMs }) => endMs <= lateAtMs)
  const error = median(told.map(({ atMs, expectedAtMs, endMs }) => Math.abs(expectedAtMs - endMs) / (endMs - atMs)))
  const byKind = [...Map.groupBy(told, ({ kind }) => kind)]
    .map(([kind, own]) => `${kind} ${percent(share(own, ({ lateAtMs, endMs }) => endMs <= lateAtMs))}`)
    .join(', ')
  console.log(
    `Late ends held: ${percent(held)} of ${told.length} told of ${traces.length} jobs (${byKind}). ` +
      `Expected ends were off by ${percent(error)} of the time that was left, in the median.`,
  )
  expect(held).toBeGreaterThanOrEqual(0.85)
  expect(held).toBeLessThanOrEqual(0.95)
})

test('a time is told from the first look on, and later ones are nearer', () => {
  const long = traces.filter(({ durationMs }) => durationMs > 1_000)
  const firsts: number[] = []
  const lasts: number[] = []
  for (const trace of long) {
    const told = replay(
      trace,
      traces.filter((other) => other !== trace),
    )
    expect(told[0]?.atMs).toBe(0)
    firsts.push(Math.abs((told[0]?.expectedAtMs ?? 0) - trace.durationMs) / trace.durationMs)
    lasts.push(Math.abs((told.at(-1)?.expectedAtMs ?? 0) - trace.durationMs) / trace.durationMs)
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
