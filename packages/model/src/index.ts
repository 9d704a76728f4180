export type { Account, ApiKeyRecord } from './account.ts'
export { AppError, ERRORS, HTTP_STATUS, isErrorCode } from './errors.ts'
export type { ErrorCode, ErrorStatus } from './errors.ts'
export { FILE_FAULTS, FILE_STATUSES, INTEGRITIES, cleanFileName, cleanTags } from './file.ts'
export type { FileFault, FileStatus, Integrity } from './file.ts'
export { CATALOG_SORTS } from './file-record.ts'
export type {
  CatalogEntry,
  CatalogFacets,
  CatalogPage,
  CatalogSort,
  FileDetail,
  FileRecord,
  InsightRow,
  Page,
} from './file-record.ts'
export { isId, newId } from './ids.ts'
export type {
  ApiKeyId,
  FileId,
  Id,
  IdKind,
  JobId,
  OutputId,
  UploadId,
  UserId,
  ValetKeyId,
  WebhookId,
  WorkerId,
  WorkspaceId,
} from './ids.ts'
export {
  JOB_COMMANDS,
  JOB_PRIORITIES,
  JOB_STATUSES,
  JOB_TRANSITIONS,
  JOB_WAITS,
  JobInputError,
  MAX_RESCUES,
  isJobEnded,
  jobStatusesBefore,
  nextJobStatus,
} from './job.ts'
export type { JobCommand, JobFailure, JobPriority, JobStatus, JobWait } from './job.ts'
export type { JobObjects, JobPart, JobRun, NewOutput, OpenedFile, SourceFile, Verification } from './job-run.ts'
export type {
  JobAttempt,
  JobDetail,
  JobLogLine,
  JobLogPage,
  JobLogStep,
  JobQueuePlace,
  JobSnapshot,
  JobStageSpan,
  JobTransition,
  JobWork,
} from './job-snapshot.ts'
export type { JobShare, WorkspaceShare } from './job-share.ts'
export { JOB_KINDS, isJobKindName, jobKindsFor } from './kinds/index.ts'
export type { JobKindName } from './kinds/index.ts'
export type { JobInput, JobKinds, JobOutput, KindArgument, KnownKindName, ParsedJobInput } from './kinds/job-kinds.ts'
export type { DatasetColumn } from './kinds/dataset-profile.ts'
export { VARIANT_FORMATS, VARIANT_QUALITIES } from './kinds/image-variants.ts'
export type { VariantFormat, VariantQuality } from './kinds/image-variants.ts'
export { WAVEFORM_PEAKS } from './kinds/media-probe.ts'
export type { Filmstrip, MediaTrack } from './kinds/media-probe.ts'
export { RENDITIONS } from './kinds/video-encode.ts'
export type { Rendition, RenditionSize } from './kinds/video-encode.ts'
export type { PresetRecord, PresetSettings } from './preset.ts'
export { jobKind } from './kinds/job-kind.ts'
export { JobKindRegistry } from './kinds/job-kind-registry.ts'
export type { JobKind, JobStage } from './kinds/job-kind.ts'
export { ENDED_SPANS } from './operations.ts'
export type {
  Capacity,
  EndedCounts,
  EndedMinute,
  EndedSpan,
  EndedStatus,
  KindEnded,
  KindQueue,
  OperationsReport,
  Percentiles,
  RunningJob,
  WorkerReport,
} from './operations.ts'
export { isFinal, retryDelayMs, retryPolicyOf } from './kinds/retry-policy.ts'
export type { RetryPolicy } from './kinds/retry-policy.ts'
export { fileIdSchema, outputFileSchema, outputIdSchema } from './kinds/output-file.ts'
export { outputFilesOf } from './kinds/output-files.ts'
export type { OutputFile } from './kinds/output-file.ts'
export { GIB, KIB, LIMITS, MIB, TIB, partSizeBytes } from './limits.ts'
export { FILE_TYPES, OCTET_STREAM, canonicalMediaType, fileTypeOf, isInlineSafe, mediaTypeOf } from './media-type.ts'
export type { FileType } from './media-type.ts'
export { takesMediaType } from './quota.ts'
export type { Quota, QuotaState, Usage } from './quota.ts'
export { CHECK_STATES, KEY_BINDINGS, STORE_CHECKS } from './store-report.ts'
export type { CheckState, KeyBinding, StoreCheck, StoreCheckName, StoreReport, StoreSweep } from './store-report.ts'
export {
  UPLOAD_COMMANDS,
  UPLOAD_STATUSES,
  UPLOAD_TRANSITIONS,
  nextUploadStatus,
  partCount,
  partLength,
  uploadStatusesBefore,
} from './upload.ts'
export type { UploadCommand, UploadStatus } from './upload.ts'
export type {
  CompletedUpload,
  Download,
  FileDigests,
  OpenUpload,
  Preview,
  SignedPart,
  SignedRequest,
  UploadPlan,
  UploadProgress,
} from './upload-plan.ts'
export { VALET_KEY_PURPOSES, keyLifeMs } from './valet-key.ts'
export type { KeyLife, ValetKeyPurpose, ValetKeyRecord } from './valet-key.ts'
export {
  MAX_WEBHOOK_TRIES,
  WEBHOOK_DELIVERY_STATUSES,
  WEBHOOK_EVENTS,
  isWebhookDeliveryId,
  webhookDelayMs,
} from './webhook.ts'
export type {
  WebhookDelivery,
  WebhookDeliveryId,
  WebhookDeliveryStatus,
  WebhookEvent,
  WebhookMessage,
  WebhookRecord,
} from './webhook.ts'
export { RIGHTS, ROLES, ROLE_RIGHTS, roleMay } from './workspace.ts'
export type { Right, Role } from './workspace.ts'
export { VIEW_MODES } from './view.ts'
export type {
  AnswerFreshness,
  Freshness,
  UsageRow,
  ViewDrift,
  ViewHistory,
  ViewMode,
  ViewService,
  ViewStatus,
  Want,
} from './view.ts'
