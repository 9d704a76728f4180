import type { FileType, InsightRow } from '@bellhop/model'
import { FILE_TYPES } from '@bellhop/model'
import { scaleLinear } from 'd3-scale'
import { stack } from 'd3-shape'
import type { Measure } from './insights-search.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** One day in UTC and what arrived on it, by type. */
export interface DayTotals {
  readonly day: string
  readonly byType: Readonly<Record<FileType, number>>
  readonly total: number
}

/** A day for each of the last `days`, today included; days on which nothing came are zeros, not gaps. */
export function daysOf(
  rows: readonly InsightRow[],
  days: number,
  measure: Measure,
  nowMs: number,
): readonly DayTotals[] {
  const known = new Map<string, Record<FileType, number>>()
  for (const row of rows) {
    const day = row.day.slice(0, 10)
    const types = known.get(day) ?? noTypes()
    types[row.type] += measure === 'files' ? row.files : row.sizeBytes
    known.set(day, types)
  }
  return Array.from({ length: days }, (_, index) => {
    const day = new Date(nowMs - (days - 1 - index) * DAY_MS).toISOString().slice(0, 10)
    const byType = known.get(day) ?? noTypes()
    return { day, byType, total: FILE_TYPES.reduce((sum, type) => sum + byType[type], 0) }
  })
}

/** Types that occur at all, in the order of the legend. */
export function typesOf(days: readonly DayTotals[]): readonly FileType[] {
  return FILE_TYPES.filter((type) => days.some((day) => day.byType[type] > 0))
}

interface StackedBar {
  readonly day: DayTotals
  readonly x: number
  readonly width: number
  readonly parts: readonly { readonly type: FileType; readonly y: number; readonly height: number }[]
}

export interface StackedChart {
  readonly bars: readonly StackedBar[]
  readonly ticks: readonly { readonly value: number; readonly y: number }[]
}

interface ChartBox {
  readonly width: number
  readonly height: number
}

const TICKS = 4
/** Of a bar's share of the width. */
const BAR_SHARE = 0.72
const BAR_MAX_WIDTH = 48

/** Bars from a zero base line at the bottom of the box; the scale ends on a round number. */
export function stackedChart(days: readonly DayTotals[], box: ChartBox): StackedChart {
  const types = typesOf(days)
  const y = scaleLinear([0, Math.max(1, ...days.map((day) => day.total))], [box.height, 0]).nice(TICKS)
  const series = stack<DayTotals, FileType>()
    .keys(types)
    .value((day, type) => day.byType[type])(days)
  const step = box.width / Math.max(1, days.length)
  const width = Math.min(BAR_MAX_WIDTH, step * BAR_SHARE)
  return {
    bars: days.map((day, index) => ({
      day,
      x: index * step + (step - width) / 2,
      width,
      parts: series
        .map((points) => {
          const [from, to] = points[index] ?? [0, 0]
          return { type: points.key, y: y(to), height: y(from) - y(to) }
        })
        .filter((part) => part.height > 0),
    })),
    // Half a file cannot arrive.
    ticks: y
      .ticks(TICKS)
      .filter(Number.isInteger)
      .map((value) => ({ value, y: y(value) })),
  }
}

function noTypes(): Record<FileType, number> {
  return { image: 0, video: 0, audio: 0, dataset: 0, document: 0, archive: 0, other: 0 }
}
