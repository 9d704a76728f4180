import type { CatalogEntry } from '@bellhop/model'
import { clockText } from '../files/preview/clock-text.ts'
import type { Words } from '../words/en.ts'

/** What its job found out: rows and columns, or pixels; null while nothing is known. */
export function fileFacts(words: Words, file: CatalogEntry): string | null {
  if (file.rowCount !== null && file.columnCount !== null)
    return words.catalog.rowsByColumns(file.rowCount, file.columnCount)
  if (file.width !== null && file.height !== null) return words.catalog.pixels(file.width, file.height)
  return null
}

/** How long it plays; null where it does not, or nobody knows yet. What is shorter than a second plays too. */
export function durationText({ durationSeconds }: CatalogEntry): string | null {
  return durationSeconds === null || durationSeconds === 0 ? null : clockText(Math.max(1, durationSeconds))
}
