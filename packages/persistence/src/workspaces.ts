import { newId } from '@bellhop/model'
import type { Role, UserId, WorkspaceId } from '@bellhop/model'
import { and, asc, eq, sql } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { members, quotas, users, workspaces } from './schema/index.ts'

export interface Membership {
  readonly id: WorkspaceId
  readonly name: string
  readonly role: Role
}

export async function createUser(tx: Executor, user: { name: string; email: string }): Promise<UserId> {
  const id = newId('user')
  await tx.insert(users).values({ ...user, id, emailVerified: true })
  return id
}

/** Until the transaction ends: servers that start together on a new database make one owner between them. */
export async function lockFirstOwner(tx: Executor): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('bellhop first owner'))`)
}

export async function createWorkspace(tx: Executor, name: string, owner: UserId): Promise<WorkspaceId> {
  const id = newId('workspace')
  await tx.insert(workspaces).values({ id, name })
  await tx.insert(quotas).values({ workspaceId: id })
  await tx.insert(members).values({ workspaceId: id, userId: owner, role: 'owner' })
  return id
}

export function membershipsOf(tx: Executor, userId: UserId): Promise<Membership[]> {
  return tx
    .select({ id: workspaces.id, name: workspaces.name, role: members.role })
    .from(members)
    .innerJoin(workspaces, eq(workspaces.id, members.workspaceId))
    .where(eq(members.userId, userId))
    .orderBy(asc(workspaces.id))
}

export async function workspaceExists(tx: Executor): Promise<boolean> {
  const rows = await tx.select({ id: workspaces.id }).from(workspaces).limit(1)
  return rows.length > 0
}

export async function findUser(
  tx: Executor,
  id: UserId,
): Promise<{ id: UserId; name: string; email: string } | undefined> {
  const [user] = await tx
    .select({ id: users.id, name: users.name, email: users.email })
    .from(users)
    .where(eq(users.id, id))
  return user
}

/** The first owner, who was made when the database was. */
export async function findFirstOwner(
  tx: Executor,
): Promise<{ userId: UserId; workspaceId: WorkspaceId; email: string } | undefined> {
  const [owner] = await tx
    .select({ userId: members.userId, workspaceId: members.workspaceId, email: users.email })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(eq(members.role, 'owner'))
    .orderBy(asc(members.createdAt), asc(members.workspaceId))
    .limit(1)
  return owner
}

export async function roleIn(tx: Executor, workspaceId: WorkspaceId, userId: UserId): Promise<Role | undefined> {
  const [member] = await tx
    .select({ role: members.role })
    .from(members)
    .where(and(eq(members.workspaceId, workspaceId), eq(members.userId, userId)))
  return member?.role
}
