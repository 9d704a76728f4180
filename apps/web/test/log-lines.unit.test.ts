import type { JobLogLine } from '@bellhop/model'
import { LIMITS } from '@bellhop/model'
import { expect, it } from 'vitest'
import { joinLog } from '../src/jobs/log-lines.ts'

const line = (seq: number): JobLogLine => ({ seq, attempt: 1, at: '2026-11-01T00:00:00.000Z', line: `line ${seq}` })

it('has each line once, also where what was read and what is followed overlap', () => {
  expect(joinLog([line(1), line(2)], [line(2), line(3)]).map(({ seq }) => seq)).toEqual([1, 2, 3])
})

it('is the very same when nothing is new', () => {
  const known = [line(1), line(2)]
  expect(joinLog(known, [line(1)])).toBe(known)
})

it('holds no more than the server keeps', () => {
  const long = Array.from({ length: LIMITS.jobLogLines + 5 }, (_, index) => line(index + 1))
  const joined = joinLog([], long)
  expect([joined.length, joined.at(-1)?.seq]).toEqual([LIMITS.jobLogLines, long.length])
})
