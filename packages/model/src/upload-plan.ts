import type { FileRecord } from './file-record.ts'
import type { FileId, UploadId } from './ids.ts'
import type { JobSnapshot } from './job-snapshot.ts'
import type { UploadStatus } from './upload.ts'

/**
 * A valet key in the hand: one request that the store will take, as it stands and no other. All `headers` must be sent
 * unchanged. `expiresInMs` counts from the answer, so that the client's clock does not matter.
 */
export interface SignedRequest {
  readonly method: 'PUT' | 'GET'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly expiresInMs: number
}

interface UploadPlanBase {
  readonly uploadId: UploadId
  readonly fileId: FileId
  readonly sizeBytes: number
  readonly mediaType: string
}

/** How the bytes go up: one PUT, or parts whose keys are asked for in batches as they are needed. */
export type UploadPlan =
  | (UploadPlanBase & { readonly mode: 'single'; readonly put: SignedRequest })
  | (UploadPlanBase & { readonly mode: 'multipart'; readonly partSizeBytes: number; readonly partCount: number })

export interface SignedPart {
  readonly number: number
  readonly sizeBytes: number
  readonly request: SignedRequest
}

/** Where an upload stands; what a client that comes back needs to go on. */
export interface UploadProgress {
  readonly uploadId: UploadId
  readonly fileId: FileId
  readonly status: UploadStatus
  readonly name: string
  readonly sizeBytes: number
  readonly mediaType: string
  readonly mode: 'single' | 'multipart'
  readonly partSizeBytes: number
  readonly partCount: number
  /** Parts that the store has, whole. */
  readonly arrived: readonly { readonly number: number; readonly sizeBytes: number }[]
}

/** What `complete` answers: the verified file, and the jobs that started by themselves. */
export interface CompletedUpload {
  readonly file: FileRecord
  readonly jobs: readonly JobSnapshot[]
}

/** A key to read one object. `expiresInMs` counts from the answer. */
export interface Download {
  readonly id: string
  readonly url: string
  readonly name: string
  readonly mediaType: string
  readonly sizeBytes: number
  readonly expiresInMs: number
}
