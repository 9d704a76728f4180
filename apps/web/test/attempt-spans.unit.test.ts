import type { JobAttempt } from '@bellhop/model'
import { describe, expect, it } from 'vitest'
import { attemptSpans } from '../src/jobs/attempt-spans.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 1) + seconds * 1000).toISOString()
const now = Date.parse(at(20))

const DONE: JobAttempt = {
  attempt: 1,
  workerId: 'wrk_1',
  queuedAt: at(0),
  startedAt: at(2),
  endedAt: at(10),
  outcome: 'COMPLETED',
  reason: null,
  cpuSeconds: 1,
  readBytes: 1,
  wroteBytes: 1,
  stages: [
    { name: 'reading', startedAt: at(2), endedAt: at(6) },
    { name: 'storing', startedAt: at(6), endedAt: at(10) },
  ],
}

describe('attemptSpans', () => {
  it('lays waiting and stages where they are in the whole', () => {
    expect(attemptSpans(DONE, now)).toEqual([
      { what: 'waited', name: null, ms: 2_000, from: 0, to: 0.2, goesOn: false },
      { what: 'stage', name: 'reading', ms: 4_000, from: 0.2, to: 0.6, goesOn: false },
      { what: 'stage', name: 'storing', ms: 4_000, from: 0.6, to: 1, goesOn: false },
    ])
  })

  it('shows the run as a whole where it told of no stages', () => {
    expect(attemptSpans({ ...DONE, stages: [] }, now).at(-1)).toMatchObject({ what: 'ran', ms: 8_000, to: 1 })
  })

  it('lets what goes on reach to now', () => {
    const running = {
      ...DONE,
      endedAt: null,
      outcome: null,
      stages: [{ name: 'reading', startedAt: at(2), endedAt: null }],
    }
    expect(attemptSpans(running, now).at(-1)).toMatchObject({ ms: 18_000, to: 1, goesOn: true })
    const waiting = { ...running, startedAt: null, stages: [] }
    expect(attemptSpans(waiting, now)).toEqual([
      { what: 'waited', name: null, ms: 20_000, from: 0, to: 1, goesOn: true },
    ])
  })

  it('stays within the bar also when the clocks of page and server differ', () => {
    const ahead = attemptSpans({ ...DONE, endedAt: null, outcome: null, stages: [] }, Date.parse(at(-60)))
    for (const { from, to, ms } of ahead) {
      expect(from).toBeGreaterThanOrEqual(0)
      expect(to).toBeLessThanOrEqual(1)
      expect(ms).toBeGreaterThanOrEqual(0)
    }
  })
})
