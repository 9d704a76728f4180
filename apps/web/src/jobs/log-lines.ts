import type { JobLogLine } from '@bellhop/model'
import { LIMITS } from '@bellhop/model'
import { throttle } from '../live/throttle.ts'

/** Both in one, each line once, the oldest first; no more than the server keeps, the newest. */
export function joinLog(known: readonly JobLogLine[], more: readonly JobLogLine[]): readonly JobLogLine[] {
  const last = known.at(-1)?.seq ?? 0
  const news = more.filter(({ seq }) => seq > last)
  return news.length === 0 ? known : [...known, ...news].slice(-LIMITS.jobLogLines)
}

/** Lines come one by one; the page is drawn once for each of these. */
const DRAW_EVERY_MS = 100

/** Hands lines on in bursts. */
export function gatherLines(draw: (lines: readonly JobLogLine[]) => void): {
  add(line: JobLogLine): void
  stop(): void
} {
  let waiting: JobLogLine[] = []
  const { call, stop } = throttle(DRAW_EVERY_MS, () => {
    const lines = waiting
    waiting = []
    draw(lines)
  })
  return {
    add(line) {
      waiting.push(line)
      call()
    },
    stop,
  }
}
