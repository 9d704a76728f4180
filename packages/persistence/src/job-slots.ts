import type { JobId, WorkspaceId } from '@bellhop/model'
import { and, eq, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { queueAttempts } from './job-queue.ts'
import type { JobRow } from './jobs.ts'
import { jobKindLimits, jobs, workspaces } from './schema/index.ts'

/*
 * A limit is kept by a lock of its own, taken after the row of the job that is claimed or has ended, for a kind before for
 * a workspace. Who claims counts behind that lock, and so parks; who ends looks for the parked behind it, and so misses
 * none. Parked rows are taken with SKIP LOCKED, so that nobody waits for a row behind a limit.
 */

/** Of what a limit is kept. */
type Scope = { readonly kind: string } | { readonly workspaceId: WorkspaceId }

const RELEASED_AT_ONCE = 200

/** What workers were started with; of a kind that is not named the limit is taken away. The worker that starts last says. */
export async function setKindLimits(tx: Executor, limits: ReadonlyMap<string, number | undefined>): Promise<void> {
  for (const [kind, maxRunning] of limits) {
    if (maxRunning === undefined) await tx.delete(jobKindLimits).where(eq(jobKindLimits.kind, kind))
    else {
      await tx
        .insert(jobKindLimits)
        .values({ kind, maxRunning })
        .onConflictDoUpdate({ target: jobKindLimits.kind, set: { maxRunning } })
    }
  }
}

/** The WHERE of a claim that needs to ask nobody. */
export const isUnlimited: SQL = sql`
  not exists (select from ${jobKindLimits} l where l.kind = ${jobs.kind})
  and not exists (select from ${workspaces} w where w.id = ${jobs.workspaceId} and w.max_running_jobs is not null)`

/** Which limit the job would break, counted behind the locks of both until the commit; null when there is room. */
export async function findFullScope(tx: Executor, job: JobRow): Promise<'kind' | 'workspace' | null> {
  const limits = await limitsOf(tx, job)
  await lockScopes(tx, job)
  const [running] = await tx.execute<{ of_kind: number; of_workspace: number }>(sql`
    select
      count(*) filter (where kind = ${job.kind})::int as of_kind,
      count(*) filter (where workspace_id = ${job.workspaceId})::int as of_workspace
    from public.jobs
    where lease_owner is not null`)
  if (running && running.of_kind >= (limits.kind ?? Infinity)) return 'kind'
  if (running && running.of_workspace >= (limits.workspace ?? Infinity)) return 'workspace'
  return null
}

/** Keeps a job out of the queue until there is room. The place it leaves under its kind's limit goes to the next. */
export async function park(tx: Executor, id: JobId, scope: 'kind' | 'workspace'): Promise<JobRow[]> {
  const changed = await tx
    .update(jobs)
    .set({ parkedFor: scope, version: sql`${jobs.version} + 1` })
    .where(and(eq(jobs.id, id), eq(jobs.status, 'PENDING')))
    .returning()
  const [job] = changed
  if (job && scope === 'workspace') changed.push(...(await release(tx, { kind: job.kind }, 1)))
  return changed
}

/** A limited job has ended: the next of its kind and the next of its workspace go into the queue. */
export async function releaseNext(tx: Executor, job: Pick<JobRow, 'kind' | 'workspaceId'>): Promise<JobRow[]> {
  await lockScopes(tx, job)
  const { kind, workspaceId } = job
  return [...(await release(tx, { kind }, 1)), ...(await release(tx, { workspaceId }, 1))]
}

/**
 * Releases what no end has released: its holder's end was never written, a limit was raised or taken away, a released job
 * was cancelled. What is released already and on its way to a worker counts as running.
 */
export async function releaseForgotten(tx: Executor): Promise<JobRow[]> {
  const scopes = await tx.execute<{ kind: string; workspace_id: WorkspaceId; parked_for: string }>(sql`
    (select distinct on (kind) kind, workspace_id, parked_for from public.jobs where parked_for = 'kind' order by kind)
    union all
    (select distinct on (workspace_id) kind, workspace_id, parked_for from public.jobs
      where parked_for = 'workspace' order by workspace_id)`)
  const released: JobRow[] = []
  for (const { kind, workspace_id: workspaceId, parked_for: parkedFor } of scopes) {
    const isKind = parkedFor === 'kind'
    const limit = (await limitsOf(tx, { kind, workspaceId }))[isKind ? 'kind' : 'workspace']
    await lockScopes(tx, { kind, workspaceId })
    const [taken] = await tx.execute<{ places: number }>(sql`
      select count(*)::int as places
      from public.jobs
      where ${isKind ? sql`kind = ${kind}` : sql`workspace_id = ${workspaceId}`}
        and (
          lease_owner is not null
          or (status = 'PENDING' and turn = 0 and parked_for is null and run_at <= now()
            and kind in (select unnest(kinds) from public.workers))
        )`)
    const free = Math.min(RELEASED_AT_ONCE, (limit ?? Infinity) - (taken?.places ?? 0))
    if (free > 0) released.push(...(await release(tx, isKind ? { kind } : { workspaceId }, free)))
  }
  return released
}

/** In order of their turns. They had theirs, so they go first now. */
async function release(tx: Executor, scope: Scope, count: number): Promise<JobRow[]> {
  const parked =
    'kind' in scope
      ? sql`parked_for = 'kind' and kind = ${scope.kind}`
      : sql`parked_for = 'workspace' and workspace_id = ${scope.workspaceId}`
  const released = await tx
    .update(jobs)
    .set({ parkedFor: null, turn: 0, version: sql`${jobs.version} + 1` })
    .where(sql`id in (select id from public.jobs where ${parked} order by turn limit ${count} for update skip locked)`)
    .returning()
  await queueAttempts(tx, released)
  return released
}

async function limitsOf(
  tx: Executor,
  { kind, workspaceId }: Pick<JobRow, 'kind' | 'workspaceId'>,
): Promise<{ kind: number | null; workspace: number | null }> {
  const [row] = await tx.execute<{ kind: number | null; workspace: number | null }>(sql`
    select
      (select max_running from public.job_kind_limits where kind = ${kind}) as kind,
      (select max_running_jobs from public.workspaces where id = ${workspaceId}) as workspace`)
  return row ?? { kind: null, workspace: null }
}

/** A statement of its own, so that what counts after it sees what was committed before. */
async function lockScopes(tx: Executor, { kind, workspaceId }: Pick<JobRow, 'kind' | 'workspaceId'>): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`bellhop slots of kind ${kind}`}, 0))`)
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`bellhop slots of ${workspaceId}`}, 0))`)
}
