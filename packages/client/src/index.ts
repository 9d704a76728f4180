export { BellhopError } from './bellhop-error.ts'
export type { BellhopErrorCode, ClientErrorCode } from './bellhop-error.ts'
export { Bellhop, connect } from './connect.ts'
export type { ConnectOptions } from './connect.ts'
export type {
  CatalogFilter,
  CatalogQuery,
  Disposition,
  InsightSummary,
  JobFilter,
  JobPage,
  StorageReport,
  ViewChange,
  ViewStatus,
} from './contract.ts'
export type { DownloadOptions } from './download/download-run.ts'
export type { DownloadTarget, NodeWritable } from './download/sink.ts'
export type { CompletedJob, JobIdOf, JobRef, SubmittedJob } from './job-ref.ts'
export type { SubmitOptions, WaitOptions } from './jobs.ts'
export type { Transport } from './links.ts'
export type { UploadInput } from './platform/platform.ts'
export type { TransferPhase, TransferProgress } from './upload/transfer-progress.ts'
export type { UploadHandle, UploadHandleStatus, UploadSnapshot, UploadedFile } from './upload/upload-handle.ts'
export type { ResumeOptions, UploadOptions } from './upload/uploader.ts'
export type { FileId, JobId, OutputId, UploadId, WorkspaceId } from '@bellhop/model'
