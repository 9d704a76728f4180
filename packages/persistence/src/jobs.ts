import { newId } from '@bellhop/model'
import type { FileId, JobFailure, JobId, OutputId, UserId, WorkerId, WorkspaceId } from '@bellhop/model'
import { and, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { AttemptUsage } from './attempt-usage.ts'
import type { Executor } from './database.ts'
import { queueAttempt, unqueueAttempt } from './job-queue.ts'
import { jobProgress, jobs, outputs } from './schema/index.ts'

export type JobRow = typeof jobs.$inferSelect

/** Proof of holding a job. Every write of a worker carries it; without it nothing is changed. */
export interface Lease {
  readonly jobId: JobId
  readonly attempt: number
  readonly token: string
}

export interface NewJob {
  readonly workspaceId: WorkspaceId
  readonly kind: string
  readonly kindVersion: number
  readonly fileId: FileId | null
  readonly input: unknown
  readonly maxAttempts: number
  readonly createdBy: UserId
  readonly idempotency?: { readonly key: string; readonly requestHash: string } | undefined
}

/** An output that is in the store and waits for its job to be COMPLETED. */
export interface PendingOutput {
  readonly id: OutputId
  readonly role: string
  readonly name: string
  readonly mediaType: string
  readonly sizeBytes: number
  readonly width: number | undefined
  readonly height: number | undefined
  readonly objectKey: string
}

const risen: SQL<number> = sql`${jobs.version} + 1`

/**
 * Inserts the job and queues its first attempt, in the caller's transaction. Undefined when the idempotency key is
 * taken: look the holder up with `findJobByIdempotencyKey`.
 */
export async function insertJob(tx: Executor, job: NewJob): Promise<JobRow | undefined> {
  const { idempotency, ...columns } = job
  const [row] = await tx
    .insert(jobs)
    .values({
      ...columns,
      id: newId('job'),
      idempotencyKey: idempotency?.key ?? null,
      requestHash: idempotency?.requestHash ?? null,
    })
    .onConflictDoNothing({ target: [jobs.workspaceId, jobs.idempotencyKey], where: sql`idempotency_key is not null` })
    .returning()
  if (!row) return undefined
  await tx.insert(jobProgress).values({ jobId: row.id })
  await queueAttempt(tx, row)
  return row
}

export async function findJob(tx: Executor, workspaceId: WorkspaceId, id: JobId): Promise<JobRow | undefined> {
  const [row] = await tx
    .select()
    .from(jobs)
    .where(and(eq(jobs.id, id), eq(jobs.workspaceId, workspaceId)))
  return row
}

export async function findJobByIdempotencyKey(
  tx: Executor,
  workspaceId: WorkspaceId,
  key: string,
): Promise<JobRow | undefined> {
  const [row] = await tx
    .select()
    .from(jobs)
    .where(and(eq(jobs.workspaceId, workspaceId), eq(jobs.idempotencyKey, key)))
  return row
}

const NOTHING_DONE = {
  fraction: 0,
  stage: null,
  workDone: null,
  workTotal: null,
  workUnit: null,
  etaAt: null,
  etaLateAt: null,
  stages: null,
} as const

/** PENDING → PROCESSING. Undefined: cancelled, claimed by another, or an attempt of the past. */
export async function claimJob(
  tx: Executor,
  id: JobId,
  attempt: number,
  lease: { token: string; owner: WorkerId },
): Promise<JobRow | undefined> {
  const [row] = await tx
    .update(jobs)
    .set({
      status: 'PROCESSING',
      version: risen,
      leaseToken: lease.token,
      leaseOwner: lease.owner,
      startedAt: sql`now()`,
      errorCode: null,
      errorSentence: null,
      usage: null,
    })
    .where(and(eq(jobs.id, id), eq(jobs.status, 'PENDING'), eq(jobs.attempt, attempt), isNull(jobs.cancelRequestedAt)))
    .returning()
  if (!row) return undefined
  // The first attempt finds its progress as it was made.
  if (attempt > 1) await tx.update(jobProgress).set(NOTHING_DONE).where(eq(jobProgress.jobId, id))
  return row
}

/**
 * PROCESSING → COMPLETED, and with it its outputs become visible. False: the lease was lost or a cancel was asked for;
 * then the outputs belong to nobody and the caller removes them.
 */
export async function completeJob(
  tx: Executor,
  lease: Lease,
  result: { output: unknown; outputs: readonly PendingOutput[]; usage?: AttemptUsage },
): Promise<boolean> {
  const [row] = await tx
    .update(jobs)
    .set({
      status: 'COMPLETED',
      version: risen,
      leaseToken: null,
      leaseOwner: null,
      output: result.output,
      usage: result.usage ?? null,
      finishedAt: sql`now()`,
    })
    .where(and(held(lease), isNull(jobs.cancelRequestedAt)))
    .returning()
  if (!row) return false
  if (result.outputs.length > 0 && row.fileId) {
    const { workspaceId, id: jobId, fileId } = row
    await tx.insert(outputs).values(result.outputs.map((output) => ({ ...output, workspaceId, jobId, fileId })))
  }
  return true
}

/** Whether this very attempt made the job COMPLETED: what to ask when the answer to `completeJob` was lost. */
export async function isCompletedBy(tx: Executor, lease: Lease): Promise<boolean> {
  const rows = await tx
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.id, lease.jobId), eq(jobs.status, 'COMPLETED'), eq(jobs.attempt, lease.attempt)))
  return rows.length > 0
}

/** PROCESSING → FAILED. The caller may walk on to PENDING with `retryJob` in the same transaction. */
export async function failJob(
  tx: Executor,
  lease: Lease,
  failure: JobFailure,
  usage: AttemptUsage | null = null,
): Promise<boolean> {
  const rows = await tx
    .update(jobs)
    .set({ ...failed(failure), usage })
    .where(held(lease))
    .returning({ id: jobs.id })
  return rows.length > 0
}

/** PROCESSING → CANCELLED, said by the worker when everything of the attempt has stopped. */
export async function finishCancel(tx: Executor, lease: Lease, usage: AttemptUsage | null = null): Promise<boolean> {
  const rows = await tx
    .update(jobs)
    .set({ status: 'CANCELLED', version: risen, leaseToken: null, leaseOwner: null, usage, finishedAt: sql`now()` })
    .where(and(held(lease), isNotNull(jobs.cancelRequestedAt)))
    .returning({ id: jobs.id })
  return rows.length > 0
}

/** FAILED → PENDING as a new attempt, queued in the same transaction. Undefined when it is not FAILED. */
export async function retryJob(
  tx: Executor,
  id: JobId,
  options: { delayMs: number; attemptsToAdd?: number; rescued?: boolean },
): Promise<JobRow | undefined> {
  const [row] = await tx
    .update(jobs)
    .set({
      status: 'PENDING',
      version: risen,
      attempt: sql`${jobs.attempt} + 1`,
      maxAttempts: sql`${jobs.maxAttempts} + ${options.attemptsToAdd ?? 0}`,
      rescues: sql`${jobs.rescues} + ${options.rescued ? 1 : 0}`,
      cancelRequestedAt: null,
      finishedAt: null,
      startedAt: null,
      runAt: sql`now() + ${options.delayMs} * interval '1 millisecond'`,
    })
    .where(and(eq(jobs.id, id), eq(jobs.status, 'FAILED')))
    .returning()
  if (row) {
    await tx.update(jobProgress).set({ fraction: 0, stage: null, etaAt: null }).where(eq(jobProgress.jobId, id))
    await queueAttempt(tx, row)
  }
  return row
}

/** PENDING → CANCELLED, at once. Undefined when it is not PENDING. */
export async function cancelPendingJob(tx: Executor, workspaceId: WorkspaceId, id: JobId): Promise<JobRow | undefined> {
  const [row] = await tx
    .update(jobs)
    .set({ status: 'CANCELLED', version: risen, cancelRequestedAt: sql`now()`, finishedAt: sql`now()` })
    .where(and(eq(jobs.id, id), eq(jobs.workspaceId, workspaceId), eq(jobs.status, 'PENDING')))
    .returning()
  if (row) await unqueueAttempt(tx, row)
  return row
}

/** Asks the worker that runs the job to stop it. Asked twice, nothing changes. Undefined when it is not PROCESSING. */
export async function requestCancel(tx: Executor, workspaceId: WorkspaceId, id: JobId): Promise<JobRow | undefined> {
  const running = and(eq(jobs.id, id), eq(jobs.workspaceId, workspaceId), eq(jobs.status, 'PROCESSING'))
  const [row] = await tx
    .update(jobs)
    .set({ version: risen, cancelRequestedAt: sql`now()` })
    .where(and(running, isNull(jobs.cancelRequestedAt)))
    .returning()
  if (row) return row
  const [asked] = await tx.select().from(jobs).where(running)
  return asked
}

/** Takes a job from a worker that is dead or was told to let go: fenced by its own lease, as the worker's writes are. */
export async function takeFromWorker(tx: Executor, job: JobRow, failure: JobFailure): Promise<boolean> {
  if (!job.leaseToken) return false
  const lease = { jobId: job.id, attempt: job.attempt, token: job.leaseToken }
  return job.cancelRequestedAt ? finishCancel(tx, lease) : failJob(tx, lease, failure)
}

/** Cancels what waits and asks to stop what runs of a file's jobs. Returns those that this changed. */
export async function cancelJobsOfFile(tx: Executor, workspaceId: WorkspaceId, fileId: FileId): Promise<JobRow[]> {
  const active = await tx
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.fileId, fileId), inArray(jobs.status, ['PENDING', 'PROCESSING'])))
    .orderBy(jobs.id)
  const changed: JobRow[] = []
  for (const { id } of active) {
    const row = (await cancelPendingJob(tx, workspaceId, id)) ?? (await requestCancel(tx, workspaceId, id))
    if (row) changed.push(row)
  }
  return changed
}

function held(lease: Lease): SQL | undefined {
  return and(
    eq(jobs.id, lease.jobId),
    eq(jobs.status, 'PROCESSING'),
    eq(jobs.attempt, lease.attempt),
    eq(jobs.leaseToken, lease.token),
  )
}

function failed(failure: JobFailure) {
  return {
    status: 'FAILED',
    version: risen,
    leaseToken: null,
    leaseOwner: null,
    errorCode: failure.code,
    errorSentence: failure.sentence,
    finishedAt: sql`now()`,
  } as const
}
