import type { Json } from '@duckdb/node-api'
import { cellText } from './cell.ts'
import { MIN_SNIFF_ROWS, SNIFF_CELLS, SNIFF_ROWS } from './bounds.ts'
import type { Engine } from './engine.ts'
import { identifier, literal } from './sql.ts'
import type { TableColumn } from './table.ts'

const DELIMITERS = [',', '\t', ';', '|'] as const
/** How DuckDB writes that there is none. */
const NONE = '(empty)'

/** How the fields of a CSV are told apart, and what they are. */
export interface CsvDialect {
  readonly delimiter: string
  readonly quote: string
  readonly escape: string
  readonly comment: string
  readonly skippedLines: number
  readonly hasHeader: boolean
  readonly columns: readonly TableColumn[]
  readonly dateFormat: string | null
  readonly timestampFormat: string | null
}

/** DuckDB's guess from the first rows; null when it finds no dialect that fits them all. */
export async function sniffDialect(
  engine: Engine,
  path: string,
  head: string,
  columnCount: number,
): Promise<CsvDialect | null> {
  const sampleRows = Math.max(MIN_SNIFF_ROWS, Math.min(SNIFF_ROWS, Math.floor(SNIFF_CELLS / columnCount)))
  let row
  try {
    ;[row] = await engine.rows(
      `select delimiter, quote, escape, comment, skiprows, hasheader, to_json(columns), dateformat, timestampformat ` +
        // A row that begins with # is a row: what DuckDB takes for a comment it drops.
        `from sniff_csv(${literal(path)}, comment = '', sample_size = ${sampleRows})`,
    )
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Invalid Input Error')) return null
    throw error
  }
  if (row === undefined) return null
  const [delimiter, quote, escape, comment, skipped, hasHeader, columns, dateFormat, timestampFormat] = row
  // Quotes may come after the rows that were looked at.
  const quoted = optionText(quote) === '' && !head.includes('"') ? '"' : optionText(quote)
  return {
    delimiter: optionText(delimiter),
    quote: quoted,
    escape: optionText(escape) === '' ? quoted : optionText(escape),
    comment: optionText(comment),
    skippedLines: Number(skipped),
    hasHeader: hasHeader === true,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- DuckDB's own: a list of struct(name, type)
    columns: JSON.parse(cellText(columns)) as TableColumn[],
    dateFormat: dateFormat == null ? null : cellText(dateFormat),
    timestampFormat: timestampFormat == null ? null : cellText(timestampFormat),
  }
}

function optionText(value: Json | undefined): string {
  return value == null || value === NONE ? '' : cellText(value)
}

/**
 * The dialect that the first line alone tells, or null when no delimiter is in it. DuckDB's guess must fit every row that it
 * looks at, so rows of unequal length lead it to skip lines or to see one column of text, without a word.
 */
export function dialectOfFirstLine(head: string): CsvDialect | null {
  const line = head.split(/\r\n|\n|\r/).find((text) => text.trim() !== '') ?? ''
  const [best] = DELIMITERS.map((delimiter) => ({ delimiter, fields: splitFields(line, delimiter) })).toSorted(
    (a, b) => b.fields.length - a.fields.length,
  )
  if (best === undefined || best.fields.length < 2) return null
  const hasHeader = best.fields.every((field) => field.trim() !== '' && !/^[-+]?[\d.,]+$/.test(field.trim()))
  const names = hasHeader ? uniqueNames(best.fields) : best.fields.map((_, index) => `column${index}`)
  return {
    delimiter: best.delimiter,
    quote: '"',
    escape: '"',
    comment: '',
    skippedLines: 0,
    hasHeader,
    columns: names.map((name) => ({ name, type: 'VARCHAR' })),
    dateFormat: null,
    timestampFormat: null,
  }
}

function splitFields(line: string, delimiter: string): string[] {
  const fields = ['']
  let quoted = false
  for (const char of line) {
    if (char === '"') quoted = !quoted
    else if (char === delimiter && !quoted) fields.push('')
    else fields[fields.length - 1] += char
  }
  return fields
}

/** As DuckDB does it: `a`, `a_1`, told apart without regard to case. */
function uniqueNames(fields: readonly string[]): string[] {
  const taken = new Set<string>()
  return fields.map((field) => {
    let name = field.trim()
    for (let suffix = 1; taken.has(name.toLowerCase()); suffix += 1) name = `${field.trim()}_${suffix}`
    taken.add(name.toLowerCase())
    return name
  })
}

export interface CsvScan {
  readonly asText?: boolean
  readonly padded?: boolean
  /** Keeps what cannot be read in this table instead of failing. */
  readonly rejects?: string
}

/** The FROM clause that reads a CSV of a known dialect. */
export function csvRelation(path: string, dialect: CsvDialect, scan: CsvScan = {}): string {
  const columns = dialect.columns.map(
    ({ name, type }) => `${identifier(name)}: ${literal(scan.asText ? 'VARCHAR' : type)}`,
  )
  const options = [
    'auto_detect = false',
    `delim = ${literal(dialect.delimiter)}`,
    `quote = ${literal(dialect.quote)}`,
    `escape = ${literal(dialect.escape)}`,
    `comment = ${literal(dialect.comment)}`,
    `skip = ${dialect.skippedLines}`,
    `header = ${dialect.hasHeader}`,
    `columns = {${columns.join(', ')}}`,
  ]
  if (!scan.asText && dialect.dateFormat !== null) options.push(`dateformat = ${literal(dialect.dateFormat)}`)
  if (!scan.asText && dialect.timestampFormat !== null) {
    options.push(`timestampformat = ${literal(dialect.timestampFormat)}`)
  }
  // The parallel reader cannot tell a quoted line break from a short row.
  if (scan.padded) options.push('null_padding = true', 'parallel = false')
  if (scan.rejects !== undefined) {
    options.push('store_rejects = true', `rejects_table = ${literal(scan.rejects)}`)
    options.push(`rejects_scan = ${literal(`${scan.rejects}_scan`)}`)
  }
  return `read_csv(${literal(path)}, ${options.join(', ')})`
}
