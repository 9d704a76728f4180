import type { JobId } from '@bellhop/model'
import { sql } from 'drizzle-orm'
import type { Executor } from './database.ts'

/** Jobs of the line that are looked at; those behind have no place that anybody could wait for. */
const LINE_JOBS = 10_000
/** The prefix of a task that runs a job, as `taskName` makes it. */
const TASK_PREFIX = 'job:'

export interface WaitingJob {
  readonly id: JobId
  readonly kind: string
}

/** What is due and not taken, in the order in which workers take it: graphile-worker's own. */
export async function readWaitingLine(tx: Executor): Promise<WaitingJob[]> {
  const rows = await tx.execute<{ key: string; task: string }>(sql`
    select key, task_identifier as task
    from graphile_worker.jobs
    where locked_at is null
      and run_at <= now()
      and attempts < max_attempts
      and key is not null
      and task_identifier like ${`${TASK_PREFIX}%`}
    order by priority, run_at, id
    limit ${LINE_JOBS}`)
  return rows.map(({ key, task }) => ({
    id: key.slice(0, key.lastIndexOf(':')) as JobId,
    kind: task.slice(TASK_PREFIX.length, task.lastIndexOf('@')),
  }))
}

/** The workers that beat, by the kinds that they take. */
export async function listPools(tx: Executor): Promise<{ kinds: readonly string[]; slots: number }[]> {
  const rows = await tx.execute<{ kinds: string[]; slots: number }>(
    sql`select kinds, sum(concurrency)::float8 as slots from workers group by kinds`,
  )
  return [...rows]
}

export interface RunningKind {
  readonly kind: string
  readonly count: number
  /** Of those of which a time is told, by that. */
  readonly leftMs: number
  readonly untold: number
}

/** What the workers are busy with. */
export async function countRunning(tx: Executor): Promise<RunningKind[]> {
  const rows = await tx.execute<{ kind: string; count: number; left_ms: number; untold: number }>(sql`
    select
      j.kind,
      count(*)::float8 as count,
      coalesce(sum(greatest(0, extract(epoch from p.eta_at - clock_timestamp()))), 0)::float8 * 1000 as left_ms,
      count(*) filter (where p.eta_at is null)::float8 as untold
    from jobs j
    join job_progress p on p.job_id = j.id
    where j.lease_owner is not null
    group by j.kind`)
  return rows.map(({ kind, count, left_ms: leftMs, untold }) => ({ kind, count, leftMs, untold }))
}
