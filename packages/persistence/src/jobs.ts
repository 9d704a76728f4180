import { newId } from '@bellhop/model'
import type { FileId, JobFailure, JobId, JobPriority, OutputId, UserId, WorkerId, WorkspaceId } from '@bellhop/model'
import { and, eq, inArray, isNotNull, isNull, not, or, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { AttemptUsage } from './attempt-usage.ts'
import { builtStatement } from './built-statement.ts'
import type { Executor } from './database.ts'
import { followEnd, insertDependencies, lockPredecessors } from './job-chains.ts'
import { queueAttempts, queueFirstAttempt, unqueueAttempt } from './job-queue.ts'
import { findFullScope, isUnlimited, park, releaseNext } from './job-slots.ts'
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
  readonly order?: JobOrder | undefined
  readonly idempotency?: { readonly key: string; readonly requestHash: string } | undefined
}

export interface JobOrder {
  readonly priority: JobPriority
  readonly delayMs: number
  /** Jobs of the same workspace; those that are not are passed over. */
  readonly after: readonly JobId[]
}

const AT_ONCE: JobOrder = { priority: 'normal', delayMs: 0, after: [] }

/** Collects the jobs that a transition changes beside its own. Whoever gives it tells their watchers after the commit. */
export type ChangedJobs = JobRow[]

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
 * Inserts the job and queues its first attempt, in the caller's transaction. One that waits for others is not queued; it
 * FAILS at once when one of them has. Undefined when the idempotency key is taken: look the holder up with
 * `findJobByIdempotencyKey`.
 */
export async function insertJob(tx: Executor, job: NewJob): Promise<JobRow | undefined> {
  const { idempotency, order = AT_ONCE, ...columns } = job
  const { workspaceId, kind } = job
  const predecessors = order.after.length === 0 ? [] : await lockPredecessors(tx, workspaceId, order.after)
  const waitsForJobs = predecessors.some(({ status }) => status !== 'COMPLETED')
  const [row] = await tx
    .insert(jobs)
    .values({
      ...columns,
      id: newId('job'),
      idempotencyKey: idempotency?.key ?? null,
      requestHash: idempotency?.requestHash ?? null,
      priority: order.priority,
      runAt: sql`now() + ${order.delayMs} * interval '1 millisecond'`,
      turn: waitsForJobs || order.delayMs > 0 ? null : sql`job_turn(${workspaceId}, ${kind}, ${order.priority})`,
      parkedFor: waitsForJobs ? 'jobs' : order.delayMs > 0 ? null : parkedLike({ workspaceId, kind }),
    })
    .onConflictDoNothing({ target: [jobs.workspaceId, jobs.idempotencyKey], where: sql`idempotency_key is not null` })
    .returning()
  if (!row) return undefined
  await queueFirstAttempt(tx, row)
  if (predecessors.length > 0) await insertDependencies(tx, row.id, predecessors)
  const lost = predecessors.find(({ status }) => status === 'FAILED' || status === 'CANCELLED')
  if (!lost) return row
  const changed = await followEnd(tx, lost.id)
  return changed.find(({ id }) => id === row.id) ?? row
}

/** Behind those of its kind or workspace that wait for a place already there is none for this one either. */
function parkedLike({ workspaceId, kind }: Pick<NewJob, 'workspaceId' | 'kind'>): SQL<'kind' | 'workspace' | null> {
  return sql`case
    when exists (select from public.jobs where parked_for = 'kind' and kind = ${kind}) then 'kind'
    when exists (select from public.jobs where parked_for = 'workspace' and workspace_id = ${workspaceId}) then 'workspace'
  end`
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

const COMPLETED = {
  status: 'COMPLETED',
  version: risen,
  leaseToken: null,
  leaseOwner: null,
  finishedAt: sql`now()`,
} as const

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

/**
 * PENDING → PROCESSING. Undefined: cancelled, claimed by another, an attempt of the past; or it is not its turn after all,
 * and it was put back to wait for it, or for a place under a limit. Where there is no limit it is one statement.
 */
export async function claimJob(
  tx: Executor,
  id: JobId,
  attempt: number,
  lease: { token: string; owner: WorkerId },
  changed: ChangedJobs = [],
): Promise<JobRow | undefined> {
  const claimable = and(
    eq(jobs.id, id),
    eq(jobs.status, 'PENDING'),
    eq(jobs.attempt, attempt),
    isNull(jobs.cancelRequestedAt),
    isNull(jobs.parkedFor),
  )
  let [row] = await claimUnlimited(tx).execute({ id, attempt, ...lease })
  row ??= await tx.transaction(async (inner) => {
    const [waiting] = await inner.select().from(jobs).where(claimable).for('update')
    if (!waiting) return undefined
    if (waiting.turn === null) {
      changed.push(...(await takeTurn(inner, id)))
      return undefined
    }
    const full = await findFullScope(inner, waiting)
    if (!full) return setClaimed(inner, lease, true, claimable)
    changed.push(...(await park(inner, id, full)))
    return undefined
  })
  // The first attempt finds its progress as it was made.
  if (row && attempt > 1) await tx.update(jobProgress).set(NOTHING_DONE).where(eq(jobProgress.jobId, id))
  return row
}

/** The claim of nearly every job. */
const claimUnlimited = builtStatement((tx) =>
  tx
    .update(jobs)
    .set(claimed({ token: sql.placeholder('token'), owner: sql.placeholder('owner') }, false))
    .where(
      and(
        eq(jobs.id, sql.placeholder('id')),
        eq(jobs.status, 'PENDING'),
        eq(jobs.attempt, sql.placeholder('attempt')),
        isNull(jobs.cancelRequestedAt),
        isNull(jobs.parkedFor),
        isNotNull(jobs.turn),
        isUnlimited,
      ),
    )
    .returning()
    .prepare('claim_unlimited'),
)

function claimed(lease: { token: unknown; owner: unknown }, isLimited: boolean) {
  return {
    status: 'PROCESSING',
    version: risen,
    leaseToken: sql`${lease.token}`,
    leaseOwner: sql`${lease.owner}`,
    isLimited,
    startedAt: sql`now()`,
    errorCode: null,
    errorSentence: null,
    usage: null,
  } as const
}

async function setClaimed(
  tx: Executor,
  lease: { token: string; owner: WorkerId },
  isLimited: boolean,
  where: SQL | undefined,
): Promise<JobRow | undefined> {
  const [row] = await tx.update(jobs).set(claimed(lease, isLimited)).where(where).returning()
  return row
}

/** Its time has come, and it queues behind those that came before. */
async function takeTurn(tx: Executor, id: JobId): Promise<JobRow[]> {
  const rows = await tx
    .update(jobs)
    .set({ turn: sql`job_turn(${jobs.workspaceId}, ${jobs.kind}, ${jobs.priority})`, version: risen })
    .where(and(eq(jobs.id, id), eq(jobs.status, 'PENDING')))
    .returning()
  await queueAttempts(tx, rows)
  return rows
}

/** What the end of an attempt brings to others: in its transaction, so that no dead process can swallow it. */
async function followAttempt(tx: Executor, job: JobRow): Promise<JobRow[]> {
  const isOver = job.status === 'COMPLETED' || job.status === 'CANCELLED'
  return [
    ...(isOver && job.hasSuccessors ? await followEnd(tx, job.id) : []),
    ...(job.isLimited ? await releaseNext(tx, job) : []),
  ]
}

/**
 * PROCESSING → COMPLETED, and with it its outputs become visible. False: the lease was lost or a cancel was asked for;
 * then the outputs belong to nobody and the caller removes them. With outputs it must be called in a transaction; without
 * it is one statement, or a transaction of its own where others wait for the end.
 */
export async function completeJob(
  tx: Executor,
  lease: Lease,
  result: { output: unknown; outputs: readonly PendingOutput[]; usage?: AttemptUsage },
  changed: ChangedJobs = [],
): Promise<boolean> {
  const completable = and(held(lease), isNull(jobs.cancelRequestedAt))
  if (result.outputs.length > 0) {
    const row = await setCompleted(tx, result, completable)
    if (!row) return false
    if (row.fileId) {
      const { workspaceId, id: jobId, fileId } = row
      await tx.insert(outputs).values(result.outputs.map((output) => ({ ...output, workspaceId, jobId, fileId })))
    }
    changed.push(...(await followAttempt(tx, row)))
    return true
  }
  const { jobId, attempt, token } = lease
  const [output, usage] = [JSON.stringify(result.output), JSON.stringify(result.usage ?? null)]
  const [alone] = await completeAlone(tx).execute({ jobId, attempt, token, output, usage })
  if (alone) return true
  return tx.transaction(async (inner) => {
    const row = await setCompleted(inner, result, completable)
    if (!row) return false
    changed.push(...(await followAttempt(inner, row)))
    return true
  })
}

/** The completion of nearly every job without outputs: no other job waits for it. */
const completeAlone = builtStatement((tx) =>
  tx
    .update(jobs)
    .set({
      ...COMPLETED,
      output: sql`${sql.placeholder('output')}::text::jsonb`,
      usage: sql`nullif(${sql.placeholder('usage')}::text::jsonb, 'null')`,
    })
    .where(
      and(
        eq(jobs.id, sql.placeholder('jobId')),
        eq(jobs.status, 'PROCESSING'),
        eq(jobs.attempt, sql.placeholder('attempt')),
        eq(jobs.leaseToken, sql.placeholder('token')),
        isNull(jobs.cancelRequestedAt),
        not(or(jobs.hasSuccessors, jobs.isLimited)!),
      ),
    )
    .returning({ id: jobs.id })
    .prepare('complete_alone'),
)

async function setCompleted(
  tx: Executor,
  result: { output: unknown; usage?: AttemptUsage },
  where: SQL | undefined,
): Promise<JobRow | undefined> {
  const [row] = await tx
    .update(jobs)
    .set({ ...COMPLETED, output: result.output, usage: result.usage ?? null })
    .where(where)
    .returning()
  return row
}

/** Whether this very attempt made the job COMPLETED: what to ask when the answer to `completeJob` was lost. */
export async function isCompletedBy(tx: Executor, lease: Lease): Promise<boolean> {
  const rows = await tx
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.id, lease.jobId), eq(jobs.status, 'COMPLETED'), eq(jobs.attempt, lease.attempt)))
  return rows.length > 0
}

/**
 * PROCESSING → FAILED. In the same transaction the caller walks on to PENDING with `retryJob`, or gives the job up with
 * `followEnd`.
 */
export async function failJob(
  tx: Executor,
  lease: Lease,
  failure: JobFailure,
  usage: AttemptUsage | null = null,
  changed: ChangedJobs = [],
): Promise<boolean> {
  const [row] = await tx
    .update(jobs)
    .set({ ...failed(failure), usage })
    .where(held(lease))
    .returning()
  if (!row) return false
  changed.push(...(await followAttempt(tx, row)))
  return true
}

/** PROCESSING → CANCELLED, said by the worker when everything of the attempt has stopped. */
export async function finishCancel(
  tx: Executor,
  lease: Lease,
  usage: AttemptUsage | null = null,
  changed: ChangedJobs = [],
): Promise<boolean> {
  const [row] = await tx
    .update(jobs)
    .set({ status: 'CANCELLED', version: risen, leaseToken: null, leaseOwner: null, usage, finishedAt: sql`now()` })
    .where(and(held(lease), isNotNull(jobs.cancelRequestedAt)))
    .returning()
  if (!row) return false
  changed.push(...(await followAttempt(tx, row)))
  return true
}

/**
 * FAILED → PENDING as a new attempt, queued in the same transaction. It goes first, for it has had its turn; with
 * `takesTurn` it queues like a new job, and waits anew for those that it comes after. Undefined when it is not FAILED.
 */
export async function retryJob(
  tx: Executor,
  id: JobId,
  options: { delayMs: number; attemptsToAdd?: number; rescued?: boolean; takesTurn?: boolean },
): Promise<JobRow | undefined> {
  const waitsForJobs = sql`exists (
    select from public.job_dependencies d join public.jobs p on p.id = d.after_id
    where d.job_id = ${jobs.id} and p.status <> 'COMPLETED'
  )`
  const turn = options.takesTurn ? sql`job_turn(${jobs.workspaceId}, ${jobs.kind}, ${jobs.priority})` : sql`0`
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
      parkedFor: sql`case when ${waitsForJobs} then 'jobs' end`,
      turn: sql`case when not ${waitsForJobs} then ${turn} end`,
    })
    .where(and(eq(jobs.id, id), eq(jobs.status, 'FAILED')))
    .returning()
  if (row) {
    await tx.update(jobProgress).set({ fraction: 0, stage: null, etaAt: null }).where(eq(jobProgress.jobId, id))
    if (row.parkedFor === null) await queueAttempts(tx, [row])
  }
  return row
}

/** PENDING → CANCELLED, at once. Undefined when it is not PENDING. */
export async function cancelPendingJob(
  tx: Executor,
  workspaceId: WorkspaceId,
  id: JobId,
  changed: ChangedJobs = [],
): Promise<JobRow | undefined> {
  const [row] = await tx
    .update(jobs)
    .set({
      status: 'CANCELLED',
      version: risen,
      parkedFor: null,
      cancelRequestedAt: sql`now()`,
      finishedAt: sql`now()`,
    })
    .where(and(eq(jobs.id, id), eq(jobs.workspaceId, workspaceId), eq(jobs.status, 'PENDING')))
    .returning()
  if (!row) return undefined
  await unqueueAttempt(tx, row)
  if (row.hasSuccessors) changed.push(...(await followEnd(tx, id)))
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
export async function takeFromWorker(
  tx: Executor,
  job: JobRow,
  failure: JobFailure,
  changed: ChangedJobs = [],
): Promise<boolean> {
  if (!job.leaseToken) return false
  const lease = { jobId: job.id, attempt: job.attempt, token: job.leaseToken }
  return job.cancelRequestedAt ? finishCancel(tx, lease, null, changed) : failJob(tx, lease, failure, null, changed)
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
    const row = (await cancelPendingJob(tx, workspaceId, id, changed)) ?? (await requestCancel(tx, workspaceId, id))
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
