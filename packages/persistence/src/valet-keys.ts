import { newId } from '@bellhop/model'
import type { FileId, UploadId, UserId, ValetKeyId, ValetKeyRecord, WorkspaceId } from '@bellhop/model'
import { and, desc, eq, gt, inArray, isNull, lt } from 'drizzle-orm'
import { sql } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { files, users, valetKeys } from './schema/index.ts'

export type NewValetKey = Omit<typeof valetKeys.$inferInsert, 'id' | 'issuedAt' | 'usedAt' | 'expiresAt'> & {
  readonly lifeMs: number
}

/** Writes keys to the ledger. They are handed out only after this is committed. Returns the lines' ids, in order. */
export async function recordValetKeys(tx: Executor, keys: readonly NewValetKey[]): Promise<ValetKeyId[]> {
  const lines = keys.map(({ lifeMs, ...key }) => ({
    ...key,
    id: newId('valetKey'),
    expiresAt: sql`now() + ${lifeMs} * interval '1 millisecond'`,
  }))
  if (lines.length > 0) await tx.insert(valetKeys).values(lines)
  return lines.map((line) => line.id)
}

/** The store has the object, so the keys that made it were used. */
export async function markUploadKeysUsed(tx: Executor, uploadId: UploadId): Promise<void> {
  await tx
    .update(valetKeys)
    .set({ usedAt: sql`now()` })
    .where(and(eq(valetKeys.uploadId, uploadId), isNull(valetKeys.usedAt)))
}

/** Which of these objects have a preview key of this user's that lives for at least `marginMs` more. */
export async function findLivePreviewKeys(
  tx: Executor,
  workspaceId: WorkspaceId,
  asked: { userId: UserId; fileIds: readonly FileId[]; marginMs: number },
): Promise<Set<string>> {
  if (asked.fileIds.length === 0) return new Set()
  const rows = await tx
    .selectDistinct({ objectKey: valetKeys.objectKey })
    .from(valetKeys)
    .where(
      and(
        // By file: that is what the index is on.
        inArray(valetKeys.fileId, [...asked.fileIds]),
        eq(valetKeys.workspaceId, workspaceId),
        eq(valetKeys.purpose, 'preview'),
        eq(valetKeys.userId, asked.userId),
        gt(valetKeys.expiresAt, sql`now() + ${asked.marginMs} * interval '1 millisecond'`),
      ),
    )
  return new Set(rows.map((row) => row.objectKey))
}

export async function listValetKeys(
  tx: Executor,
  workspaceId: WorkspaceId,
  filter: { fileId?: FileId | undefined; before?: string | undefined; limit: number },
): Promise<ValetKeyRecord[]> {
  const rows = await tx
    .select({ key: valetKeys, fileName: files.name, userName: users.name })
    .from(valetKeys)
    .leftJoin(files, eq(files.id, valetKeys.fileId))
    .leftJoin(users, eq(users.id, valetKeys.userId))
    .where(
      and(
        eq(valetKeys.workspaceId, workspaceId),
        filter.fileId && eq(valetKeys.fileId, filter.fileId),
        filter.before === undefined ? undefined : lt(sql`${valetKeys.id}`, filter.before),
      ),
    )
    .orderBy(desc(valetKeys.id))
    .limit(filter.limit)
  return rows.map(({ key, fileName, userName }) => ({
    id: key.id,
    purpose: key.purpose,
    fileId: key.fileId,
    fileName,
    userName,
    uploadId: key.uploadId,
    firstPart: key.firstPart,
    keyCount: key.keyCount,
    sizeBytes: key.sizeBytes,
    fromAddress: key.fromAddress,
    issuedAt: key.issuedAt.toISOString(),
    expiresAt: key.expiresAt.toISOString(),
    usedAt: key.usedAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
  }))
}
