import { newId } from '@bellhop/model'
import type { FileId, JobId, JobPriority, OutputId, UserId, WorkspaceId } from '@bellhop/model'
import { and, eq, getTableColumns, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { builtStatement } from './built-statement.ts'
import type { Executor } from './database.ts'
import { followEnd, insertDependencies, lockPredecessors } from './job-chains.ts'
import { gatheredStatement } from './gathered-statement.ts'
import { addAttempts } from './job-queue.ts'
import { jobs } from './schema/index.ts'

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
  /** Whose part it is, and how much of it. */
  readonly part?: { readonly of: JobId; readonly weight: number } | undefined
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

/** What every change of a job sets its version to. */
export const risen: SQL<number> = sql`${jobs.version} + 1`

/** The WHERE of every write under a lease. */
export function held(lease: Lease): SQL | undefined {
  return and(
    eq(jobs.id, lease.jobId),
    eq(jobs.status, 'PROCESSING'),
    eq(jobs.attempt, lease.attempt),
    eq(jobs.leaseToken, lease.token),
  )
}

/**
 * The FROM of an UPDATE of many jobs: the items of the placeholder `items`, a JSON list, whose jobs pass the guard, each
 * locked. A job that another has locked is passed over: it shall not hold up the rest. By LATERAL each job is found by its
 * id, whatever the planner thinks that a list holds.
 */
export function lockedJobs(item: SQL, guard: SQL | undefined): SQL {
  return sql`(
    select item.*
    from jsonb_to_recordset(${sql.placeholder('items')}::text::jsonb) as ${item}
    cross join lateral (
      select * from public.jobs where jobs.id = item.id for no key update skip locked
    ) as jobs
    where ${guard}
  ) as item`
}

/**
 * Inserts the job and queues its first attempt, in the caller's transaction. One that waits for others is not queued; it
 * FAILS at once when one of them has. Undefined when the idempotency key is taken: look the holder up with
 * `findJobByIdempotencyKey`.
 */
export async function insertJob(tx: Executor, job: NewJob): Promise<JobRow | undefined> {
  const { idempotency, part, order = AT_ONCE, ...columns } = job
  const predecessors = order.after.length === 0 ? [] : await lockPredecessors(tx, job.workspaceId, order.after)
  const made = await insertTogether(tx, {
    ...columns,
    token: newId('job'),
    parentId: part?.of ?? null,
    partWeight: part?.weight ?? null,
    idempotencyKey: idempotency?.key ?? null,
    requestHash: idempotency?.requestHash ?? null,
    priority: order.priority,
    delayMs: order.delayMs,
    waitsForJobs: predecessors.some(({ status }) => status !== 'COMPLETED'),
  })
  if (!made) return undefined
  const { row } = made
  if (predecessors.length > 0) await insertDependencies(tx, row.id, predecessors)
  const lost = predecessors.find(({ status }) => status === 'FAILED' || status === 'CANCELLED')
  if (!lost) return row
  const changed = await followEnd(tx, lost.id)
  return changed.find(({ id }) => id === row.id) ?? row
}

interface InsertedJob extends Omit<NewJob, 'order' | 'idempotency' | 'part'> {
  /** Its id. */
  readonly token: JobId
  readonly parentId: JobId | null
  readonly partWeight: number | null
  readonly idempotencyKey: string | null
  readonly requestHash: string | null
  readonly priority: JobPriority
  readonly delayMs: number
  readonly waitsForJobs: boolean
}

/** Those of one lane wait for each other's turns anyway, and no workspace shall wait for another's. */
const insertTogether = gatheredStatement<InsertedJob, { token: JobId; row: JobRow }>(
  async (tx, items) => {
    const rows = await insertOf(tx).execute({ items: JSON.stringify(items) })
    return rows.map((row) => ({ token: row.id, row }))
  },
  ({ workspaceId, kind }) => `${workspaceId} ${kind}`,
)

/**
 * The jobs, their progress and their first attempts in the queue. Each turn is taken when the row before it stands, for what
 * a volatile function reads is as new as can be.
 */
const insertOf = builtStatement((tx) => {
  // Under the name of the table, so that Drizzle reads its columns from it.
  const made = tx.$with('jobs', {}).as(sql`
    insert into public.jobs (
      id, workspace_id, kind, kind_version, file_id, input, max_attempts, created_by, idempotency_key, request_hash, priority,
      parent_id, part_weight, run_at, turn, parked_for
    )
    select
      item.token,
      item."workspaceId",
      item.kind,
      item."kindVersion",
      item."fileId",
      coalesce(item.input, 'null'),
      item."maxAttempts",
      item."createdBy",
      item."idempotencyKey",
      item."requestHash",
      item.priority,
      item."parentId",
      item."partWeight",
      now() + item."delayMs" * interval '1 millisecond',
      case
        when not item."waitsForJobs" and item."delayMs" = 0
        then public.job_turn(item."workspaceId", item.kind, item.priority)
      end,
      -- Behind those of its kind or workspace that wait for a place already there is none for this one either.
      case
        when item."waitsForJobs" then 'jobs'
        when item."delayMs" > 0 then null
        when exists (select from public.jobs where parked_for = 'kind' and kind = item.kind) then 'kind'
        when exists (select from public.jobs where parked_for = 'workspace' and workspace_id = item."workspaceId")
        then 'workspace'
      end
    from jsonb_to_recordset(${sql.placeholder('items')}::text::jsonb) as item(
      token text, "workspaceId" text, kind text, "kindVersion" int, "fileId" text, input jsonb, "maxAttempts" int,
      "createdBy" text, "idempotencyKey" text, "requestHash" text, priority text, "delayMs" float8, "waitsForJobs" boolean,
      "parentId" text, "partWeight" real
    )
    on conflict (workspace_id, idempotency_key) where idempotency_key is not null do nothing
    returning *`)
  const progress = tx.$with('progress', {}).as(sql`insert into public.job_progress (job_id) select id from jobs`)
  const queued = sql<number | null>`case
    when exists (select from jobs where parked_for is null)
    then (select count(*)::int from ${addAttempts(sql`jobs j where j.parked_for is null`)})
  end`
  return tx
    .with(made, progress)
    .select({ ...getTableColumns(jobs), queued })
    .from(jobs)
    .prepare('insert_jobs')
})

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
