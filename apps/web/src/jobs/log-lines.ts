import type { JobLogLine } from '@bellhop/model'
import { LIMITS } from '@bellhop/model'

/** Both in one, each line once, the oldest first; no more than the server keeps, the newest. */
export function joinLog(known: readonly JobLogLine[], more: readonly JobLogLine[]): readonly JobLogLine[] {
  const last = known.at(-1)?.seq ?? 0
  const news = more.filter(({ seq }) => seq > last)
  return news.length === 0 ? known : [...known, ...news].slice(-LIMITS.jobLogLines)
}
