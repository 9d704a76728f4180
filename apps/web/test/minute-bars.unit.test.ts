import type { EndedMinute } from '@bellhop/model'
import { expect, it } from 'vitest'
import { minuteBars } from '../src/operations/minute-bars.ts'

const SIZE = { width: 120, height: 100 }
const minute = (COMPLETED: number, FAILED = 0, CANCELLED = 0): EndedMinute => ({
  at: `2026-11-01T00:0${COMPLETED % 10}:00.000Z`,
  COMPLETED,
  FAILED,
  CANCELLED,
})

it('stacks what ended from the floor up, to the height of the fullest minute', () => {
  const [first, second] = minuteBars([minute(6, 2, 2), minute(5)], SIZE)
  expect(first!.parts).toEqual([
    { status: 'COMPLETED', y: 40, height: 60 },
    { status: 'CANCELLED', y: 20, height: 20 },
    { status: 'FAILED', y: 0, height: 20 },
  ])
  expect(second).toMatchObject({ x: 60, parts: [{ y: 50, height: 50 }] })
})

it('draws a single failure among many so that it is seen', () => {
  const [bar] = minuteBars([minute(9_999, 1)], SIZE)
  expect(bar!.parts.find(({ status }) => status === 'FAILED')!.height).toBeGreaterThanOrEqual(2)
})

it('draws nothing where nothing ended', () => {
  expect(minuteBars([minute(0), minute(0)], SIZE).flatMap(({ parts }) => parts)).toEqual([])
  expect(minuteBars([], SIZE)).toEqual([])
})
