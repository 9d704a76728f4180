import { CELL_CHARS, MIN_CELL_CHARS, PREVIEW_BYTES, PREVIEW_ROWS } from './bounds.ts'
import { cellText } from './cell.ts'
import { cut, cutSql } from './cut-text.ts'
import type { Engine } from './engine.ts'
import { identifier } from './sql.ts'
import type { DatasetNote, Table } from './table.ts'

type Row = (string | null)[]

/** Characters of a value such that one row of all columns fits in a preview, at four bytes a character. */
export function cellChars(columnCount: number): number {
  const fitting = Math.floor(PREVIEW_BYTES / (4 * Math.max(1, columnCount)))
  return Math.max(MIN_CELL_CHARS, Math.min(CELL_CHARS, fitting))
}

export async function preview(
  engine: Engine,
  table: Table,
  relation: string,
): Promise<{ rows: Row[]; notes: DatasetNote[] }> {
  const chars = cellChars(table.columns.length)
  const cells = table.columns.map(({ name }) => cutSql(identifier(name), chars))
  const found = await engine.rows(`select ${cells.join(', ')} from ${relation} limit ${PREVIEW_ROWS}`)
  const rows: Row[] = []
  let bytes = 0
  for (const values of found) {
    const row = values.map((value) => (value === null ? null : cut(cellText(value), chars)))
    bytes += Buffer.byteLength(JSON.stringify(row))
    if (bytes > PREVIEW_BYTES && rows.length > 0) {
      const sentence = `The preview shows the first ${rows.length} rows, because they are wide; the Parquet copy has all.`
      return { rows, notes: [{ code: 'PREVIEW_CUT', sentence, rows: rows.length }] }
    }
    rows.push(row)
  }
  return { rows, notes: [] }
}
