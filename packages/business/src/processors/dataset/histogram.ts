import type { DatasetColumn } from '@bellhop/model'
import { axisOf } from './axis.ts'
import type { Axis } from './axis.ts'
import { HISTOGRAM_BINS } from './bounds.ts'
import { cellText } from './cell.ts'
import { mayBeInfinite } from './column-category.ts'
import type { Engine } from './engine.ts'
import { identifier } from './sql.ts'
import type { ColumnStatistics } from './statistics.ts'

type Bins = NonNullable<DatasetColumn['histogram']>

/** Bins of equal width over the finite values: `from` is in the bin, `to` is in the next, but for the last bin. */
export async function histogram(
  engine: Engine,
  { column, range }: ColumnStatistics,
  relation: string,
): Promise<Bins | null> {
  const axis = axisOf(column.type)
  if (axis === null || range === null) return null
  const { binCount, width } = divide(axis, range)
  if (!Number.isFinite(width)) return null
  const name = identifier(column.name)
  const finite = mayBeInfinite(column.type) ? `isfinite(${name})` : `${name} is not null`
  const bin = `greatest(0, least(${binCount - 1}, floor((${axis.position(name)} - ${range.from}::double) / ${width}::double)))`
  const rows = await engine.rows(
    `select ${bin}::utinyint as bin, count(*) from ${relation} where ${finite} group by bin`,
  )
  const counts = new Map(rows.map(([index, count]) => [Number(index), Number(count)]))
  const positions = Array.from({ length: binCount + 1 }, (_, index) =>
    index === binCount && !axis.whole ? range.to : range.from + index * width,
  )
  const edges = await edgeTexts(engine, axis, positions)
  return Array.from({ length: binCount }, (_, index) => ({
    from: edges[index] ?? '',
    to: edges[index + 1] ?? '',
    count: counts.get(index) ?? 0,
  }))
}

function divide(axis: Axis, { from, to }: { from: number; to: number }): { binCount: number; width: number } {
  if (!axis.whole)
    return from === to ? { binCount: 1, width: 1 } : { binCount: HISTOGRAM_BINS, width: (to - from) / HISTOGRAM_BINS }
  const span = to - from + 1
  const least = Math.max(1, Math.ceil(span / HISTOGRAM_BINS))
  const width = least > axis.step ? Math.ceil(least / axis.step) * axis.step : least
  return { binCount: Math.max(1, Math.min(HISTOGRAM_BINS, Math.ceil(span / width))), width }
}

/** Digits of an edge that lies between values: more would show the rounding of binary fractions. */
const EDGE_DIGITS = 12

async function edgeTexts(engine: Engine, axis: Axis, positions: readonly number[]): Promise<string[]> {
  if (axis.text === null) {
    return positions.map((x) => String(axis.whole && Number.isSafeInteger(x) ? x : Number(x.toPrecision(EDGE_DIGITS))))
  }
  const [row = []] = await engine.rows(
    `select ${positions.map((x) => axis.text?.(`${BigInt(Math.round(x))}::bigint`)).join(', ')}`,
  )
  return row.map(cellText)
}
