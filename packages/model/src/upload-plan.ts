import type { FileRecord } from './file-record.ts'
import type { FileId, UploadId, ValetKeyId } from './ids.ts'
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
  readonly mediaType: string
}

/** How the bytes go up: one PUT, or parts whose keys are asked for in batches as they are needed. */
export type UploadPlan =
  | (UploadPlanBase & { readonly mode: 'single'; readonly sizeBytes: number; readonly put: SignedRequest })
  | (UploadPlanBase & {
      readonly mode: 'multipart'
      /** Null: a stream whose length is told when it has ended. */
      readonly sizeBytes: number | null
      readonly partSizeBytes: number
      readonly partCount: number | null
      /** Keys for the parts whose hashes came with the request. */
      readonly signed: readonly SignedPart[]
    })

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
  /** Null while a stream of unknown length is on its way; so is `partCount`. */
  readonly sizeBytes: number | null
  readonly mediaType: string
  readonly mode: 'single' | 'multipart'
  readonly partSizeBytes: number
  readonly partCount: number | null
  /** Of the source, as the client that began it made it. */
  readonly fingerprint: string | null
  readonly expiresAt: string
  /** Parts that the store has, whole, with what they were promised to be; `sha256` is null where nobody hashed them. */
  readonly arrived: readonly { readonly number: number; readonly sizeBytes: number; readonly sha256: string | null }[]
}

/** The SHA-256 of a file's parts, in order: what a download is checked against. Null: the client did not hash them. */
export interface FileDigests {
  readonly sizeBytes: number
  readonly partSizeBytes: number
  /** 32 bytes a part, one after the other, in base64. */
  readonly sha256: string
}

/** What `complete` answers: the verified file, and the jobs that started by themselves. */
export interface CompletedUpload {
  readonly file: FileRecord
  readonly jobs: readonly JobSnapshot[]
}

/** A key to show one object in a page. `expiresInMs` counts from the answer. */
export interface Preview {
  readonly id: string
  readonly url: string
  readonly name: string
  readonly mediaType: string
  readonly sizeBytes: number
  readonly expiresInMs: number
}

/** A key to read one object. */
export interface Download extends Preview {
  /** The line of the ledger. Given with the next request, a long download goes on under it and is counted once. */
  readonly keyId: ValetKeyId
}

/** An upload that its person can go on with, from whichever machine has the file. */
export interface OpenUpload {
  readonly uploadId: UploadId
  readonly fileId: FileId
  readonly name: string
  /** Null: a stream, which cannot be gone on with. */
  readonly sizeBytes: number | null
  readonly fingerprint: string | null
  readonly createdAt: string
  readonly expiresAt: string
}
