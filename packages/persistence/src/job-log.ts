import { LIMITS } from '@bellhop/model'
import type { JobId, JobLogPage, WorkspaceId } from '@bellhop/model'
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { Executor } from './database.ts'
import type { Lease } from './jobs.ts'
import { jobLog, jobProgress, jobs } from './schema/index.ts'

/** What one attempt said since the last time. */
export interface LogBatch {
  readonly lease: Lease
  /** How many lines it said; those that `lines` lacks were dropped, the oldest. */
  readonly said: number
  readonly lines: readonly { readonly line: string; readonly ageMs: number }[]
}

/**
 * Adds to the logs of many jobs at once, where they are still held, and returns which those were. A log keeps its newest
 * lines: what tells of a failure is at its end.
 */
export async function appendLog(tx: Executor, batches: readonly LogBatch[]): Promise<JobId[]> {
  if (batches.length === 0) return []
  const rows = JSON.stringify(
    batches.map(({ lease, said, lines }) => ({ job_id: lease.jobId, token: lease.token, said, lines })),
  )
  const written = await tx.execute<{ job_id: JobId }>(sql`
    with batch as (
      select * from jsonb_to_recordset(${rows}::jsonb) as b (job_id text, token text, said int, lines jsonb)
    ), held as (
      select batch.*, jobs.attempt
      from batch
      join ${jobs} on jobs.id = batch.job_id and jobs.lease_token = batch.token
      order by jobs.id
      for share of jobs
    ), counted as (
      update ${jobProgress} as p
      set log_seq = p.log_seq + held.said
      from held
      where p.job_id = held.job_id
      returning p.job_id, p.log_seq, held.attempt, held.lines
    ), added as (
      insert into ${jobLog} (job_id, seq, attempt, line, at)
      select
        counted.job_id,
        counted.log_seq - jsonb_array_length(counted.lines) + entry.ordinality,
        counted.attempt,
        entry.value ->> 'line',
        clock_timestamp() - (entry.value ->> 'ageMs')::float8 * interval '1 millisecond'
      from counted, jsonb_array_elements(counted.lines) with ordinality as entry
    ), dropped as (
      delete from ${jobLog} as old
      using counted
      where old.job_id = counted.job_id and old.seq <= counted.log_seq - ${LIMITS.jobLogLines}
    )
    select job_id from counted`)
  return written.map((row) => row.job_id)
}

/** The lines after `after`, the oldest first, at most `limit`. Undefined when the workspace has no such job. */
export async function findLog(
  tx: Executor,
  workspaceId: WorkspaceId,
  jobId: JobId,
  { after, limit }: { after: number; limit: number },
): Promise<JobLogPage | undefined> {
  const [job] = await tx
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.id, jobId), eq(jobs.workspaceId, workspaceId)))
  if (!job) return undefined
  const rows = await tx
    .select({ seq: jobLog.seq, attempt: jobLog.attempt, at: jobLog.at, line: jobLog.line })
    .from(jobLog)
    .where(and(eq(jobLog.jobId, jobId), gt(jobLog.seq, after)))
    .orderBy(asc(jobLog.seq))
    .limit(limit)
  const first = rows[0]
  return {
    lines: rows.map((row) => ({ ...row, at: row.at.toISOString() })),
    dropped: first === undefined ? 0 : first.seq - after - 1,
  }
}
