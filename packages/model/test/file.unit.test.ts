import {
  cleanFileName,
  cleanTags,
  mediaTypeOf,
  newId,
  isId,
  partCount,
  partLength,
  partSizeBytes,
  LIMITS,
  MIB,
  GIB,
  TIB,
  keyLifeMs,
} from '@bellhop/model'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

describe('a file name', () => {
  test.each([
    ['race.mp4', 'race.mp4'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\a.txt', 'a.txt'],
    ['  spaced.txt ', 'spaced.txt'],
    ['파일.csv'.normalize('NFD'), '파일.csv'],
    ['שלום.pdf', 'שלום.pdf'],
    ['👩‍🚀.png', '👩‍🚀.png'],
    ['evil\u202Egnp.exe', 'evilgnp.exe'],
    ['line\nbreak.txt', 'linebreak.txt'],
    ['x'.repeat(255), 'x'.repeat(255)],
  ])('%j is kept as %j', (name, kept) => expect(cleanFileName(name)).toBe(kept))

  test.each(['', '   ', '.', '..', '/', '\u0000', 'x'.repeat(300)])('%j is refused', (name) =>
    expect(cleanFileName(name)).toBeNull(),
  )

  test('cleaned twice is cleaned once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (name) => {
        const once = cleanFileName(name)
        if (once !== null) expect(cleanFileName(once)).toBe(once)
      }),
    )
  })
})

test('tags are trimmed, lowered, and kept once', () => {
  expect(cleanTags([' Race ', 'race', 'RACE', '', '서울'])).toEqual(['race', '서울'])
})

describe('a media type', () => {
  test.each([
    ['a.csv', 'application/vnd.ms-excel', 'text/csv'],
    ['a.csv', 'text/plain', 'text/csv'],
    ['a.csv', '', 'text/csv'],
    ['a.parquet', '', 'application/vnd.apache.parquet'],
    ['a.JPG', '', 'image/jpeg'],
    ['a.bin', '', 'application/octet-stream'],
    ['a', 'image/png; charset=binary', 'image/png'],
    ['a.constructor', '', 'application/octet-stream'],
  ])('of %s declared %j is %s', (name, declared, found) => expect(mediaTypeOf(name, declared)).toBe(found))
})

test('parts cover the file exactly, are alike but the last, and never too many', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: LIMITS.singlePutBelowBytes, max: Number.MAX_SAFE_INTEGER }).filter((size) => size <= 5 * TIB),
      (size) => {
        const part = partSizeBytes(size)
        const count = partCount(size, part)
        expect(part % MIB).toBe(0)
        expect(count).toBeLessThanOrEqual(LIMITS.maxPartCount)
        expect((count - 1) * part + partLength(count, size, part)).toBe(size)
        expect(partLength(count, size, part)).toBeGreaterThan(0)
        expect(partLength(1, size, part)).toBe(Math.min(part, size))
      },
    ),
  )
  expect([partSizeBytes(16 * MIB), partSizeBytes(100 * GIB), partSizeBytes(5 * TIB)]).toEqual([
    8 * MIB,
    12 * MIB,
    583 * MIB,
  ])
})

test('a key lives as long as a slow link needs, between a minute and half a day', () => {
  const life = { floorBytesPerSecond: 128 * 1024, minMs: 60_000, maxMs: 43_200_000 }
  expect([0, 16 * MIB, 100 * GIB].map((size) => keyLifeMs(size, life))).toEqual([60_000, 128_000, 43_200_000])
})

test('ids carry their kind, come in order, and no other kind passes', async () => {
  const ids = Array.from({ length: 200 }, () => newId('file'))
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(200)
  expect(ids.every((id) => isId('file', id) && !isId('job', id))).toBe(true)
  expect(isId('file', 'file_../../etc')).toBe(false)
})
