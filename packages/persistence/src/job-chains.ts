import type { JobId, WorkspaceId } from '@bellhop/model'
import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { queueAttempts, unqueueAttempt } from './job-queue.ts'
import type { JobRow } from './jobs.ts'
import { jobDependencies, jobs } from './schema/index.ts'

/** Waiting jobs that one end brings on in its own transaction; a sweep takes the rest. */
const FOLLOWED_AT_ONCE = 200

/**
 * The jobs that another shall wait for, locked until the commit: one that ends meanwhile ends after it, and finds it. Those
 * of other workspaces are not found.
 */
export async function lockPredecessors(
  tx: Executor,
  workspaceId: WorkspaceId,
  ids: readonly JobId[],
): Promise<Pick<JobRow, 'id' | 'status' | 'hasSuccessors' | 'parentId'>[]> {
  return tx
    .select({ id: jobs.id, status: jobs.status, hasSuccessors: jobs.hasSuccessors, parentId: jobs.parentId })
    .from(jobs)
    .where(and(eq(jobs.workspaceId, workspaceId), inArray(jobs.id, [...ids])))
    .orderBy(asc(jobs.id))
    .for('update')
}

/** The same for a job that is to wait anew. */
export async function lockPredecessorsOf(
  tx: Executor,
  { id, workspaceId }: Pick<JobRow, 'id' | 'workspaceId'>,
): Promise<Pick<JobRow, 'id' | 'status' | 'parentId'>[]> {
  const after = await tx
    .select({ id: jobDependencies.afterId })
    .from(jobDependencies)
    .where(eq(jobDependencies.jobId, id))
  return after.length === 0
    ? []
    : lockPredecessors(
        tx,
        workspaceId,
        after.map((job) => job.id),
      )
}

export async function insertDependencies(
  tx: Executor,
  jobId: JobId,
  predecessors: readonly Pick<JobRow, 'id' | 'hasSuccessors'>[],
): Promise<void> {
  await tx.insert(jobDependencies).values(predecessors.map(({ id }) => ({ jobId, afterId: id })))
  const unmarked = predecessors.filter((job) => !job.hasSuccessors).map(({ id }) => id)
  if (unmarked.length > 0) {
    await tx
      .update(jobs)
      .set({ hasSuccessors: true, version: sql`${jobs.version} + 1` })
      .where(and(inArray(jobs.id, unmarked), inArray(jobs.status, ['PENDING', 'PROCESSING', 'FAILED'])))
  }
}

/**
 * After the end of a job, in its transaction: those that wait for nothing else take their turn; where it FAILED for good or
 * was CANCELLED, those that waited for it fail, and those that waited for these. Returns what changed.
 */
export async function followEnd(tx: Executor, id: JobId): Promise<JobRow[]> {
  const changed: JobRow[] = []
  let ended = [id]
  while (ended.length > 0 && changed.length < FOLLOWED_AT_ONCE) {
    const waiting = await tx
      .select({ id: jobs.id })
      .from(jobs)
      .where(
        and(
          eq(jobs.parkedFor, 'jobs'),
          inArray(
            jobs.id,
            tx
              .select({ id: jobDependencies.jobId })
              .from(jobDependencies)
              .where(inArray(jobDependencies.afterId, ended)),
          ),
        ),
      )
      .orderBy(asc(jobs.id))
      .limit(FOLLOWED_AT_ONCE)
      .for('update')
    const failed = await failWaiting(tx, waiting)
    changed.push(...failed, ...(await startReady(tx, waiting)))
    ended = failed.map((job) => job.id)
  }
  return changed
}

/** For those whose predecessors have ended and that no end has brought on. Returns what changed. */
export async function followForgotten(tx: Executor): Promise<JobRow[]> {
  const waiting = await tx
    .select({ id: jobs.id })
    .from(jobs)
    .where(
      and(
        eq(jobs.parkedFor, 'jobs'),
        sql`not exists (
          select from public.job_dependencies d join public.jobs p on p.id = d.after_id
          where d.job_id = ${jobs.id} and p.status in ('PENDING', 'PROCESSING')
        ) or exists (
          select from public.job_dependencies d join public.jobs p on p.id = d.after_id
          where d.job_id = ${jobs.id} and p.status in ('FAILED', 'CANCELLED')
        )`,
      ),
    )
    .orderBy(asc(jobs.id))
    .limit(FOLLOWED_AT_ONCE)
    .for('update', { skipLocked: true })
  return [...(await failWaiting(tx, waiting)), ...(await startReady(tx, waiting))]
}

/** PENDING → FAILED for those of which a predecessor has come to another end than COMPLETED, and for what they consist of. */
async function failWaiting(tx: Executor, waiting: readonly { id: JobId }[]): Promise<JobRow[]> {
  const failed = await failLost(tx, waiting)
  let wholes = failed
  while (wholes.length > 0) {
    wholes = await failPendingParts(tx, wholes)
    failed.push(...wholes)
  }
  return failed
}

/**
 * What was not begun of a whole that has FAILED is not begun any more: it fails for the same reason, and is tried again with
 * the whole. What runs goes on, for what it makes is of use then, and may be by itself. Returns what changed.
 */
async function failPendingParts(tx: Executor, wholes: readonly JobRow[]): Promise<JobRow[]> {
  // One that is locked is being claimed, or ends.
  const rows = await tx.execute<{ id: JobId }>(sql`
    with pending as (
      select id, parent_id from public.jobs
      where parent_id in (select jsonb_array_elements_text(${idsOf(wholes)}::jsonb)) and status = 'PENDING'
      order by id
      for update skip locked
    )
    update public.jobs as part
    set
      status = 'FAILED', error_code = whole.error_code, error_sentence = whole.error_sentence, parked_for = null,
      version = part.version + 1, finished_at = now()
    from pending join public.jobs whole on whole.id = pending.parent_id
    where part.id = pending.id
    returning part.id`)
  if (rows.length === 0) return []
  const parts = await tx
    .select()
    .from(jobs)
    .where(sql`${jobs.id} in (select jsonb_array_elements_text(${idsOf(rows)}::jsonb))`)
  for (const part of parts) await unqueueAttempt(tx, part)
  return parts
}

async function failLost(tx: Executor, waiting: readonly { id: JobId }[]): Promise<JobRow[]> {
  if (waiting.length === 0) return []
  const lost = await tx.execute<LostPredecessor>(sql`
    select distinct on (d.job_id)
      d.job_id as id, p.id as after_id, p.status, p.parent_id = d.job_id as is_part, p.error_code, p.error_sentence
    from public.job_dependencies d
    join public.jobs p on p.id = d.after_id
    where d.job_id in (select jsonb_array_elements_text(${idsOf(waiting)}::jsonb)) and p.status in ('FAILED', 'CANCELLED')
    order by d.job_id, p.id`)
  const failed: JobRow[] = []
  for (const predecessor of lost) {
    const { id } = predecessor
    const rows = await tx
      .update(jobs)
      .set({
        ...faultOf(predecessor),
        status: 'FAILED',
        parkedFor: null,
        version: sql`${jobs.version} + 1`,
        finishedAt: sql`now()`,
      })
      .where(and(eq(jobs.id, id), eq(jobs.parkedFor, 'jobs')))
      .returning()
    failed.push(...rows)
  }
  return failed
}

interface LostPredecessor extends Record<string, unknown> {
  readonly id: JobId
  readonly after_id: JobId
  readonly status: 'FAILED' | 'CANCELLED'
  readonly is_part: boolean | null
  readonly error_code: string | null
  readonly error_sentence: string | null
}

/** What fails a part fails the whole, for the same reason. */
function faultOf({ after_id: afterId, status, is_part, error_code, error_sentence }: LostPredecessor) {
  if (is_part === true && status === 'FAILED') return { errorCode: error_code, errorSentence: error_sentence }
  if (is_part === true) {
    return { errorCode: 'PREDECESSOR_CANCELLED', errorSentence: 'A part of it was cancelled; submit it anew.' }
  }
  return status === 'FAILED'
    ? {
        errorCode: 'PREDECESSOR_FAILED',
        errorSentence: `It was to run after ${afterId}, which failed; retry that one first, then this.`,
      }
    : {
        errorCode: 'PREDECESSOR_CANCELLED',
        errorSentence: `It was to run after ${afterId}, which was cancelled; submit both anew.`,
      }
}

/** Those of which every predecessor is COMPLETED take their turn, or wait for their time. */
async function startReady(tx: Executor, waiting: readonly { id: JobId }[]): Promise<JobRow[]> {
  if (waiting.length === 0) return []
  const ready = await tx
    .update(jobs)
    .set({
      parkedFor: null,
      turn: sql`case when ${jobs.runAt} <= now() then job_turn(${jobs.workspaceId}, ${jobs.kind}, ${jobs.priority}) end`,
      version: sql`${jobs.version} + 1`,
    })
    .where(
      and(
        sql`${jobs.id} in (select jsonb_array_elements_text(${idsOf(waiting)}::jsonb))`,
        eq(jobs.parkedFor, 'jobs'),
        sql`not exists (
          select from public.job_dependencies d join public.jobs p on p.id = d.after_id
          where d.job_id = ${jobs.id} and p.status <> 'COMPLETED'
        )`,
      ),
    )
    .returning()
  await queueAttempts(tx, ready)
  return ready
}

function idsOf(rows: readonly { id: JobId }[]): string {
  return JSON.stringify(rows.map(({ id }) => id))
}
