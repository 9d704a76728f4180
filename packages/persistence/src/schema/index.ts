export { accounts, sessions, users, verifications } from './identity.ts'
export { apiKeys, members, workspaces } from './workspaces.ts'
export { files, uploads, valetKeys } from './files.ts'
export { jobEvents, jobProgress, jobs, outputs, workers } from './jobs.ts'
