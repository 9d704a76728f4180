import { MAX_COLUMNS, SNIFF_ROWS } from './bounds.ts'
import { csvRelation, dialectOfFirstLine, sniffDialect } from './csv-dialect.ts'
import type { CsvDialect } from './csv-dialect.ts'
import { tooManyColumns, unreadableDataset } from './dataset-error.ts'
import type { Engine } from './engine.ts'
import { inferTypes } from './infer-types.ts'
import { readRaggedCsv } from './read-ragged-csv.ts'
import { identifier, literal } from './sql.ts'
import type { DatasetNote, Table } from './table.ts'
import { describe, writeParquet } from './write-parquet.ts'

/** Below this share of rows that fit the first line's dialect, the text is not a table of that many columns. */
const MIN_FITTING_SHARE = 0.5

export interface CsvSource {
  readonly path: string
  /** The start of the text. */
  readonly head: string
  readonly declaredTsv: boolean
}

/**
 * Strictly first, at DuckDB's full speed; where rows differ in length, or in type from those it looked at, once more as text
 * with every row accounted for. No row is lost without a note.
 */
export async function readCsv(
  engine: Engine,
  source: CsvSource,
  target: string,
  onFraction: (fraction: number) => void,
): Promise<Table> {
  const told = dialectOfFirstLine(source.head)
  if (told !== null) checkWidth(told)
  const sniffed = await sniffDialect(engine, source.path, source.head, told?.columns.length ?? 1)
  const doubtful = sniffed === null || sniffed.skippedLines > 0 || sniffed.columns.length < 2
  if (doubtful && told !== null) {
    const ragged = await readTolerantly(engine, source, told, target, MIN_FITTING_SHARE)
    if (ragged !== null) return ragged
  }
  const dialect = sniffed ?? told
  if (dialect === null) throw unreadableDataset('no delimiter and no quoting fits its rows.')
  checkWidth(dialect)
  try {
    return await readStrictly(
      engine,
      source,
      await withoutLossyDoubles(engine, source.path, dialect),
      target,
      onFraction,
    )
  } catch (error) {
    if (!(error instanceof Error && /^(Invalid Input|Conversion) Error: .*CSV Error/.test(error.message))) throw error
    const ragged = await readTolerantly(engine, source, dialect, target, 0)
    if (ragged === null) throw error
    return ragged
  }
}

async function readStrictly(
  engine: Engine,
  source: CsvSource,
  dialect: CsvDialect,
  target: string,
  onFraction: (fraction: number) => void,
): Promise<Table> {
  const relation = csvRelation(source.path, dialect)
  const rowCount = await writeParquet(engine, `from ${relation}`, target, dialect.columns.length, onFraction)
  return { ...(await facts(engine, source, dialect, target)), rowCount, notes: skippedNotes(dialect) }
}

async function readTolerantly(
  engine: Engine,
  source: CsvSource,
  dialect: CsvDialect,
  target: string,
  minFittingShare: number,
): Promise<Table | null> {
  checkWidth(dialect)
  const textPath = `${target}.text`
  const ragged = await readRaggedCsv(engine, source.path, dialect, textPath)
  if (ragged.rowCount === 0 && ragged.misfits > 0 && minFittingShare === 0) {
    throw unreadableDataset('none of its rows has as many fields as the first line.')
  }
  if (ragged.fitting < (ragged.fitting + ragged.misfits) * minFittingShare) return null
  const names = dialect.columns.map(({ name }) => name)
  const columns = await inferTypes(engine, `read_parquet(${literal(textPath)})`, names)
  const casts = columns.map(({ name, type }) => `${identifier(name)}::${type} as ${identifier(name)}`)
  const query = `select ${casts.join(', ')} from read_parquet(${literal(textPath)})`
  const rowCount = await writeParquet(engine, query, target, columns.length)
  return {
    ...(await facts(engine, source, dialect, target)),
    rowCount,
    notes: [...skippedNotes(dialect), ...ragged.notes],
  }
}

async function facts(engine: Engine, source: CsvSource, dialect: CsvDialect, target: string) {
  const columns = await describe(engine, `read_parquet(${literal(target)})`)
  const delimiter = columns.length > 1 ? dialect.delimiter : null
  const tsv = delimiter === '\t' || (delimiter === null && source.declaredTsv)
  return {
    parquetPath: target,
    columns,
    format: tsv ? ('tsv' as const) : ('csv' as const),
    delimiter,
    hasHeader: dialect.hasHeader,
  }
}

/** DuckDB reads integers of 20 digits as DOUBLE, which keeps 15 of them: such a column stays text. */
async function withoutLossyDoubles(engine: Engine, path: string, dialect: CsvDialect): Promise<CsvDialect> {
  const doubles = dialect.columns.filter(({ type }) => type === 'DOUBLE').map(({ name }) => name)
  if (doubles.length === 0) return dialect
  const long = doubles.map(
    (name) => `coalesce(bool_or(regexp_full_match(${identifier(name)}, '[-+]?\\d{16,}')), false)`,
  )
  const text = csvRelation(path, dialect, { asText: true, padded: true, rejects: 'long_number_rejects' })
  const [row = []] = await engine.rows(`select ${long.join(', ')} from (from ${text} limit ${SNIFF_ROWS})`)
  const lossy = new Set(doubles.filter((_, index) => row[index] === true))
  const columns = dialect.columns.map(({ name, type }) => ({ name, type: lossy.has(name) ? 'VARCHAR' : type }))
  return { ...dialect, columns }
}

function skippedNotes({ skippedLines }: CsvDialect): DatasetNote[] {
  if (skippedLines === 0) return []
  const sentence =
    skippedLines === 1
      ? 'The first line is not part of the table and was left out.'
      : `The first ${skippedLines} lines are not part of the table and were left out.`
  return [{ code: 'RAGGED_ROWS', sentence, rows: skippedLines }]
}

function checkWidth({ columns }: CsvDialect): void {
  if (columns.length > MAX_COLUMNS) throw tooManyColumns(columns.length)
}
