import type { JobId } from '@bellhop/model'
import { sql } from 'drizzle-orm'
import type { Executor } from './database.ts'
import type { Lease } from './jobs.ts'
import { jobProgress, jobs } from './schema/index.ts'

export interface ProgressReport {
  readonly lease: Lease
  readonly fraction: number
  readonly stage: string
  readonly etaAt: Date | null
}

/**
 * Writes the progress of many jobs at once; returns those that were still held. FOR SHARE keeps a transition from
 * passing between the check and the write, so that nothing follows a final status.
 */
export async function writeProgress(tx: Executor, reports: readonly ProgressReport[]): Promise<JobId[]> {
  if (reports.length === 0) return []
  const rows = reports.map(
    ({ lease, fraction, stage, etaAt }) =>
      sql`(${lease.jobId}::text, ${lease.token}::text, ${fraction}::real, ${stage}::text, ${etaAt?.toISOString() ?? null}::timestamptz)`,
  )
  const written = await tx.execute<{ job_id: JobId }>(sql`
    with report (job_id, token, fraction, stage, eta_at) as (
      values ${sql.join(rows, sql`, `)}
    ), held as (
      select report.*
      from report
      join ${jobs} on jobs.id = report.job_id and jobs.lease_token = report.token
      order by jobs.id
      for share of jobs
    )
    update ${jobProgress} as p
    set ticks = p.ticks + 1, fraction = held.fraction, stage = held.stage, eta_at = held.eta_at
    from held
    where p.job_id = held.job_id
    returning p.job_id`)
  return written.map((row) => row.job_id)
}
