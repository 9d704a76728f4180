import { newId } from '@bellhop/model'
import type { JobDetail, JobId } from '@bellhop/model'

/** A job in some state, with what a test does not look at as it usually is. */
export function jobState(version: number, change: Partial<JobDetail> = {}): JobDetail {
  return {
    id: JOB,
    kind: 'text.count',
    fileId: null,
    fileName: null,
    status: 'PROCESSING',
    version,
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
    input: {},
    output: null,
    history: [],
    attempts: [],
    ...change,
  }
}

export const JOB: JobId = newId('job')
