import { describe, expect, it } from 'vitest'
import { formatsFor } from '../src/words/format.ts'

const en = formatsFor('en')
const ko = formatsFor('ko')

describe('formatsFor', () => {
  it('writes sizes in decimal units with three digits at most', () => {
    expect([0, 1, 999, 1000, 1536, 98_765_432, 999_600, 5e12].map(en.bytes)).toEqual([
      '0 bytes',
      '1 byte',
      '999 bytes',
      '1 kB',
      '1.5 kB',
      '98.8 MB',
      '1 MB',
      '5 TB',
    ])
    expect(ko.bytes(1_500_000_000)).toBe('1.5GB')
  })

  it('says 100 percent only when all is done', () => {
    expect([0, 0.004, 0.29, 0.999, 1, 1.2, -1].map(ko.percent)).toEqual([
      '0%',
      '0%',
      '29%',
      '99%',
      '100%',
      '100%',
      '0%',
    ])
    expect(en.percent(0.45)).toBe('45\u00a0%')
  })

  it('rounds a duration to what an estimate knows', () => {
    expect([200, 7_400, 43_000, 190_000, 2 * 3_600_000].map(en.duration)).toEqual([
      '1 sec',
      '7 sec',
      '45 sec',
      '3 min',
      '2 hr',
    ])
  })

  it('is relative within a week and a date after it', () => {
    const now = Date.parse('2026-11-22T12:00:00Z')
    const ago = (ms: number) => ko.ago(new Date(now - ms).toISOString(), now)
    expect([1_000, 3 * 60_000, 26 * 3_600_000].map(ago)).toEqual(['지금', '3분 전', '어제'])
    expect(en.ago('2026-10-01T12:00:00Z', now)).toBe('Oct 1, 2026')
  })
})
