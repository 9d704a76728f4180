import { categoryOf, isWholeNumber } from './column-category.ts'

/** A line of numbers on which the values of a column lie, so that all kinds of columns share one histogram. */
export interface Axis {
  /** SQL: a value of `column` as a DOUBLE on the axis. */
  readonly position: (column: string) => string
  /** Positions are whole numbers. */
  readonly whole: boolean
  /** Width of a bin is a multiple of this, when bins are that wide. */
  readonly step: number
  /** SQL: the text of a position `x`; null where JavaScript writes the number. */
  readonly text: ((x: string) => string) | null
}

const SECOND_US = 1_000_000

/** Null for types that have no line: text, booleans, nested ones, intervals. */
export function axisOf(type: string): Axis | null {
  if (categoryOf(type) === 'number') {
    return { position: (c) => `${c}::double`, whole: isWholeNumber(type), step: 1, text: null }
  }
  if (type === 'DATE') return DAYS
  if (type === 'TIME') return microseconds((x) => `(time '00:00:00' + to_microseconds(${x}))::varchar`)
  if (type === 'TIMESTAMP WITH TIME ZONE') return microseconds((x) => `make_timestamp(${x})::varchar || '+00'`)
  if (/^TIMESTAMP(_S|_MS|_NS)?$/.test(type)) return microseconds((x) => `make_timestamp(${x})::varchar`)
  return null
}

const DAYS: Axis = {
  position: (c) => `date_diff('day', date '1970-01-01', ${c})::double`,
  whole: true,
  step: 1,
  text: (x) => `(date '1970-01-01' + ${x}::integer)::varchar`,
}

function microseconds(text: (x: string) => string): Axis {
  return { position: (c) => `epoch_us(${c})::double`, whole: true, step: SECOND_US, text }
}
