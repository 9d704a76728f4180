import { createHash, randomBytes } from 'node:crypto'
import { newId } from '@bellhop/model'
import type { ApiKeyId, ApiKeyRecord, Role, UserId, WorkspaceId } from '@bellhop/model'
import { and, desc, eq, isNull, lt, or, sql } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { apiKeys } from './schema/index.ts'

const MARK = 'bh_'
const SECRET_BYTES = 32
const SHOWN_CHARS = MARK.length + 6

export interface KeyHolder {
  readonly apiKeyId: ApiKeyId
  readonly workspaceId: WorkspaceId
  readonly userId: UserId
  readonly role: Role
}

/** The key itself is in the answer and nowhere else. */
export async function createApiKey(
  tx: Executor,
  options: { workspaceId: WorkspaceId; userId: UserId; role: Role; name: string },
): Promise<{ key: string; record: ApiKeyRecord }> {
  const key = MARK + randomBytes(SECRET_BYTES).toString('base64url')
  const [row] = await tx
    .insert(apiKeys)
    .values({ ...options, id: newId('apiKey'), prefix: key.slice(0, SHOWN_CHARS), hash: hashOf(key) })
    .returning()
  return { key, record: toRecord(row!) }
}

export async function findKeyHolder(tx: Executor, key: string): Promise<KeyHolder | undefined> {
  if (!key.startsWith(MARK)) return undefined
  const [holder] = await tx
    .select({ apiKeyId: apiKeys.id, workspaceId: apiKeys.workspaceId, userId: apiKeys.userId, role: apiKeys.role })
    .from(apiKeys)
    .where(and(eq(apiKeys.hash, hashOf(key)), isNull(apiKeys.revokedAt)))
  return holder
}

/** Written at most once a minute: the row would be hot otherwise. */
export async function touchApiKey(tx: Executor, id: ApiKeyId): Promise<void> {
  await tx
    .update(apiKeys)
    .set({ lastUsedAt: sql`now()` })
    .where(
      and(eq(apiKeys.id, id), or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, sql`now() - interval '1 minute'`))),
    )
}

export async function listApiKeys(tx: Executor, workspaceId: WorkspaceId): Promise<ApiKeyRecord[]> {
  const rows = await tx
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.workspaceId, workspaceId), isNull(apiKeys.revokedAt)))
    .orderBy(desc(apiKeys.id))
  return rows.map(toRecord)
}

/** False when there is no such key in the workspace, or it was revoked before. */
export async function revokeApiKey(tx: Executor, workspaceId: WorkspaceId, id: ApiKeyId): Promise<boolean> {
  const rows = await tx
    .update(apiKeys)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(apiKeys.id, id), eq(apiKeys.workspaceId, workspaceId), isNull(apiKeys.revokedAt)))
    .returning({ id: apiKeys.id })
  return rows.length > 0
}

/** High entropy, so one round of SHA-256 is enough. */
function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

function toRecord(row: typeof apiKeys.$inferSelect): ApiKeyRecord {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    role: row.role,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  }
}
