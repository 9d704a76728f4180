/** The life of an upload. OPEN takes bytes; COMPLETING is held by one caller at a time and may be taken up again. */
export const UPLOAD_STATUSES = ['OPEN', 'COMPLETING', 'COMPLETED', 'ABORTED', 'REJECTED'] as const
export type UploadStatus = (typeof UPLOAD_STATUSES)[number]

export const UPLOAD_COMMANDS = ['sign', 'beginComplete', 'complete', 'reopen', 'abort', 'reject'] as const
export type UploadCommand = (typeof UPLOAD_COMMANDS)[number]

/**
 * `reopen` hands an upload back whose parts were not all there. `beginComplete` from COMPLETING takes up what a dead
 * server left: completing is idempotent in the store, so two of them end in one outcome.
 */
export const UPLOAD_TRANSITIONS: Readonly<Record<UploadStatus, Readonly<Record<UploadCommand, UploadStatus | null>>>> =
  {
    OPEN: { sign: 'OPEN', beginComplete: 'COMPLETING', complete: null, reopen: null, abort: 'ABORTED', reject: null },
    COMPLETING: {
      sign: null,
      beginComplete: 'COMPLETING',
      complete: 'COMPLETED',
      reopen: 'OPEN',
      abort: null,
      reject: 'REJECTED',
    },
    COMPLETED: { sign: null, beginComplete: null, complete: null, reopen: null, abort: null, reject: null },
    ABORTED: { sign: null, beginComplete: null, complete: null, reopen: null, abort: null, reject: null },
    REJECTED: { sign: null, beginComplete: null, complete: null, reopen: null, abort: null, reject: null },
  }

export function nextUploadStatus(status: UploadStatus, command: UploadCommand): UploadStatus | null {
  return UPLOAD_TRANSITIONS[status][command]
}

export function uploadStatusesBefore(command: UploadCommand): UploadStatus[] {
  return UPLOAD_STATUSES.filter((status) => UPLOAD_TRANSITIONS[status][command] !== null)
}

/** Bytes of part `number` (from 1) of a file of `sizeBytes` cut into parts of `partSizeBytes`. */
export function partLength(number: number, sizeBytes: number, partSizeBytes: number): number {
  return Math.min(partSizeBytes, sizeBytes - (number - 1) * partSizeBytes)
}

export function partCount(sizeBytes: number, partSizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / partSizeBytes))
}
