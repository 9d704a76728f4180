import type { CompletedUpload, SignedPart, UploadId, UploadPlan, UploadProgress, UploadStatus } from '@bellhop/model'

/** The calls of the server that an upload needs. They reject with BellhopError, and do not retry by themselves. */
export interface UploadPort {
  start(input: StartUpload, signal: AbortSignal): Promise<UploadPlan>
  signParts(input: { uploadId: UploadId; parts: PartToSign[] }, signal: AbortSignal): Promise<readonly SignedPart[]>
  renew(input: { uploadId: UploadId; sha256?: string }, signal: AbortSignal): Promise<UploadPlan>
  complete(input: CompleteUpload, signal: AbortSignal): Promise<CompletedUpload>
  abort(input: { uploadId: UploadId }): Promise<{ status: UploadStatus }>
  get(input: { uploadId: UploadId }, signal: AbortSignal): Promise<UploadProgress>
}

export interface StartUpload {
  uploadId: UploadId
  name: string
  /** Null: a stream whose length is told when it has ended. */
  sizeBytes: number | null
  /** Of the parts; the server cuts by the same rule. */
  minPartSizeBytes: number
  mediaType?: string
  tags?: string[]
  /** Of the whole file, where that is one PUT. */
  sha256?: string
  /** The first parts, whose keys come with the plan. */
  parts?: PartToSign[]
  fingerprint?: string
  startJobs?: boolean
}

export interface PartToSign {
  number: number
  sha256?: string
  /** Only where the length of the whole is not known. */
  sizeBytes?: number
}

export interface CompleteUpload {
  uploadId: UploadId
  /** Only, and always, where the length was not known at the start. */
  sizeBytes?: number
  /** Of all parts in their order, as the store answered them: it need not be asked for them then. */
  etags?: string[]
}
