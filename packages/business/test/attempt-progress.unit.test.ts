import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AttemptLog } from '../src/attempt-log.ts'
import { AttemptProgress } from '../src/attempt-progress.ts'
import { estimateRemaining } from '../src/progress-estimate.ts'
import { placesOf } from '../src/queue-places.ts'
import { newId } from '@bellhop/model'

const STAGES = [
  { name: 'reading', weight: 1, unit: 'bytes' },
  { name: 'thinking', weight: 7 },
  { name: 'writing', weight: 2, unit: 'files' },
]

test('the whole is the weighted sum of the stages, and a stage that begins ends those before it', () => {
  const progress = new AttemptProgress(STAGES, 0)
  progress.advance('reading', 50, 100, 10)
  expect([progress.fraction, progress.work]).toEqual([0.05, { done: 50, total: 100, unit: 'bytes' }])
  progress.advance('thinking', undefined, undefined, 20)
  expect([progress.fraction, progress.work, progress.stage]).toEqual([0.1, null, 'thinking'])
  progress.advance('writing', 1, 4, 30)
  expect(progress.fraction).toBeCloseTo(0.85)
  expect(progress.end(40)).toEqual([
    { name: 'reading', fromMs: 10, toMs: 20 },
    { name: 'thinking', fromMs: 20, toMs: 30 },
    { name: 'writing', fromMs: 30, toMs: 40 },
  ])
})

test('a stage that the kind does not declare is a slip of its run', () => {
  expect(() => new AttemptProgress(STAGES, 0).advance('dreaming', 1, 2, 1)).toThrow(/declares `reading`, `thinking`/)
})

test('whatever is said, progress stays from 0 to 1 and never goes back', () => {
  const said = fc.oneof(
    fc.record({ stage: fc.constantFrom(...STAGES.map(({ name }) => name)), done: fc.double(), total: fc.double() }),
    fc.record({ fraction: fc.double() }),
  )
  fc.assert(
    fc.property(fc.array(said), (all) => {
      const progress = new AttemptProgress(STAGES, 0)
      let before = 0
      for (const [at, one] of all.entries()) {
        if ('stage' in one) progress.advance(one.stage, one.done, one.total, at)
        else progress.progress(one.fraction, undefined, at)
        expect(progress.fraction).toBeGreaterThanOrEqual(before)
        expect(progress.fraction).toBeLessThanOrEqual(1 + 1e-9)
        before = progress.fraction
      }
    }),
  )
})

test('no time is told without evidence, and one of its own rate with it', () => {
  const progress = new AttemptProgress([], 0)
  expect(estimateRemaining([], progress.moment(5_000))).toBeNull()
  progress.progress(0.25, 'working', 5_000)
  const told = estimateRemaining([], progress.moment(5_000))
  expect(told?.expectedMs).toBeCloseTo(15_000)
  expect(told?.lateMs).toBeGreaterThan(15_000)
})

test('a job that outlasts all others is told an end that moves on, never one in the past', () => {
  const progress = new AttemptProgress(STAGES, 0)
  const samples = [{ totalMs: 1_000, stageMs: [100, 700, 200] }]
  for (const now of [0, 900, 1_000, 5_000, 60_000]) {
    const told = estimateRemaining(samples, progress.moment(now))
    expect(told?.expectedMs).toBeGreaterThanOrEqual(0)
    expect(told?.lateMs).toBeGreaterThan(0)
    expect(told?.lateMs).toBeGreaterThanOrEqual(told?.expectedMs ?? 0)
  }
})

test('a job waits behind what the same workers take, and for no others', () => {
  const line = ['slow', 'fast', 'slow', 'other', 'fast'].map((kind) => ({ id: newId('job'), kind }))
  const workforce = {
    pools: [
      { kinds: ['slow', 'fast'], slots: 2 },
      { kinds: ['other'], slots: 1 },
    ],
    running: [{ kind: 'slow', count: 2, leftMs: 6_000, untold: 0 }],
    durations: new Map([
      ['slow', 10_000],
      ['fast', 1_000],
      ['other', 5_000],
    ]),
  }
  const places = placesOf(line, workforce, 0)
  expect(line.map(({ id }) => places.get(id))).toEqual([
    { place: 1, ofHowMany: 4, expectedStart: new Date(3_000).toISOString() },
    { place: 2, ofHowMany: 4, expectedStart: new Date(8_000).toISOString() },
    { place: 3, ofHowMany: 4, expectedStart: new Date(8_500).toISOString() },
    { place: 1, ofHowMany: 1, expectedStart: new Date(0).toISOString() },
    { place: 4, ofHowMany: 4, expectedStart: new Date(13_500).toISOString() },
  ])
  expect(placesOf(line, { ...workforce, pools: [] }, 0).get(line[4]!.id)).toEqual({
    place: 2,
    ofHowMany: 2,
    expectedStart: null,
  })
})

test('a log cuts what lets its reader in, what is too long, and what cannot be stored', () => {
  const log = new AttemptLog()
  log.say('GET https://s3/x?X-Amz-Credential=AK%2F1&X-Amz-Signature=abc123&y=1', 0)
  log.say(`two\nlines \u0000with ${'x'.repeat(2_000)}`, 0)
  const lines = log.take(5)?.lines.map(({ line }) => line) ?? []
  expect(lines[0]).toBe('GET https://s3/x?X-Amz-Credential=…&X-Amz-Signature=…&y=1')
  expect(lines[1]).toBe('two')
  expect(lines[2]).toMatch(/^lines with x+…$/)
  expect(lines[2]).toHaveLength(1_000)
  expect(log.take(5)).toBeUndefined()
})

test('of more lines than can wait, the newest are kept and all are counted', () => {
  const log = new AttemptLog()
  for (let at = 1; at <= 500; at++) log.say(`line ${at}`, at)
  const taken = log.take(500)
  expect([taken?.said, taken?.lines.length, taken?.lines.at(-1)?.line]).toEqual([500, 200, 'line 500'])
})
