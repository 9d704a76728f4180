import type { UploadId } from '@bellhop/model'

/** What is to be done for one upload, as far as it is known before the first part. */
export interface UploadWork {
  /** Chosen here, so that a start whose answer is lost can be sent again and is the same upload. */
  readonly uploadId: UploadId
  /** The server has it already. */
  readonly isBegun: boolean
  readonly mode: 'single' | 'multipart'
  /** Null: a stream tells when it ends. */
  readonly sizeBytes: number | null
  readonly partSizeBytes: number
  readonly partCount: number | null
  /** Parts that the store has, with the SHA-256 that they were promised to have. */
  readonly arrived: ReadonlyMap<number, string | null>
}
