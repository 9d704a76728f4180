import { describe, expect, test } from 'vitest'
import { PACE_STEADY_MS, PACE_WINDOW_MS, paceOf, stepPace } from '../src/upload/pace.ts'
import type { Pace } from '../src/upload/pace.ts'

const TICK_MS = PACE_WINDOW_MS / 10

/** Requests of a network whose throughput for so many at once is told, seen by the pace for a while. */
function simulate(pace: Pace, fromMs: number, forMs: number, bytesPerMs: (atOnce: number) => number): Pace {
  let now = pace
  for (let atMs = fromMs + TICK_MS; atMs <= fromMs + forMs; atMs += TICK_MS) {
    now = stepPace(now, { type: 'moved', bytes: bytesPerMs(now.limit) * TICK_MS, saturated: true, atMs })
  }
  return now
}

const SECONDS_30 = 30_000

describe('one more at a time', () => {
  test('as long as each brings more, up to the most', () => {
    const pace = paceOf({ start: 2, max: 8 }, 0)
    expect(simulate(pace, 0, SECONDS_30, (atOnce) => atOnce * 100).limit).toBe(8)
  })

  test('but not where more bring nothing: it settles where the line is full, give or take the one that tries', () => {
    let pace = paceOf({ start: 1, max: 16 }, 0)
    const line = (atOnce: number) => Math.min(atOnce, 4) * 100
    const seen = new Set<number>()
    pace = simulate(pace, 0, SECONDS_30, line)
    for (let atMs = SECONDS_30; atMs < 3 * SECONDS_30; atMs += PACE_WINDOW_MS) {
      pace = simulate(pace, atMs, PACE_WINDOW_MS, line)
      seen.add(pace.limit)
    }
    expect([...seen].toSorted((a, b) => a - b)).toEqual([4, 5])
  })

  test('and learns nothing while fewer are under way than may be', () => {
    const pace = paceOf({ start: 4, max: 16 }, 0)
    const idle = stepPace(pace, { type: 'moved', bytes: 1e9, saturated: false, atMs: 2 * PACE_WINDOW_MS })
    expect(idle.limit).toBe(4)
  })
})

describe('half as many', () => {
  test('when the store refuses, once for a burst, and never less than one', () => {
    const burst = [90, 91, 95, 99].map((startedAtMs) => ({ type: 'refused' as const, startedAtMs, atMs: 100 }))
    const halved = burst.reduce(stepPace, paceOf({ start: 16, max: 16 }, 0))
    expect(halved.limit).toBe(8)
    let pace = halved
    for (let atMs = 200; atMs < 1_000; atMs += 100) {
      pace = stepPace(pace, { type: 'refused', startedAtMs: atMs - 10, atMs })
    }
    expect(pace.limit).toBe(1)
  })

  test('and it comes up again when there is room again', () => {
    const down = stepPace(paceOf({ start: 8, max: 8 }, 0), { type: 'refused', startedAtMs: 0, atMs: 0 })
    expect(simulate(down, 0, SECONDS_30, (atOnce) => atOnce * 100).limit).toBe(8)
  })

  test('a store that takes three at once is asked for about three', () => {
    let pace = paceOf({ start: 16, max: 16 }, 0)
    let requests = 0
    let refusals = 0
    let most = 0
    for (let atMs = TICK_MS; atMs < 10 * PACE_STEADY_MS; atMs += TICK_MS) {
      requests += 1
      if (pace.limit > 3) {
        refusals += 1
        pace = stepPace(pace, { type: 'refused', startedAtMs: atMs - 1, atMs })
      } else {
        pace = stepPace(pace, { type: 'moved', bytes: pace.limit * 100, saturated: true, atMs })
      }
      if (atMs > PACE_STEADY_MS) most = Math.max(most, pace.limit)
    }
    expect(most).toBeLessThanOrEqual(4)
    expect(refusals / requests).toBeLessThan(0.05)
  })
})
