import { isUnsent, type Transfer } from './transfer.ts'

export interface UploadTotals {
  /** Those not given up. */
  readonly total: number
  readonly uploaded: number
  readonly failed: number
  readonly unsent: number
  /** Of the unsent. */
  readonly paused: number
  readonly sentBytes: number
  readonly totalBytes: number
  readonly bytesPerSecond: number
  /** 0 to 1 over all that is sent or being sent; 1 when there is nothing to send. */
  readonly fraction: number
  /** Null without evidence. */
  readonly etaMs: number | null
}

/** Several parts of the page ask for the same list, which has thousands of files at times. */
const known = new WeakMap<readonly Transfer[], UploadTotals>()

export function uploadTotals(transfers: readonly Transfer[]): UploadTotals {
  const before = known.get(transfers)
  if (before !== undefined) return before
  const totals = count(transfers)
  known.set(transfers, totals)
  return totals
}

function count(transfers: readonly Transfer[]): UploadTotals {
  const sums = { uploaded: 0, failed: 0, unsent: 0, paused: 0, sentBytes: 0, totalBytes: 0, bytesPerSecond: 0 }
  for (const transfer of transfers) {
    const { state, sizeBytes } = transfer
    if (state.status === 'FAILED') sums.failed += 1
    if (state.status === 'PAUSED') sums.paused += 1
    if (state.status === 'SENDING') sums.bytesPerSecond += state.progress.bytesPerSecond
    if (state.status === 'DONE') {
      sums.uploaded += 1
      sums.sentBytes += sizeBytes
      sums.totalBytes += sizeBytes
    }
    if (isUnsent(transfer)) {
      sums.unsent += 1
      sums.sentBytes += state.progress.sentBytes
      sums.totalBytes += sizeBytes
    }
  }
  const { uploaded, failed, unsent, sentBytes, totalBytes, bytesPerSecond } = sums
  return {
    ...sums,
    total: uploaded + failed + unsent,
    fraction: totalBytes > 0 ? sentBytes / totalBytes : unsent > 0 ? 0 : 1,
    etaMs: bytesPerSecond > 0 && unsent > 0 ? ((totalBytes - sentBytes) / bytesPerSecond) * 1000 : null,
  }
}
