import { isUnsent, type Transfer } from './transfer.ts'

export interface UploadTotals {
  /** Those not given up. */
  readonly total: number
  readonly uploaded: number
  readonly failed: number
  readonly unsent: number
  readonly sentBytes: number
  readonly totalBytes: number
  readonly bytesPerSecond: number
  /** 0 to 1 over all that is sent or being sent; 1 when there is nothing to send. */
  readonly fraction: number
  /** Null without evidence. */
  readonly etaMs: number | null
}

export function uploadTotals(transfers: readonly Transfer[]): UploadTotals {
  const done = transfers.filter(({ state }) => state.status === 'DONE')
  const failed = transfers.filter(({ state }) => state.status === 'FAILED')
  const unsent = transfers.filter(isUnsent)
  const sending = unsent.filter(({ state }) => state.status === 'SENDING')
  const sentBytes = sum(done, ({ sizeBytes }) => sizeBytes) + sum(unsent, ({ state }) => state.progress.sentBytes)
  const totalBytes = sum(done, ({ sizeBytes }) => sizeBytes) + sum(unsent, ({ sizeBytes }) => sizeBytes)
  const bytesPerSecond = sum(sending, ({ state }) => state.progress.bytesPerSecond)
  return {
    total: done.length + failed.length + unsent.length,
    uploaded: done.length,
    failed: failed.length,
    unsent: unsent.length,
    sentBytes,
    totalBytes,
    bytesPerSecond,
    fraction: totalBytes > 0 ? sentBytes / totalBytes : unsent.length > 0 ? 0 : 1,
    etaMs: bytesPerSecond > 0 && unsent.length > 0 ? ((totalBytes - sentBytes) / bytesPerSecond) * 1000 : null,
  }
}

function sum(transfers: readonly Transfer[], value: (transfer: Transfer) => number): number {
  return transfers.reduce((total, transfer) => total + value(transfer), 0)
}
