import type { CompletedUpload, SignedPart, UploadId, UploadPlan, UploadProgress, UploadStatus } from '@bellhop/model'

/** The calls of the server that an upload needs. They reject with BellhopError, and do not retry by themselves. */
export interface UploadPort {
  start(input: StartUpload, signal: AbortSignal): Promise<UploadPlan>
  signParts(input: { uploadId: UploadId; parts: PartToSign[] }, signal: AbortSignal): Promise<readonly SignedPart[]>
  renew(input: { uploadId: UploadId; sha256?: string }, signal: AbortSignal): Promise<UploadPlan>
  complete(input: { uploadId: UploadId }, signal: AbortSignal): Promise<CompletedUpload>
  abort(input: { uploadId: UploadId }): Promise<{ status: UploadStatus }>
  get(input: { uploadId: UploadId }, signal: AbortSignal): Promise<UploadProgress>
}

export interface StartUpload {
  name: string
  sizeBytes: number
  mediaType?: string
  tags?: string[]
  sha256?: string
  startJobs?: boolean
}

export interface PartToSign {
  number: number
  sha256?: string
}
