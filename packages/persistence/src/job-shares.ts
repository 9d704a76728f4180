import type { JobShare, WorkspaceId, WorkspaceShare } from '@bellhop/model'
import { and, asc, eq, isNull, or, sql } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { workspaces } from './schema/index.ts'

const SHARE = { weight: workspaces.jobWeight, maxRunningJobs: workspaces.maxRunningJobs }

/** The one that was made when the database was. */
export async function findFirstWorkspace(tx: Executor): Promise<WorkspaceId | undefined> {
  const [first] = await tx
    .select({ id: workspaces.id })
    .from(workspaces)
    .orderBy(asc(workspaces.createdAt), asc(workspaces.id))
    .limit(1)
  return first?.id
}

export async function findJobShare(tx: Executor, id: WorkspaceId): Promise<JobShare | undefined> {
  const [share] = await tx.select(SHARE).from(workspaces).where(eq(workspaces.id, id))
  return share
}

/** In order of their ids, after the one that is given. */
export function listJobShares(
  tx: Executor,
  { after, limit }: { after: WorkspaceId | undefined; limit: number },
): Promise<WorkspaceShare[]> {
  return tx
    .select({
      id: workspaces.id,
      name: workspaces.name,
      ...SHARE,
      running: sql<number>`(
        select count(*)::int from public.jobs j where j.workspace_id = workspaces.id and j.lease_owner is not null)`,
    })
    .from(workspaces)
    .where(after === undefined ? undefined : sql`${workspaces.id} > ${after}`)
    .orderBy(asc(workspaces.id))
    .limit(limit)
}

/** The weight holds for what is submitted from then on, the bound for what starts from then on. */
export async function setJobShare(
  tx: Executor,
  id: WorkspaceId,
  change: { weight?: number | undefined; maxRunningJobs?: number | null | undefined },
): Promise<JobShare | undefined> {
  const [share] = await tx
    .update(workspaces)
    // Drizzle leaves out what is undefined; the id, set to itself, keeps a change of nothing a statement.
    .set({ id, jobWeight: change.weight, maxRunningJobs: change.maxRunningJobs })
    .where(eq(workspaces.id, id))
    .returning(SHARE)
  return share
}

/** Undefined: it would be raised, and nothing is changed. */
export async function lowerJobLimit(
  tx: Executor,
  id: WorkspaceId,
  maxRunningJobs: number,
): Promise<JobShare | undefined> {
  const [share] = await tx
    .update(workspaces)
    .set({ maxRunningJobs })
    .where(
      and(
        eq(workspaces.id, id),
        or(isNull(workspaces.maxRunningJobs), sql`${workspaces.maxRunningJobs} >= ${maxRunningJobs}`),
      ),
    )
    .returning(SHARE)
  return share
}
