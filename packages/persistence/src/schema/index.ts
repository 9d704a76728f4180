export { accounts, sessions, users, verifications } from './identity.ts'
export { apiKeys, members, quotas, workspaces } from './workspaces.ts'
export { files } from './files.ts'
export { uploadParts, uploads } from './uploads.ts'
export { keyRates, valetKeys } from './valet-keys.ts'
export { storeReports, storeSweeps } from './stores.ts'
export {
  jobDependencies,
  jobEvents,
  jobHistory,
  jobKindLimits,
  jobLog,
  jobProgress,
  jobs,
  jobTallies,
  outputs,
  workers,
} from './jobs.ts'
export { webhookDeliveries, webhooks } from './webhooks.ts'
export { presets } from './presets.ts'
