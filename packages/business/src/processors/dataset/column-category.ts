import type { DatasetColumn } from '@bellhop/model'

export type ColumnCategory = DatasetColumn['category']

const NUMBER = /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL\(.*\)|BIGNUM)$/
const WHOLE_NUMBER = /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|DECIMAL\(\d+,0\))$/
const TIME = /^(DATE|TIME|TIMESTAMP|INTERVAL)/
const NESTED = /^(STRUCT|MAP|UNION|JSON|VARIANT|GEOMETRY)\b|\]$/
/** Only these have values that are not finite. */
const MAYBE_INFINITE = /^(FLOAT|DOUBLE|DATE|TIMESTAMP.*)$/

export function categoryOf(type: string): ColumnCategory {
  if (NESTED.test(type)) return 'nested'
  if (NUMBER.test(type)) return 'number'
  if (type === 'BOOLEAN') return 'boolean'
  return TIME.test(type) ? 'time' : 'text'
}

export function isWholeNumber(type: string): boolean {
  return WHOLE_NUMBER.test(type)
}

export function mayBeInfinite(type: string): boolean {
  return MAYBE_INFINITE.test(type)
}
