import { csvRelation } from './csv-dialect.ts'
import type { CsvDialect } from './csv-dialect.ts'
import type { Engine } from './engine.ts'
import type { DatasetNote } from './table.ts'
import { writeParquet } from './write-parquet.ts'

export interface RaggedCsv {
  /** Rows that were kept. */
  readonly rowCount: number
  /** Rows with as many fields as there are columns. */
  readonly fitting: number
  readonly misfits: number
  readonly notes: readonly DatasetNote[]
}

/**
 * Reads every field as text into `target`: a short row is filled up with nulls, and a row that is too long, or whose quotes do
 * not end, is left out; both are counted. DuckDB's `ignore_errors` would leave them out and say nothing.
 */
export async function readRaggedCsv(
  engine: Engine,
  path: string,
  dialect: CsvDialect,
  target: string,
): Promise<RaggedCsv> {
  const width = dialect.columns.length
  const query = (padded: boolean, rejects: string) =>
    `from ${csvRelation(path, dialect, { asText: true, padded, rejects })}`
  // One dialect may be given up for another, so the names of the tables are new each time.
  const names = [`misfits_${(scans += 1)}`, `rejects_${scans}`] as const
  const fitting = await writeParquet(engine, query(false, names[0]), target, width)
  const short = await countRejects(engine, names[0], `error_type = 'MISSING COLUMNS'`)
  const misfits = await countRejects(engine, names[0], 'true')
  if (misfits.lines === 0) return { rowCount: fitting, fitting, misfits: 0, notes: [] }
  const padded = short.lines > 0 ? await writeParquet(engine, query(true, names[1]), target, width) : fitting
  const long = short.lines > 0 ? await countRejects(engine, names[1], 'true') : misfits
  return {
    rowCount: padded,
    fitting,
    misfits: misfits.lines,
    notes: [{ code: 'RAGGED_ROWS', sentence: sentence(short, long, width), rows: misfits.lines }],
  }
}

let scans = 0

interface Rejects {
  readonly lines: number
  readonly firstLine: number
}

async function countRejects(engine: Engine, table: string, condition: string): Promise<Rejects> {
  const [row = []] = await engine.rows(`select count(distinct line), min(line) from ${table} where ${condition}`)
  return { lines: Number(row[0]), firstLine: Number(row[1]) }
}

function sentence(short: Rejects, long: Rejects, width: number): string {
  const parts = []
  if (short.lines > 0) {
    const does = short.lines === 1 ? 'has' : 'have'
    parts.push(
      `${rows(short.lines)} ${does} fewer than ${width} fields (first at line ${short.firstLine}); the missing ones are empty`,
    )
  }
  if (long.lines > 0) {
    const does = long.lines === 1 ? 'has' : 'have'
    const was = long.lines === 1 ? 'was' : 'were'
    parts.push(
      `${rows(long.lines)} ${does} more than ${width} fields or a broken quote (first at line ${long.firstLine}) and ${was} left out`,
    )
  }
  return `${parts.join('; ')}.`
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${count.toLocaleString('en')} rows`
}
