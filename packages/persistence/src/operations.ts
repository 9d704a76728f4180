import type { JobId, Percentiles, RunningJob, WorkerReport, WorkspaceId } from '@bellhop/model'
import { sql } from 'drizzle-orm'
import type { Executor } from './database.ts'

/** The newest ended jobs that percentiles are taken of. */
const TIMED_JOBS = 5_000
/** Workers that a report names. */
const WORKERS_NAMED = 500
/** Running jobs that a report names, over all workers. */
const RUNNING_NAMED = 500

export interface QueueOfKind {
  readonly kind: string
  readonly waiting: number
  readonly later: number
  readonly running: number
  readonly oldestWaitMs: number | null
}

/** What is active, by kind, over all workspaces. Reads each active job once: the caller sees that it is not asked too often. */
export async function measureQueue(tx: Executor): Promise<QueueOfKind[]> {
  const rows = await tx.execute<{
    kind: string
    waiting: number
    later: number
    running: number
    oldest_wait_ms: number | null
  }>(sql`
    select kind,
      count(*) filter (where due)::float8 as waiting,
      count(*) filter (where status = 'PENDING' and not due)::float8 as later,
      count(*) filter (where status = 'PROCESSING')::float8 as running,
      extract(epoch from now() - min(run_at) filter (where due))::float8 * 1000 as oldest_wait_ms
    from jobs, lateral (select status = 'PENDING' and run_at <= now() and parked_for is null as due) as line
    where status in ('PENDING', 'PROCESSING')
    group by kind
    order by kind`)
  return rows.map(({ oldest_wait_ms: oldestWaitMs, ...row }) => ({ ...row, oldestWaitMs }))
}

export interface WorkerSlots {
  readonly workers: number
  readonly slots: number
  readonly busySlots: number
}

export async function countWorkerSlots(tx: Executor): Promise<WorkerSlots> {
  const [row] = await tx.execute<{ workers: number; slots: number; busy: number }>(sql`
    select count(*)::float8 as workers, coalesce(sum(concurrency), 0)::float8 as slots,
      (select count(*) from jobs where lease_owner is not null)::float8 as busy
    from workers`)
  return { workers: row?.workers ?? 0, slots: row?.slots ?? 0, busySlots: row?.busy ?? 0 }
}

/** What a job of each kind takes on average, by the history that is kept for estimates. */
export async function averageDurations(tx: Executor): Promise<Map<string, number>> {
  const rows = await tx.execute<{ kind: string; ms: number }>(
    sql`select kind, avg(duration_ms)::float8 as ms from job_history group by kind`,
  )
  return new Map(rows.map(({ kind, ms }) => [kind, ms]))
}

export interface TimesOfKind {
  readonly kind: string
  readonly runMs: Percentiles
  readonly waitMs: Percentiles
}

/** Of the newest jobs that ran and ended within the hour. */
export async function measureTimes(tx: Executor): Promise<TimesOfKind[]> {
  const rows = await tx.execute<{ kind: string; run: [number, number]; wait: [number, number] }>(sql`
    with newest as (
      select kind, started_at, finished_at, greatest(created_at, run_at) as due_at
      from jobs
      where finished_at > now() - interval '1 hour' and started_at is not null
      order by finished_at desc
      limit ${TIMED_JOBS}
    )
    select kind,
      percentile_cont(array[0.5, 0.9]) within group (order by extract(epoch from finished_at - started_at)::float8 * 1000) as run,
      percentile_cont(array[0.5, 0.9]) within group (order by greatest(0, extract(epoch from started_at - due_at)::float8) * 1000) as wait
    from newest
    group by kind
    order by kind`)
  return rows.map(({ kind, run, wait }) => ({
    kind,
    runMs: { p50: run[0], p90: run[1] },
    waitMs: { p50: wait[0], p90: wait[1] },
  }))
}

/** The workers with what they run of this workspace; of others, how many. */
export async function listWorkers(tx: Executor, workspaceId: WorkspaceId): Promise<WorkerReport[]> {
  const [workers, running] = await Promise.all([listAllWorkers(tx, workspaceId), listRunning(tx, workspaceId)])
  const byWorker = Map.groupBy(running, ({ workerId }) => workerId)
  return workers.map((worker) => ({
    ...worker,
    running: (byWorker.get(worker.id) ?? []).map(({ job }) => job),
  }))
}

async function listAllWorkers(tx: Executor, workspaceId: WorkspaceId): Promise<Omit<WorkerReport, 'running'>[]> {
  const rows = await tx.execute<{
    id: string
    host: string
    pid: number
    kinds: string[]
    slots: number
    started_ms: number
    beat_ms: number
    elsewhere: number
  }>(sql`
    select w.id, w.host, w.pid, w.kinds, w.concurrency as slots,
      extract(epoch from w.started_at)::float8 * 1000 as started_ms,
      extract(epoch from w.beat_at)::float8 * 1000 as beat_ms,
      (select count(*) from jobs j where j.lease_owner = w.id and j.workspace_id <> ${workspaceId})::float8 as elsewhere
    from workers w
    order by w.started_at, w.id
    limit ${WORKERS_NAMED}`)
  return rows.map((row) => ({
    id: row.id,
    host: row.host,
    pid: row.pid,
    kinds: row.kinds,
    slots: row.slots,
    startedAt: new Date(row.started_ms).toISOString(),
    beatAt: new Date(row.beat_ms).toISOString(),
    runningElsewhere: row.elsewhere,
  }))
}

async function listRunning(tx: Executor, workspaceId: WorkspaceId): Promise<{ workerId: string; job: RunningJob }[]> {
  const rows = await tx.execute<{
    id: JobId
    kind: string
    worker_id: string
    attempt: number
    file_name: string | null
    started_ms: number
    progress: number
    cancelling: boolean
  }>(sql`
    select j.id, j.kind, j.lease_owner as worker_id, j.attempt, f.name as file_name,
      extract(epoch from j.started_at)::float8 * 1000 as started_ms,
      least(p.fraction, 0.99)::float8 as progress, j.cancel_requested_at is not null as cancelling
    from jobs j
    join job_progress p on p.job_id = j.id
    left join files f on f.id = j.file_id
    where j.workspace_id = ${workspaceId} and j.status in ('PENDING', 'PROCESSING') and j.lease_owner is not null
    order by j.id
    limit ${RUNNING_NAMED}`)
  return rows.map((row) => ({
    workerId: row.worker_id,
    job: {
      jobId: row.id,
      kind: row.kind,
      fileName: row.file_name,
      attempt: row.attempt,
      startedAt: new Date(row.started_ms).toISOString(),
      progress: row.progress,
      cancelling: row.cancelling,
    },
  }))
}
