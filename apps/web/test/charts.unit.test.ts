import type { InsightRow } from '@bellhop/model'
import { describe, expect, it } from 'vitest'
import { daysOf, stackedChart, typesOf } from '../src/insights/stacked-days.ts'
import { histogramBars } from '../src/ui/histogram-bars.ts'

const NOW = Date.parse('2026-11-22T09:00:00Z')

function row(day: string, type: InsightRow['type'], files: number): InsightRow {
  return { day, type, files, sizeBytes: files * 1000, jobsCompleted: 0, jobsFailed: 0 }
}

describe('daysOf', () => {
  it('has each day of the range, with zeros where nothing came', () => {
    const days = daysOf([row('2026-11-21', 'image', 3), row('2026-11-21', 'dataset', 2)], 3, 'files', NOW)
    expect(days.map(({ day, total }) => [day, total])).toEqual([
      ['2026-11-20', 0],
      ['2026-11-21', 5],
      ['2026-11-22', 0],
    ])
    expect(typesOf(days)).toEqual(['image', 'dataset'])
  })

  it('leaves out what lies before the range', () => {
    expect(daysOf([row('2026-01-01', 'image', 9)], 2, 'bytes', NOW).every(({ total }) => total === 0)).toBe(true)
  })
})

describe('stackedChart', () => {
  it('stacks the parts of a bar from the base line, without gap or overlap', () => {
    const days = daysOf([row('2026-11-22', 'image', 6), row('2026-11-22', 'video', 4)], 1, 'files', NOW)
    const { bars, ticks } = stackedChart(days, { width: 100, height: 200 })
    const parts = bars[0]?.parts ?? []
    expect(parts.map(({ type, y, height }) => [type, y, height])).toEqual([
      ['image', 80, 120],
      ['video', 0, 80],
    ])
    expect(ticks[0]).toEqual({ value: 0, y: 200 })
  })

  it('draws nothing for days without files', () => {
    expect(
      stackedChart(daysOf([], 7, 'files', NOW), { width: 100, height: 50 }).bars.flatMap((bar) => bar.parts),
    ).toEqual([])
  })
})

describe('histogramBars', () => {
  it('stands on the base line, and shows a small value beside a huge one', () => {
    const bars = histogramBars([0, 1, 1_000_000], { width: 30, height: 50, gap: 2 })
    expect(bars.map(({ height }) => height)).toEqual([0, 1.5, 50])
    expect(bars.every(({ y, height }) => y + height === 50)).toBe(true)
  })
})
