import type { DatasetColumn } from '@bellhop/model'
import type { Json } from '@duckdb/node-api'
import { axisOf } from './axis.ts'
import { EXACT_UP_TO_ROWS } from './bounds.ts'
import { cellText } from './cell.ts'
import { categoryOf, mayBeInfinite } from './column-category.ts'
import type { Engine } from './engine.ts'
import { cut, cutSql } from './cut-text.ts'
import { identifier } from './sql.ts'
import type { TableColumn } from './table.ts'

export interface ColumnStatistics {
  readonly column: TableColumn
  readonly valueCount: number
  readonly facts: Omit<DatasetColumn, 'histogram' | 'topValues'>
  /** The ends of the column's axis, over its finite values. */
  readonly range: { readonly from: number; readonly to: number } | null
}

export interface StatisticsScan {
  readonly relation: string
  readonly rowCount: number
  readonly cellChars: number
}

const FIELDS = 9

/** Everything that needs no knowledge of the range, for many columns in one scan. */
export async function scanStatistics(
  engine: Engine,
  columns: readonly TableColumn[],
  scan: StatisticsScan,
): Promise<ColumnStatistics[]> {
  const query = (spread: boolean) =>
    `select ${columns.flatMap((column) => aggregates(column, scan, spread)).join(', ')} from ${scan.relation}`
  let rows
  try {
    rows = await engine.rows(query(true))
  } catch (error) {
    // The squares of values near 1e308 leave what a DOUBLE holds; the other statistics do not need them.
    if (!(error instanceof Error && error.message.startsWith('Out of Range Error'))) throw error
    rows = await engine.rows(query(false))
  }
  const row = rows[0] ?? []
  return columns.map((column, index) => parse(column, row.slice(index * FIELDS, (index + 1) * FIELDS), scan))
}

function aggregates({ name, type }: TableColumn, { rowCount, cellChars }: StatisticsScan, spread: boolean): string[] {
  const column = identifier(name)
  const exact = rowCount <= EXACT_UP_TO_ROWS
  const distinct = exact ? `count(distinct ${column})` : `approx_count_distinct(${column})`
  const category = categoryOf(type)
  const bound = (aggregate: string) => (category === 'nested' ? 'null' : cutSql(`${aggregate}(${column})`, cellChars))
  const finite = mayBeInfinite(type) ? ` filter (where isfinite(${column}))` : ''
  const axis = axisOf(type)
  const position = axis?.position(column)
  const isNumber = category === 'number'
  const quantile = exact ? 'quantile_cont' : 'approx_quantile'
  return [
    `count(${column})`,
    distinct,
    bound('min'),
    bound('max'),
    isNumber ? `avg(${type === 'UHUGEINT' ? position : column})${finite}` : 'null',
    isNumber && spread ? `stddev_samp(${position})${finite}` : 'null',
    isNumber ? `${quantile}(${position}, [0.25, 0.5, 0.75])${finite}` : 'null',
    position === undefined ? 'null' : `min(${position})${finite}`,
    position === undefined ? 'null' : `max(${position})${finite}`,
  ]
}

function parse(
  column: TableColumn,
  values: readonly Json[],
  { rowCount, cellChars }: StatisticsScan,
): ColumnStatistics {
  const [valueCount, distinct, min, max, mean, stddev, quantiles, from, to] = values
  const [p25, p50, p75] = Array.isArray(quantiles) ? quantiles.map(finiteNumber) : []
  const ends = { from: finiteNumber(from), to: finiteNumber(to) }
  return {
    column,
    valueCount: Number(valueCount),
    facts: {
      name: cut(column.name, cellChars),
      type: cut(column.type, cellChars),
      category: categoryOf(column.type),
      nullCount: rowCount - Number(valueCount),
      // The estimate may exceed what it estimates.
      distinctCount: Math.min(Number(distinct), Number(valueCount)),
      min: textOrNull(min, cellChars),
      max: textOrNull(max, cellChars),
      mean: finiteNumber(mean),
      stddev: finiteNumber(stddev),
      quantiles: p25 == null || p50 == null || p75 == null ? null : { p25, p50, p75 },
    },
    range: ends.from === null || ends.to === null ? null : { from: ends.from, to: ends.to },
  }
}

/** JSON knows neither infinities nor NaN. */
function finiteNumber(value: Json | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function textOrNull(value: Json | undefined, chars: number): string | null {
  return value == null ? null : cut(cellText(value), chars)
}
