export { BellhopError } from './bellhop-error.ts'
export type { BellhopErrorCode, ClientErrorCode } from './bellhop-error.ts'
export { Bellhop, connect } from './connect.ts'
export type { ConnectOptions } from './connect.ts'
export type {
  CatalogFilter,
  CatalogQuery,
  DeliveryQuery,
  Disposition,
  InsightQuery,
  InsightSummary,
  UsageSummary,
  JobFilter,
  JobPage,
  JobShareChange,
  NewWebhook,
  StorageReport,
  ViewChange,
  WebhookChange,
  WebhookWithSecret,
} from './contract.ts'
export type { DownloadOptions, DownloadedFile } from './download/download-run.ts'
export type { DownloadTarget, NodeWritable } from './download/sink.ts'
export type { CompletedJob, JobIdOf, JobRef, SubmittedJob } from './job-ref.ts'
export type { SubmitOptions, WaitOptions } from './jobs.ts'
export type { NewPreset } from './presets.ts'
export type { Transport } from './links.ts'
export type { OwnWrites } from './own-writes-link.ts'
export type { FileAtHand } from './journal/file-memory.ts'
export type { UnfinishedUpload } from './journal/unfinished.ts'
export type { JournalEntry, UploadJournal } from './journal/upload-journal.ts'
export type { UploadInput } from './platform/platform.ts'
export type { ManyInput, ManyOptions, ManyResult } from './upload/many-uploads.ts'
export type { TransferPhase, TransferProgress, WaitingFor } from './upload/transfer-progress.ts'
export type { UploadHandle, UploadHandleStatus, UploadSnapshot, UploadedFile } from './upload/upload-handle.ts'
export type { ResumeOptions, UploadOptions } from './upload/upload-options.ts'
export type {
  FileId,
  JobId,
  OutputId,
  PresetRecord,
  PresetSettings,
  UploadId,
  ViewStatus,
  Want,
  WorkspaceId,
} from '@bellhop/model'
