import { newId } from '@bellhop/model'
import type { FileId, UploadId, UserId, ValetKeyId, WorkspaceId } from '@bellhop/model'
import { and, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { valetKeys } from './schema/index.ts'

export type ValetKeyRow = typeof valetKeys.$inferSelect
export type NewValetKey = Omit<
  typeof valetKeys.$inferInsert,
  'id' | 'issuedAt' | 'usedAt' | 'expiresAt' | 'revokedAt' | 'revokedBy'
> & { readonly lifeMs: number }

/** Writes keys to the ledger. They are handed out only after this is committed. Returns the lines' ids, in order. */
export async function recordValetKeys(tx: Executor, keys: readonly NewValetKey[]): Promise<ValetKeyId[]> {
  const lines = keys.map(({ lifeMs, ...key }) => ({ ...key, id: newId('valetKey'), expiresAt: fromNow(lifeMs) }))
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

export async function findValetKey(
  tx: Executor,
  workspaceId: WorkspaceId,
  id: ValetKeyId,
): Promise<ValetKeyRow | undefined> {
  const [row] = await tx
    .select()
    .from(valetKeys)
    .where(and(eq(valetKeys.id, id), eq(valetKeys.workspaceId, workspaceId)))
  return row
}

/**
 * One more key to read under a line that is there, which then lives as long as that key. False: this person has no such
 * line for this object, it was revoked, or it was begun longer ago than `maxAgeMs`.
 */
export async function renewDownloadKey(
  tx: Executor,
  workspaceId: WorkspaceId,
  line: { id: ValetKeyId; userId: UserId; objectKey: string; lifeMs: number; maxAgeMs: number },
): Promise<boolean> {
  const rows = await tx
    .update(valetKeys)
    .set({
      keyCount: sql`${valetKeys.keyCount} + 1`,
      expiresAt: sql`greatest(${valetKeys.expiresAt}, ${fromNow(line.lifeMs)})`,
    })
    .where(
      and(
        eq(valetKeys.id, line.id),
        eq(valetKeys.workspaceId, workspaceId),
        eq(valetKeys.userId, line.userId),
        eq(valetKeys.objectKey, line.objectKey),
        eq(valetKeys.purpose, 'download'),
        isNull(valetKeys.revokedAt),
        gt(valetKeys.issuedAt, fromNow(-line.maxAgeMs)),
      ),
    )
    .returning({ id: valetKeys.id })
  return rows.length > 0
}

/** Of these objects: which have a preview key of this user's that lives for `marginMs` more, and which a revoked one. */
export async function findLivePreviewKeys(
  tx: Executor,
  workspaceId: WorkspaceId,
  asked: { userId: UserId; fileIds: readonly FileId[]; marginMs: number },
): Promise<{ live: ReadonlySet<string>; revoked: ReadonlySet<string> }> {
  if (asked.fileIds.length === 0) return { live: new Set(), revoked: new Set() }
  const rows = await tx
    .selectDistinct({ objectKey: valetKeys.objectKey, revoked: sql<boolean>`${valetKeys.revokedAt} is not null` })
    .from(valetKeys)
    .where(
      and(
        // By file: that is what the index is on.
        inArray(valetKeys.fileId, [...asked.fileIds]),
        eq(valetKeys.workspaceId, workspaceId),
        eq(valetKeys.purpose, 'preview'),
        eq(valetKeys.userId, asked.userId),
        or(
          gt(valetKeys.expiresAt, fromNow(asked.marginMs)),
          and(sql`${valetKeys.revokedAt} is not null`, gt(valetKeys.expiresAt, sql`now()`)),
        ),
      ),
    )
  return {
    live: new Set(rows.flatMap((row) => (row.revoked ? [] : [row.objectKey]))),
    revoked: new Set(rows.flatMap((row) => (row.revoked ? [row.objectKey] : []))),
  }
}

/** One line, or all those of an upload. */
export type ValetKeyLines = { readonly id: ValetKeyId } | { readonly uploadId: UploadId }

/** Writes down that no key follows these lines. A line that was revoked before keeps its moment. */
export async function markValetKeysRevoked(
  tx: Executor,
  workspaceId: WorkspaceId,
  lines: ValetKeyLines,
  revokedBy: UserId,
): Promise<void> {
  await tx
    .update(valetKeys)
    .set({ revokedAt: sql`now()`, revokedBy })
    .where(and(eq(valetKeys.workspaceId, workspaceId), lineOf(lines), isNull(valetKeys.revokedAt)))
}

export function lineOf(lines: ValetKeyLines): SQL {
  return 'id' in lines ? eq(valetKeys.id, lines.id) : eq(valetKeys.uploadId, lines.uploadId)
}

function fromNow(ms: number): SQL {
  return sql`now() + ${ms} * interval '1 millisecond'`
}
