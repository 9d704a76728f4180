import type { TransferProgress } from './transfer-progress.ts'

export interface UploadOptions {
  /** Default: the name of the file or path; `unnamed` for bytes without one. */
  readonly name?: string
  readonly tags?: readonly string[]
  /** Default: what the file says, or what its name lets guess. */
  readonly mediaType?: string
  /** Of a stream, where it is known. Without it a stream may have 156 GiB. */
  readonly sizeBytes?: number
  /** Start the jobs that fit the type. Default true. */
  readonly startJobs?: boolean
  /** At most every 100 ms, and at each change of phase. */
  readonly onProgress?: (progress: TransferProgress) => void
  /** Stops it, aborts it on the server, and rejects with ABORTED. */
  readonly signal?: AbortSignal
}

export type ResumeOptions = Pick<UploadOptions, 'name' | 'sizeBytes' | 'onProgress' | 'signal'>
