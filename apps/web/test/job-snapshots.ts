import type { JobId, JobSnapshot } from '@bellhop/model'

/** A job that runs, with what a test does not look at as it usually is. */
export function jobSnapshot(id: JobId, change: Partial<JobSnapshot> = {}): JobSnapshot {
  return {
    id,
    kind: 'dataset.profile',
    fileId: null,
    fileName: null,
    status: 'PROCESSING',
    version: 1,
    attempt: 1,
    maxAttempts: 3,
    priority: 'normal',
    waitingFor: null,
    progress: 0,
    stage: null,
    work: null,
    eta: null,
    etaLate: null,
    queue: null,
    cancelling: false,
    error: null,
    createdAt: '2026-11-22T12:00:00.000Z',
    startedAt: null,
    finishedAt: null,
    retryAt: null,
    ...change,
  }
}
