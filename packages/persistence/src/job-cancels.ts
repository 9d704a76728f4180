import type { FileId, JobId, WorkspaceId } from '@bellhop/model'
import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { followEnd } from './job-chains.ts'
import { unqueueAttempt } from './job-queue.ts'
import { risen } from './jobs.ts'
import type { ChangedJobs, JobRow } from './jobs.ts'
import { jobs } from './schema/index.ts'

/** PENDING → CANCELLED, at once, and its parts are told to stop. Undefined when it is not PENDING. */
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
  const parts = await tx
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.parentId, id), inArray(jobs.status, ['PENDING', 'PROCESSING'])))
    .orderBy(jobs.id)
  changed.push(...(await cancelAll(tx, workspaceId, parts)))
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

/** Cancels what waits and asks to stop what runs of a file's jobs. Returns those that this changed. */
export async function cancelJobsOfFile(tx: Executor, workspaceId: WorkspaceId, fileId: FileId): Promise<JobRow[]> {
  const active = await tx
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.fileId, fileId), inArray(jobs.status, ['PENDING', 'PROCESSING'])))
    .orderBy(jobs.id)
  return cancelAll(tx, workspaceId, active)
}

async function cancelAll(
  tx: Executor,
  workspaceId: WorkspaceId,
  active: readonly Pick<JobRow, 'id'>[],
): Promise<JobRow[]> {
  const changed: JobRow[] = []
  for (const { id } of active) {
    const row = (await cancelPendingJob(tx, workspaceId, id, changed)) ?? (await requestCancel(tx, workspaceId, id))
    if (row) changed.push(row)
  }
  return changed
}
