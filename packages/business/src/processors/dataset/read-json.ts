import { MAX_COLUMNS } from './bounds.ts'
import { emptyDataset, tooManyColumns } from './dataset-error.ts'
import type { Engine } from './engine.ts'
import { identifier, literal } from './sql.ts'
import type { Table, TableColumn } from './table.ts'
import { describe, writeParquet } from './write-parquet.ts'

export interface JsonSource {
  readonly path: string
  readonly head: string
  readonly declaredLines: boolean
}

/** An array of objects, or objects one after the other. Keys become columns; what lies deeper stays nested. */
export async function readJson(
  engine: Engine,
  source: JsonSource,
  target: string,
  onFraction: (fraction: number) => void,
): Promise<Table> {
  const isArray = source.head.trimStart().startsWith('[')
  const scan = (options: string) => `read_json(${literal(source.path)}${options})`
  const load = async (relation: string) => {
    const columns = await describe(engine, relation)
    if (columns.length > MAX_COLUMNS) throw tooManyColumns(columns.length)
    const select = columns.map((column) => exactly(column)).join(', ')
    return writeParquet(engine, `select ${select} from ${relation}`, target, columns.length, onFraction)
  }
  let rowCount
  try {
    rowCount = await load(scan(''))
  } catch (error) {
    // The types were guessed from the first 20,480 values; later ones may differ.
    if (!(error instanceof Error && /sample_size/.test(error.message))) throw error
    rowCount = await load(scan(', sample_size = -1'))
  }
  if (rowCount === 0) throw emptyDataset('The file holds an empty list')
  const isLines = !isArray && (source.declaredLines || rowCount > 1)
  return {
    parquetPath: target,
    rowCount,
    columns: await describe(engine, `read_parquet(${literal(target)})`),
    format: isLines ? 'ndjson' : 'json',
    delimiter: null,
    hasHeader: null,
    notes: [],
  }
}

/** Parquet has no integers beyond 64 bits, and DuckDB would write them as DOUBLE, which keeps 15 digits. */
function exactly({ name, type }: TableColumn): string {
  const column = identifier(name)
  return type === 'HUGEINT' || type === 'UHUGEINT' ? `${column}::decimal(38, 0) as ${column}` : column
}
