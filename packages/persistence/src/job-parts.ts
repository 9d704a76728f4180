import type { JobId, WorkspaceId } from '@bellhop/model'
import { asc, eq, inArray, sql } from 'drizzle-orm'
import type { AttemptUsage } from './attempt-usage.ts'
import type { Executor, Transaction } from './database.ts'
import { insertDependencies } from './job-chains.ts'
import { failJob, retryJob } from './job-ends.ts'
import { queueChore } from './job-queue.ts'
import { insertJob, risen } from './jobs.ts'
import type { ChangedJobs, JobRow, Lease, NewJob } from './jobs.ts'
import { jobProgress, jobs, outputs } from './schema/index.ts'

/** Until the whole is COMPLETED something of it is left. */
const PARTS_SHARE = 0.99
/** Wholes of wholes: deeper none is told of. */
const WHOLES_DEEP = 3

/** In the order in which they were made. */
export function listParts(tx: Executor, parentId: JobId): Promise<JobRow[]> {
  return tx.select().from(jobs).where(eq(jobs.parentId, parentId)).orderBy(asc(jobs.id))
}

const WAITS = {
  code: 'WAITS_FOR_PARTS',
  sentence: 'The attempt ended to wait for the parts of the job, which are jobs of their own.',
  retryable: true,
}

/**
 * The attempt ends, the parts are made, and the job waits in no worker's place until all of them are COMPLETED. False when
 * the lease was lost. It walks FAILED and PENDING, as every attempt does that is followed by another.
 */
export async function waitForParts(
  tx: Transaction,
  lease: Lease,
  { stage, parts }: { readonly stage: string; readonly parts: readonly NewJob[] },
  usage: AttemptUsage,
  changed: ChangedJobs,
): Promise<boolean> {
  if (!(await failJob(tx, lease, WAITS, usage, changed))) return false
  const made: JobRow[] = []
  for (const part of parts) {
    const row = await insertJob(tx, part)
    if (row) made.push(row)
  }
  if (made.length > 0) await insertDependencies(tx, lease.jobId, made)
  await retryJob(tx, lease.jobId, { delayMs: 0, attemptsToAdd: 1 })
  await tx.update(jobProgress).set({ stage }).where(eq(jobProgress.jobId, lease.jobId))
  // Nothing went wrong.
  const unharmed = { errorCode: null, errorSentence: null, version: risen }
  await tx.update(jobs).set(unharmed).where(eq(jobs.id, lease.jobId))
  changed.push(...made)
  return true
}

/** Adds up how far the parts of the wholes of these are, for who watches the whole. Returns the jobs that this changed. */
export async function tellWholes(
  tx: Executor,
  partIds: readonly JobId[],
): Promise<{ id: JobId; workspaceId: WorkspaceId }[]> {
  const told: { id: JobId; workspaceId: WorkspaceId }[] = []
  let ids = partIds
  for (let depth = 0; depth < WHOLES_DEEP && ids.length > 0; depth++) {
    const rows = await tx.execute<{ id: JobId; workspace_id: WorkspaceId }>(sql`
      with whole as (
        select id, workspace_id
        from public.jobs
        where status = 'PENDING' and id in (
          select parent_id from public.jobs
          where id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)) and parent_id is not null
        )
        order by id
        -- So that nothing follows a final status.
        for share
      ), done as (
        select
          part.parent_id as id,
          ${PARTS_SHARE}::float8 * sum(part.part_weight * case part.status when 'COMPLETED' then 1 else p.fraction end)
            / sum(part.part_weight) as fraction
        from whole
        join public.jobs part on part.parent_id = whole.id
        join public.job_progress p on p.job_id = part.id
        group by part.parent_id
      )
      update public.job_progress as p
      set ticks = p.ticks + 1, fraction = done.fraction
      from done join whole on whole.id = done.id
      where p.job_id = done.id and done.fraction > p.fraction
      returning p.job_id as id, whole.workspace_id`)
    told.push(...rows.map(({ id, workspace_id: workspaceId }) => ({ id, workspaceId })))
    ids = rows.map(({ id }) => id)
  }
  return told
}

/** What the parts of a job wrote, and nobody needs once it is done itself. */
export async function removePartOutputs(tx: Executor, parentId: JobId): Promise<void> {
  const ofParts = tx.select({ id: jobs.id }).from(jobs).where(eq(jobs.parentId, parentId))
  const removed = await tx.delete(outputs).where(inArray(outputs.jobId, ofParts)).returning({ key: outputs.objectKey })
  if (removed.length === 0) return
  await queueChore(tx, 'objects:delete', { objectKeys: removed.map(({ key }) => key), multipart: null })
}
