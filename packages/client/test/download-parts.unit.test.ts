import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Arrived } from '../src/download/arrived.ts'
import type { Span } from '../src/download/arrived.ts'
import { readBegunDownload, writeBegunDownload } from '../src/download/begun-download.ts'
import { PartDigests } from '../src/download/part-digests.ts'

describe('what has arrived', () => {
  test('is what was added, whatever the order, in spans that do not touch', () => {
    const size = 60
    const span = fc
      .tuple(fc.integer({ min: 0, max: size }), fc.integer({ min: 0, max: size }))
      .map(([a, b]): Span => [Math.min(a, b), Math.max(a, b)])
    fc.assert(
      fc.property(fc.array(span, { maxLength: 12 }), span, (added, asked) => {
        const arrived = new Arrived(added)
        const bytes = Array.from({ length: size }, (_, at) => added.some(([from, to]) => from <= at && at < to))
        expect(arrived.sizeBytes).toBe(bytes.filter(Boolean).length)
        if (asked[0] < asked[1]) expect(arrived.holds(asked)).toBe(bytes.slice(...asked).every(Boolean))
        for (const [index, [from]] of arrived.spans.entries()) {
          expect(from).toBeGreaterThan(arrived.spans[index - 1]?.[1] ?? -1)
        }
      }),
    )
  })
})

describe('the note beside a download', () => {
  const begun = { id: 'file_1', etag: '"a-2"', sizeBytes: 100, arrived: [[0, 10] as const, [20, 100] as const] }

  test('is read as it was written', () => {
    expect(readBegunDownload(writeBegunDownload(begun))).toEqual(begun)
  })

  test.for([
    '',
    '{',
    'null',
    '[]',
    '{"id":"file_1"}',
    JSON.stringify({ ...begun, arrived: [[10, 0]] }),
    JSON.stringify({ ...begun, arrived: [[0, 101]] }),
    JSON.stringify({ ...begun, arrived: [[0]] }),
    JSON.stringify({ ...begun, sizeBytes: -1 }),
    JSON.stringify({ ...begun, etag: null }),
  ])('is not believed when it is none: %s', (text) => {
    expect(readBegunDownload(text)).toBeNull()
  })
})

describe('the checksums of parts', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest()
  const told = (...texts: string[]) => ({
    sizeBytes: texts.join('').length,
    partSizeBytes: 4,
    sha256: Buffer.concat(texts.map(sha256)).toString('base64'),
  })

  test('know where a part begins and ends, and what it was', () => {
    const digests = new PartDigests(told('abcd', 'efgh', 'ij'), 10)
    expect([0, 3, 4, 9].map((position) => digests.partAt(position))).toEqual([1, 1, 2, 3])
    expect([1, 2, 3].map((part) => digests.endOf(part))).toEqual([4, 8, 10])
    expect(digests.fits(3, sha256('ij'))).toBe(true)
    expect(digests.fits(3, sha256('ik'))).toBe(false)
    expect(digests.fits(2, sha256('abcd'))).toBe(false)
  })

  test('of another size, or too few, are refused', () => {
    expect(() => new PartDigests(told('abcd', 'ef'), 7)).toThrow(/do not fit/)
    expect(() => new PartDigests({ ...told('abcd', 'ef'), sizeBytes: 10 }, 10)).toThrow(/do not fit/)
  })
})
