import type { Words } from '../words/en.ts'
import type { UploadTotals } from './upload-totals.ts'

interface BesidesSending {
  readonly runningJobs: number
  /** Uploads that can be gone on with. */
  readonly leftovers: number
}

/** The head of the tray: what matters most now, and the figures of it. */
export function traySummary(
  { uploads, format }: Words,
  totals: UploadTotals,
  { runningJobs, leftovers }: BesidesSending,
): { head: string; detail: string | null } {
  const failed = totals.failed > 0 ? uploads.summaryFailed(totals.failed) : null
  if (totals.unsent > 0) {
    const rate = totals.bytesPerSecond > 0 ? format.rate(totals.bytesPerSecond) : null
    const left = totals.etaMs === null ? null : uploads.timeLeft(totals.etaMs)
    const rests = totals.paused === totals.unsent
    return {
      head: rests ? uploads.summaryPaused(totals.paused) : uploads.summarySending(totals.uploaded, totals.total),
      detail: joined([uploads.sent(totals.sentBytes, totals.totalBytes), ...(rests ? [] : [rate, left]), failed]),
    }
  }
  const waiting = leftovers > 0 ? uploads.summaryLeftovers(leftovers) : null
  if (runningJobs > 0) return { head: uploads.summaryProcessing(runningJobs), detail: failed ?? waiting }
  if (totals.uploaded > 0) return { head: uploads.summaryDone(totals.uploaded), detail: failed ?? waiting }
  return { head: failed ?? waiting ?? uploads.cancelled, detail: failed === null ? null : waiting }
}

function joined(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null).join(' · ')
}
