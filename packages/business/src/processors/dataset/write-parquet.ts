import { MIN_ROW_GROUP_ROWS, ROW_GROUP_CELLS, ROW_GROUP_ROWS, WIDE_COLUMNS, WIDE_DICTIONARY_BYTES } from './bounds.ts'
import { cellText } from './cell.ts'
import type { Engine } from './engine.ts'
import { literal } from './sql.ts'
import type { TableColumn } from './table.ts'

/** Runs `query` straight into a Parquet file and says how many rows it gave. */
export async function writeParquet(
  engine: Engine,
  query: string,
  path: string,
  columnCount: number,
  onFraction?: (fraction: number) => void,
): Promise<number> {
  const rows = Math.min(ROW_GROUP_ROWS, Math.max(MIN_ROW_GROUP_ROWS, Math.floor(ROW_GROUP_CELLS / columnCount)))
  const options = ['format parquet', 'compression zstd', `row_group_size ${rows}`]
  if (columnCount > WIDE_COLUMNS) options.push(`string_dictionary_page_size_limit ${WIDE_DICTIONARY_BYTES}`)
  const copied = await engine.rows(`copy (${query}) to ${literal(path)} (${options.join(', ')})`, onFraction)
  return Number(copied[0]?.[0])
}

export async function describe(engine: Engine, relation: string): Promise<TableColumn[]> {
  const rows = await engine.rows(`select column_name, column_type from (describe from ${relation})`)
  return rows.map(([name, type]) => ({ name: cellText(name), type: cellText(type) }))
}
