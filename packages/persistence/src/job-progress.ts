import type { JobId, JobWork } from '@bellhop/model'
import { sql } from 'drizzle-orm'
import type { StageSpan } from './attempt-usage.ts'
import type { Executor } from './database.ts'
import type { Lease } from './jobs.ts'
import { jobProgress, jobs } from './schema/index.ts'

export interface ProgressReport {
  readonly lease: Lease
  readonly fraction: number
  readonly stage: string | null
  readonly work: JobWork | null
  /** From now, by the database's clock: a worker's own may be wrong. */
  readonly remaining: { readonly expectedMs: number; readonly lateMs: number } | null
  /** Null: as they were. */
  readonly stages: readonly StageSpan[] | null
}

/**
 * Writes the progress of many jobs at once; returns those that were still held. FOR SHARE keeps a transition from
 * passing between the check and the write, so that nothing follows a final status.
 */
export async function writeProgress(tx: Executor, reports: readonly ProgressReport[]): Promise<JobId[]> {
  if (reports.length === 0) return []
  const rows = JSON.stringify(
    reports.map(({ lease, fraction, stage, work, remaining, stages }) => ({
      job_id: lease.jobId,
      token: lease.token,
      fraction,
      stage,
      done: work?.done ?? null,
      total: work?.total ?? null,
      unit: work?.unit ?? null,
      expected_ms: remaining?.expectedMs ?? null,
      late_ms: remaining?.lateMs ?? null,
      stages,
    })),
  )
  const written = await tx.execute<{ job_id: JobId }>(sql`
    with report as (
      select *
      from jsonb_to_recordset(${rows}::jsonb) as r (
        job_id text, token text, fraction real, stage text, done float8, total float8, unit text,
        expected_ms float8, late_ms float8, stages jsonb
      )
    ), held as (
      select report.*
      from report
      join ${jobs} on jobs.id = report.job_id and jobs.lease_token = report.token
      order by jobs.id
      for share of jobs
    )
    update ${jobProgress} as p
    set
      ticks = p.ticks + 1,
      fraction = held.fraction,
      stage = held.stage,
      work_done = held.done,
      work_total = held.total,
      work_unit = held.unit,
      eta_at = clock_timestamp() + held.expected_ms * interval '1 millisecond',
      eta_late_at = clock_timestamp() + held.late_ms * interval '1 millisecond',
      stages = coalesce(nullif(held.stages, 'null'), p.stages)
    from held
    where p.job_id = held.job_id
    returning p.job_id`)
  return written.map((row) => row.job_id)
}
