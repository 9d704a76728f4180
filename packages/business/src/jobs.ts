import { AppError } from '@bellhop/model'
import type { FileId, JobDetail, JobId, JobQueuePlace, JobSnapshot, JobStatus, Page } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import { z } from 'zod'
import { requireRight } from './caller.ts'
import type { Context } from './caller.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { startJob } from './job-submission.ts'
import type { JobOrderRequest } from './job-submission.ts'

export interface SubmitJob extends JobOrderRequest {
  readonly kind: string
  readonly input: unknown
  readonly idempotencyKey?: string | undefined
  readonly preset?: string | undefined
}

/** Answers at once; the work is done by a worker. */
export async function submitJob(ctx: Context, request: SubmitJob): Promise<JobSnapshot> {
  const { platform, caller } = ctx
  requireRight(caller, 'process')
  const { workspaceId, userId } = caller
  const { db } = platform.database
  const start = (tx: persistence.Executor) =>
    startJob(tx, platform.kinds, { ...request, workspaceId, createdBy: userId })
  const job = await (request.after === undefined || request.after.length === 0 ? start(db) : db.transaction(start))
  platform.notifier.jobChanged(job)
  return snapshotOf(ctx, job.id)
}

export async function getJob({ platform, caller }: Context, { jobId }: { jobId: JobId }): Promise<JobDetail> {
  const detail = await persistence.findJobDetail(platform.database.db, caller.workspaceId, jobId)
  if (!detail) throw new AppError('JOB_NOT_FOUND')
  const [placed = detail] = await platform.queuePlaces.fillIn([detail])
  return placed
}

export interface ListJobs {
  readonly status?: readonly JobStatus[] | undefined
  readonly kind?: string | undefined
  readonly fileId?: FileId | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

/** The newest first, with how many there are of each status in the whole workspace. */
export async function listJobs(
  { platform, caller }: Context,
  input: ListJobs,
): Promise<Page<JobSnapshot> & { counts: Record<JobStatus, number> }> {
  const { db } = platform.database
  const { cursor, limit, ...filter } = input
  const before = decodeCursor(z.string(), cursor)
  const [found, counts] = await Promise.all([
    persistence.listJobs(db, caller.workspaceId, { ...filter, before, limit: limit + 1 }),
    persistence.countJobs(db, caller.workspaceId),
  ])
  const items = await platform.queuePlaces.fillIn(found.slice(0, limit))
  return { items, counts, nextCursor: found.length > limit ? encodeCursor(items.at(-1)?.id) : null }
}

/** A waiting job ends at once; a running one is told to stop, and is CANCELLED when everything of it has stopped. */
export async function cancelJob(ctx: Context, { jobId }: { jobId: JobId }): Promise<JobSnapshot> {
  const { platform, caller } = ctx
  requireRight(caller, 'process')
  const others: persistence.ChangedJobs = []
  const row = await platform.database.db.transaction(
    async (tx) =>
      (await persistence.cancelPendingJob(tx, caller.workspaceId, jobId, others)) ??
      persistence.requestCancel(tx, caller.workspaceId, jobId),
  )
  for (const other of others) platform.notifier.jobChanged(other)
  if (row) platform.notifier.jobChanged(row)
  const snapshot = await snapshotOf(ctx, jobId)
  // Cancelled twice is cancelled once.
  if (!row && snapshot.status !== 'CANCELLED') {
    throw new AppError('JOB_NOT_CANCELLABLE', `The job is ${snapshot.status}, so there is nothing to cancel.`)
  }
  return snapshot
}

/** FAILED → PENDING with one more attempt. It takes its turn like a new job, and waits anew for those that it comes after. */
export async function retryJob(ctx: Context, { jobId }: { jobId: JobId }): Promise<JobSnapshot> {
  const { platform, caller } = ctx
  requireRight(caller, 'process')
  const before = await snapshotOf(ctx, jobId)
  const changed = await platform.database.db.transaction(async (tx) => {
    const parts = await retryParts(tx, { id: jobId, workspaceId: caller.workspaceId })
    const spent = before.attempt >= before.maxAttempts
    const row = await persistence.retryJob(tx, jobId, { delayMs: 0, attemptsToAdd: spent ? 1 : 0, takesTurn: true })
    if (!row)
      throw new AppError('JOB_NOT_RETRYABLE', `The job is ${before.status}; only a job that FAILED can be retried.`)
    return [row, ...parts]
  })
  for (const row of changed) platform.notifier.jobChanged(row)
  return snapshotOf(ctx, jobId)
}

/** The parts of a job that FAILED are tried again before it is, and theirs before them: each waits anew for its own. */
async function retryParts(
  tx: persistence.Transaction,
  whole: Pick<persistence.JobRow, 'id' | 'workspaceId'>,
): Promise<persistence.JobRow[]> {
  const after = await persistence.lockPredecessorsOf(tx, whole)
  const lost = after.find(
    ({ status, parentId }) => status === 'CANCELLED' || (status === 'FAILED' && parentId !== whole.id),
  )
  if (lost) {
    const next = lost.status === 'FAILED' ? 'retry that one first' : 'submit both anew'
    throw new AppError('JOB_NOT_RETRYABLE', `The job is to run after ${lost.id}, which is ${lost.status}; ${next}.`)
  }
  const retried: persistence.JobRow[] = []
  for (const { id } of after.filter(({ status }) => status === 'FAILED')) {
    retried.push(...(await retryParts(tx, { ...whole, id })))
    const part = await persistence.retryJob(tx, id, { delayMs: 0, attemptsToAdd: 1, takesTurn: true })
    if (part) retried.push(part)
  }
  return retried
}

/** Where these jobs stand now. Those that do not wait, or are not there, are left out. */
export async function queuePlaces(
  { platform, caller }: Context,
  { jobIds }: { jobIds: readonly JobId[] },
): Promise<{ jobId: JobId; queue: JobQueuePlace }[]> {
  const own = await persistence.findSnapshots(platform.database.db, caller.workspaceId, jobIds)
  const placed = await platform.queuePlaces.fillIn(own)
  return placed.flatMap(({ id, queue }) => (queue ? [{ jobId: id, queue }] : []))
}

export async function snapshotOf({ platform, caller }: Context, jobId: JobId): Promise<JobSnapshot> {
  const found = await persistence.findSnapshots(platform.database.db, caller.workspaceId, [jobId])
  const [snapshot] = await platform.queuePlaces.fillIn(found)
  if (!snapshot) throw new AppError('JOB_NOT_FOUND')
  return snapshot
}
