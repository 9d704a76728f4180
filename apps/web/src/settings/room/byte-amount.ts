/** Units in which a person sets a bound; decimal, as all sizes of the page. */
export const BYTE_UNITS = ['MB', 'GB', 'TB'] as const
type ByteUnit = (typeof BYTE_UNITS)[number]

const FACTORS: Readonly<Record<ByteUnit, number>> = { MB: 1e6, GB: 1e9, TB: 1e12 }

/** What stands in a field: the text as it was typed, and its unit. An empty text is no bound. */
export interface ByteAmount {
  readonly text: string
  readonly unit: ByteUnit
}

/** In the largest unit of which it has at least one. */
export function byteAmount(bytes: number | null): ByteAmount {
  if (bytes === null) return { text: '', unit: 'GB' }
  const unit = BYTE_UNITS.findLast((each) => bytes >= FACTORS[each]) ?? 'MB'
  return { text: String(bytes / FACTORS[unit]), unit }
}

/** Null: no bound. Undefined: not a number of bytes that can be counted. */
export function bytesOf({ text, unit }: ByteAmount): number | null | undefined {
  const value = amountOf(text)
  if (value === null || value === undefined) return value
  const bytes = Math.round(value * FACTORS[unit])
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** A number as people type it, `1,000.5` too. Null: empty. Undefined: not a number. */
export function amountOf(text: string): number | null | undefined {
  const plain = text.replaceAll(/[\s,]/gu, '')
  if (plain === '') return null
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined
}
