export type { ClearedListener } from './caller-cache.ts'
export {
  createApiKey,
  createWorkspace,
  ensureFirstOwner,
  getAccount,
  identifyCaller,
  issueApiKeyFor,
  listApiKeys,
  revokeApiKey,
  signInLink,
} from './accounts.ts'
export type { Credentials, FirstOwner } from './accounts.ts'
export { isPassing, toAppError } from './app-errors.ts'
export type { Caller, Context } from './caller.ts'
export { catalogFacets, insightSummary, searchCatalog, usageSummary } from './catalog.ts'
export { previewDownloads, startDownload } from './downloads.ts'
export { getFileDigests } from './file-digests.ts'
export { deleteFile, getFile, updateFile } from './files.ts'
export { feedJobs, watchJob } from './job-feed.ts'
export type { FeedItem } from './job-feed.ts'
export type { Shortcut } from './mailbox.ts'
export { checkHealth } from './health.ts'
export type { Health } from './health.ts'
export { describeFaults } from './input-faults.ts'
export { JobHub } from './job-hub.ts'
export { getJobShare, listJobShares, lowerJobLimit, setJobShare } from './job-shares.ts'
export type { SetJobShare } from './job-shares.ts'
export { getJobLog, followJobLog } from './job-log.ts'
export { cancelJob, getJob, listJobs, queuePlaces, retryJob, snapshotOf, submitJob } from './jobs.ts'
export { loadKinds } from './kinds/load-kinds.ts'
export { listenForChanges } from './listening.ts'
export type { Listening } from './listening.ts'
export { consoleLog } from './log.ts'
export { migrateDatabase, openPlatform } from './platform.ts'
export type { Log, Platform, PlatformSettings } from './platform.ts'
export { parseEnvironment, readEnvironment, readSettings, readStoreSettings, wholeNumberSetting } from './settings.ts'
export type { CommonSettings, Environment } from './settings.ts'
export { operationsReport } from './operations.ts'
export { getQuota, setQuota } from './quotas.ts'
export { examineStore, storeReport } from './storage.ts'
export { examineUnkept, queueExamination } from './store-examination.ts'
export { latestSweep, sweepStore } from './bucket-sweep.ts'
export { getUpload, listOpenUploads } from './upload-progress.ts'
export { abortUpload, completeUpload, renewUpload, signParts, startUpload } from './uploads.ts'
export { listValetKeys, revokeValetKey } from './valet-keys.ts'
export { ViewHub } from './view-hub.ts'
export { listViews, pauseView, refreshView, refreshWorkspaceView, resumeView, watchViews } from './views.ts'
export { deletePreset, listPresets, setPreset } from './presets.ts'
export type { SetPreset } from './presets.ts'
export {
  createWebhook,
  deleteWebhook,
  listWebhookDeliveries,
  listWebhooks,
  replayWebhookDelivery,
  rotateWebhookSecret,
  testWebhook,
  updateWebhook,
} from './webhooks.ts'
export { writeToken } from './write-tokens.ts'
export { startWorker, workerConnections } from './worker.ts'
export { kindLimitsSetting, kindPatternsSetting } from './worker-pool.ts'
export type { WorkerOptions } from './worker.ts'
