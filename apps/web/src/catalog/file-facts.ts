import type { CatalogEntry } from '@bellhop/model'
import type { Words } from '../words/en.ts'

/** What its job found out: rows and columns, or pixels; null while nothing is known. */
export function fileFacts(words: Words, file: CatalogEntry): string | null {
  if (file.rowCount !== null && file.columnCount !== null)
    return words.catalog.rowsByColumns(file.rowCount, file.columnCount)
  if (file.width !== null && file.height !== null) return words.catalog.pixels(file.width, file.height)
  return null
}
