export { createApiKey, findKeyHolder, listApiKeys, revokeApiKey, touchApiKey } from './api-keys.ts'
export type { KeyHolder } from './api-keys.ts'
export { countFacets, readCatalogPage, readFacets, searchCatalog } from './catalog.ts'
export type { CatalogFilter, CatalogPosition } from './catalog.ts'
export { explainCatalog } from './catalog-plans.ts'
export { openDatabase } from './database.ts'
export type { Database, Executor, Transaction } from './database.ts'
export { isDatabaseAway } from './database-errors.ts'
export {
  countDownload,
  findFile,
  findFileRecord,
  findOutputs,
  findReadyFiles,
  insertFile,
  listOutputKeys,
  listOutputs,
  markFileDeleted,
  markFileReady,
  markFileRejected,
  markFileSound,
  promiseBytes,
  updateFile,
} from './files.ts'
export type { Downloadable, FileRow, NewFile } from './files.ts'
export { openIdentity } from './identity.ts'
export type { Identity } from './identity.ts'
export { listInsights } from './insights.ts'
export { listUsage } from './usage.ts'
export { findHeldJobs, lockJobsByToken, lockJobsOf, lockOrphanedJobs } from './job-leases.ts'
export type { HeldJob } from './job-leases.ts'
export type { AttemptUsage, StageSpan } from './attempt-usage.ts'
export { findJobSizes, findPastJobs, recordPastJobs } from './job-history.ts'
export type { PastJob } from './job-history.ts'
export { appendLog, findLog } from './job-log.ts'
export type { LogBatch } from './job-log.ts'
export { countRunning, listPools, readWaitingLine } from './waiting-line.ts'
export type { RunningKind, WaitingJob } from './waiting-line.ts'
export { writeProgress } from './job-progress.ts'
export type { ProgressReport } from './job-progress.ts'
export { followEnd, followForgotten, lockPredecessors, lockPredecessorsOf } from './job-chains.ts'
export { listParts, removePartOutputs, tellWholes, waitForParts } from './job-parts.ts'
export { CHORES, queueChore, requeueLost, unlockPools } from './job-queue.ts'
export type { AttemptPayload, Chore } from './job-queue.ts'
export { findFirstWorkspace, findJobShare, listJobShares, lowerJobLimit, setJobShare } from './job-shares.ts'
export { releaseForgotten, setKindLimits } from './job-slots.ts'
export { startJobRunner } from './job-runner.ts'
export type { JobRunner, JobRunnerOptions } from './job-runner.ts'
export {
  countJobs,
  databaseNow,
  findJobDetail,
  findSnapshots,
  findSnapshotsOfAll,
  listFileJobs,
  listJobs,
  listLiveJobs,
} from './job-snapshots.ts'
export type { JobFilter } from './job-snapshots.ts'
export { cancelJobsOfFile, cancelPendingJob, requestCancel } from './job-cancels.ts'
export { claimJob } from './job-claims.ts'
export { completeJob, failJob, finishCancel, isCompletedBy, retryJob, takeFromWorker } from './job-ends.ts'
export { findJob, findJobByIdempotencyKey, insertJob } from './jobs.ts'
export type { ChangedJobs, JobOrder, JobRow, Lease, NewJob, PendingOutput } from './jobs.ts'
export { pruneKeyRates, spendKeys } from './key-rates.ts'
export { createKeySigner } from './key-signer.ts'
export type { KeySigner, KeySignerOptions, SignableRequest } from './key-signer.ts'
export { listEndedByMinute, sumEndedJobs, tallyEndedJobs } from './job-tallies.ts'
export type { EndedInMinute, EndedTotal } from './job-tallies.ts'
export { averageDurations, countWorkerSlots, listWorkers, measureQueue, measureTimes } from './operations.ts'
export type { QueueOfKind } from './operations.ts'
export { migrate } from './migrate.ts'
export { createNotifier, listenForNotifications } from './notifications.ts'
export type { NotificationHandlers, Notifier } from './notifications.ts'
export { findQuota, reserveRoom, setQuota } from './quotas.ts'
export type { AskedRoom } from './quotas.ts'
export { DOCTOR_PREFIX } from './store-probe/probe-ground.ts'
export { examineStore } from './store-probe/examine-store.ts'
export type { ExamineStoreOptions } from './store-probe/examine-store.ts'
export { findStoreReport, saveStoreReport } from './store-reports.ts'
export {
  findFileOwners,
  findKnownJobs,
  findLatestSweep,
  findMultipartOwners,
  findNextWorkspace,
  findOutputOwners,
  listMissingFiles,
  listReadyFiles,
  openSweep,
  saveSweep,
  setFileFault,
  setFileVerified,
  withSweepLock,
} from './store-sweeps.ts'
export type { ObjectOwner, StoredFile, SweepRow } from './store-sweeps.ts'
export { openObjectStore } from './object-store.ts'
export type { ListedObject, ObjectStore, StoredPart } from './object-store.ts'
export type { GetKey, PutKey } from './object-keys.ts'
export type { ObjectStoreOptions } from './s3-client.ts'
export {
  beginComplete,
  beginReread,
  findAbandonedUploads,
  findCompletedUploadOf,
  findOpenUploadOf,
  findUpload,
  handOverToReader,
  insertUpload,
  listOpenUploads,
  markPartsUnbound,
  moveUpload,
  renewCompleting,
  setUploadLength,
  setUploadSha256,
} from './uploads.ts'
export type { CompletingLease, NewUpload, UploadRow } from './uploads.ts'
export { listPromisedParts, promisePartKeys } from './upload-parts.ts'
export type { PromisedPart } from './upload-parts.ts'
export { listValetKeys, listValetKeysOf } from './valet-key-records.ts'
export {
  findLivePreviewKeys,
  findValetKey,
  markUploadKeysUsed,
  markValetKeysRevoked,
  recordValetKeys,
  renewDownloadKey,
} from './valet-keys.ts'
export type { NewValetKey } from './valet-keys.ts'
export { readAsFresh, readWriteToken } from './view-reading.ts'
export {
  isViewName,
  pauseView,
  recompute,
  refreshWorkspace,
  resumeView,
  startViewKeeper,
  viewChangesAfter,
  viewStatuses,
  viewVersion,
} from './view-status.ts'
export type { ViewKeeperOptions } from './view-status.ts'
export { VIEWS } from './views/index.ts'
export type { ViewName } from './views/index.ts'
export {
  endDelivery,
  findDelivery,
  findOwnDelivery,
  insertTestDelivery,
  listDeliveries,
  pruneDeliveries,
  queueDelivery,
  recordTry,
  replayDelivery,
} from './webhook-deliveries.ts'
export type { WebhookDeliveryRow } from './webhook-deliveries.ts'
export {
  deleteWebhook,
  disableFailingWebhook,
  findWebhook,
  insertWebhook,
  listWebhooks,
  lockWebhooksOf,
  markWebhookFails,
  markWebhookWorks,
  setWebhookSecret,
  updateWebhook,
} from './webhooks.ts'
export {
  deletePreset,
  findDefaultPreset,
  findPreset,
  listDefaultKinds,
  listPresets,
  lockPresetsOf,
  upsertPreset,
} from './presets.ts'
export type { PresetRow } from './presets.ts'
export type { WebhookRow } from './webhooks.ts'
export { guardedPost, parseTarget } from './guarded-post.ts'
export { beat, registerWorker, removeWorker, takeSilentWorkers } from './workers.ts'
export type { NewWorker } from './workers.ts'
export {
  createUser,
  createWorkspace,
  findFirstOwner,
  findUser,
  lockFirstOwner,
  membershipsOf,
  roleIn,
  workspaceExists,
} from './workspaces.ts'
export type { Membership } from './workspaces.ts'
