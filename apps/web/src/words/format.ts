/** Numbers, sizes and times as people of one language write them. Sizes are decimal: 1 MB = 1,000,000 bytes. */
export interface Formats {
  readonly count: (value: number) => string
  /** `fraction` from 0 to 1, cut to whole percents so that 100 is said only when all is done. */
  readonly percent: (fraction: number) => string
  /** The same, cut to tenths of a percent: 99.2 %. */
  readonly share: (fraction: number) => string
  readonly bytes: (bytes: number) => string
  readonly rate: (bytesPerSecond: number) => string
  /** Rounded to what an estimate knows: 20 s, 3 min, 2 h. */
  readonly duration: (ms: number) => string
  /** What was measured, or added up: 40 ms, 1.5 s, 3 min. */
  readonly precise: (ms: number) => string
  /** Relative within a week of `nowMs`, a date after that. */
  readonly ago: (iso: string, nowMs: number) => string
  readonly date: (iso: string) => string
  readonly dateTime: (iso: string) => string
  /** Of a day that is known, to the second. */
  readonly time: (iso: string) => string
  readonly minute: (iso: string) => string
  readonly day: (iso: string) => string
  readonly number: (value: number) => string
}

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

export function formatsFor(locale: string): Formats {
  const count = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const number = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 })
  const percentSign = locale.startsWith('ko') ? '%' : '\u00a0%'
  const sizes = BYTE_UNITS.map((unit) => unitFormat(locale, unit, unit === 'byte' ? 'long' : 'short'))
  const rates = BYTE_UNITS.map((unit) => unitFormat(locale, `${unit}-per-second`, 'short'))
  const milliseconds = unitFormat(locale, 'millisecond', 'short')
  const seconds = unitFormat(locale, 'second', 'short')
  const minutes = unitFormat(locale, 'minute', 'short')
  const hours = unitFormat(locale, 'hour', 'short')
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' })
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' })
  const minute = new Intl.DateTimeFormat(locale, { timeStyle: 'short' })
  // Days of the insights are days in UTC, wherever the reader sits.
  const day = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' })

  const duration = (ms: number) => {
    if (ms < MINUTE_MS) return seconds.format(roundSeconds(ms / 1000))
    if (ms < 100 * MINUTE_MS) return minutes.format(Math.round(ms / MINUTE_MS))
    return hours.format(Math.round(ms / HOUR_MS))
  }

  return {
    count: (value) => count.format(value),
    number: (value) => number.format(value),
    percent: (fraction) => `${count.format(Math.floor(clamp01(fraction) * 100 + 1e-9))}${percentSign}`,
    share: (fraction) => `${number.format(Math.floor(clamp01(fraction) * 1000 + 1e-9) / 10)}${percentSign}`,
    bytes: (bytes) => scaled(sizes, bytes),
    rate: (bytesPerSecond) => scaled(rates, bytesPerSecond),
    duration,
    precise(ms) {
      if (ms >= 10_000) return duration(ms)
      return ms < 1000 ? milliseconds.format(Math.round(ms)) : seconds.format(Math.round(ms / 100) / 10)
    },
    ago(iso, nowMs) {
      const ms = Date.parse(iso) - nowMs
      const age = Math.abs(ms)
      if (age < MINUTE_MS) return relative.format(0, 'second')
      if (age < HOUR_MS) return relative.format(Math.round(ms / MINUTE_MS), 'minute')
      if (age < DAY_MS) return relative.format(Math.round(ms / HOUR_MS), 'hour')
      if (age < 7 * DAY_MS) return relative.format(Math.round(ms / DAY_MS), 'day')
      return date.format(new Date(iso))
    },
    date: (iso) => date.format(new Date(iso)),
    time: (iso) => time.format(new Date(iso)),
    minute: (iso) => minute.format(new Date(iso)),
    dateTime: (iso) => dateTime.format(new Date(iso)),
    day: (iso) => day.format(new Date(iso)),
  }
}

function unitFormat(locale: string, unit: string, unitDisplay: 'short' | 'long'): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay, maximumFractionDigits: 1 })
}

/** Three digits are enough: 1.5 MB, 23.4 MB, 812 MB. */
function scaled(units: readonly Intl.NumberFormat[], bytes: number): string {
  let value = Math.max(0, bytes)
  let index = 0
  while (value >= 999.5 && index < units.length - 1) {
    value /= 1000
    index += 1
  }
  const rounded = value >= 100 || index === 0 ? Math.round(value) : Math.round(value * 10) / 10
  return units[index]?.format(rounded) ?? ''
}

/** 1 to 10 as they are, above by fives: a countdown that jumps by ones pretends to know. */
function roundSeconds(seconds: number): number {
  return seconds <= 10 ? Math.max(1, Math.round(seconds)) : Math.round(seconds / 5) * 5
}

function clamp01(value: number): number {
  return Math.min(1, Math.max(0, value))
}
