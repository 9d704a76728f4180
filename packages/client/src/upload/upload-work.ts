import type { UploadId } from '@bellhop/model'

/** What is to be done for one upload, as far as it is known before the first part. */
export interface UploadWork {
  /** Null: the server does not know of it yet. */
  readonly uploadId: UploadId | null
  readonly mode: 'single' | 'multipart'
  /** Null: a stream tells when it ends. */
  readonly sizeBytes: number | null
  readonly partSizeBytes: number
  readonly partCount: number | null
  /** Parts that the store has, with the SHA-256 that they were promised to have. */
  readonly arrived: ReadonlyMap<number, string | null>
}
