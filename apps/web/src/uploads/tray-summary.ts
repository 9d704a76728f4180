import type { Words } from '../words/en.ts'
import type { UploadTotals } from './upload-totals.ts'

/** The head of the tray: what matters most now, and the figures of it. */
export function traySummary(
  words: Words,
  totals: UploadTotals,
  runningJobs: number,
): { head: string; detail: string | null } {
  const failed = totals.failed > 0 ? words.uploads.summaryFailed(totals.failed) : null
  if (totals.unsent > 0) {
    const rate = totals.bytesPerSecond > 0 ? words.format.rate(totals.bytesPerSecond) : null
    const left = totals.etaMs === null ? null : words.uploads.timeLeft(totals.etaMs)
    return {
      head: words.uploads.summarySending(totals.uploaded, totals.total),
      detail: joined([words.uploads.sent(totals.sentBytes, totals.totalBytes), rate, left, failed]),
    }
  }
  if (runningJobs > 0) return { head: words.uploads.summaryProcessing(runningJobs), detail: failed }
  if (totals.uploaded > 0) return { head: words.uploads.summaryDone(totals.uploaded), detail: failed }
  return { head: failed ?? words.uploads.cancelled, detail: null }
}

function joined(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null).join(' · ')
}
