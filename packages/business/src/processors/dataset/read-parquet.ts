import { MAX_COLUMNS } from './bounds.ts'
import { tooManyColumns } from './dataset-error.ts'
import type { Engine } from './engine.ts'
import { literal } from './sql.ts'
import type { Table } from './table.ts'
import { describe } from './write-parquet.ts'

/** The file is its own Parquet copy. */
export async function readParquet(engine: Engine, path: string): Promise<Table> {
  const relation = `read_parquet(${literal(path)})`
  const columns = await describe(engine, relation)
  if (columns.length > MAX_COLUMNS) throw tooManyColumns(columns.length)
  const [row = []] = await engine.rows(`select count(*) from ${relation}`)
  return {
    parquetPath: path,
    rowCount: Number(row[0]),
    columns,
    format: 'parquet',
    delimiter: null,
    hasHeader: null,
    notes: [],
  }
}
