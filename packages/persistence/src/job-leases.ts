import type { JobId, WorkerId } from '@bellhop/model'
import { and, eq, inArray, isNotNull, notExists, sql } from 'drizzle-orm'
import type { Executor } from './database.ts'
import type { JobRow } from './jobs.ts'
import { jobs, workers } from './schema/index.ts'

export interface HeldJob {
  readonly jobId: JobId
  readonly token: string
  readonly cancelRequested: boolean
}

/** What this worker holds by the database's word. */
export async function findHeldJobs(tx: Executor, owner: WorkerId): Promise<HeldJob[]> {
  const rows = await tx
    .select({ jobId: jobs.id, token: jobs.leaseToken, cancelRequestedAt: jobs.cancelRequestedAt })
    .from(jobs)
    .where(eq(jobs.leaseOwner, owner))
  return rows.flatMap(({ jobId, token, cancelRequestedAt }) =>
    token === null ? [] : [{ jobId, token, cancelRequested: cancelRequestedAt !== null }],
  )
}

/** What the workers of this list hold, locked so that a completion that comes now waits for the rescue to end. */
export function lockJobsOf(tx: Executor, owners: readonly WorkerId[]): Promise<JobRow[]> {
  return tx
    .select()
    .from(jobs)
    .where(inArray(jobs.leaseOwner, [...owners]))
    .orderBy(jobs.id)
    .for('update')
}

/** The same for jobs whose worker lives and has let them go without a word. */
export function lockJobsByToken(tx: Executor, tokens: readonly string[]): Promise<JobRow[]> {
  return tx
    .select()
    .from(jobs)
    .where(inArray(jobs.leaseToken, [...tokens]))
    .orderBy(jobs.id)
    .for('update')
}

/**
 * Jobs that run for longer than `graceMs` and whose worker is not registered: it said good-bye without their end, or
 * claimed them after it had been declared dead. Locked, but for those that somebody else is at.
 */
export function lockOrphanedJobs(tx: Executor, graceMs: number): Promise<JobRow[]> {
  return tx
    .select()
    .from(jobs)
    .where(
      and(
        isNotNull(jobs.leaseOwner),
        sql`${jobs.startedAt} < now() - ${graceMs} * interval '1 millisecond'`,
        notExists(tx.select({ id: workers.id }).from(workers).where(eq(workers.id, jobs.leaseOwner))),
      ),
    )
    .orderBy(jobs.id)
    .for('update', { skipLocked: true })
}
