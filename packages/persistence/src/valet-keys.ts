import { newId } from '@bellhop/model'
import type { FileId, UploadId, UserId, ValetKeyId, ValetKeyRecord, WorkspaceId } from '@bellhop/model'
import { and, desc, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { apiKeys, files, users, valetKeys } from './schema/index.ts'

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

/** Writes down that no key follows these lines. A line that was revoked before keeps its moment. */
export async function markValetKeysRevoked(
  tx: Executor,
  workspaceId: WorkspaceId,
  lines: { id: ValetKeyId } | { uploadId: UploadId },
  revokedBy: UserId,
): Promise<void> {
  await tx
    .update(valetKeys)
    .set({ revokedAt: sql`now()`, revokedBy })
    .where(and(eq(valetKeys.workspaceId, workspaceId), lineOf(lines), isNull(valetKeys.revokedAt)))
}

export async function listValetKeysOf(
  tx: Executor,
  workspaceId: WorkspaceId,
  lines: { id: ValetKeyId } | { uploadId: UploadId },
  limit: number,
): Promise<ValetKeyRecord[]> {
  const rows = await selectRecords(tx, and(eq(valetKeys.workspaceId, workspaceId), lineOf(lines))).limit(limit)
  return rows.map(toRecord)
}

function lineOf(lines: { id: ValetKeyId } | { uploadId: UploadId }): SQL {
  return 'id' in lines ? eq(valetKeys.id, lines.id) : eq(valetKeys.uploadId, lines.uploadId)
}

/** A text is looked for in the names of so many lines; then the page ends, and its cursor goes on from there. */
const LINES_READ = 10_000

export interface ValetKeyFilter {
  readonly fileId?: FileId | undefined
  readonly uploadId?: UploadId | undefined
  readonly userId?: UserId | undefined
  /** In the name of the file or of the person, in any case. */
  readonly text?: string | undefined
}

/**
 * One page of the ledger, the newest first. With a text it may have fewer lines than asked for, even none, and still
 * not be the last.
 */
export async function listValetKeys(
  tx: Executor,
  workspaceId: WorkspaceId,
  filter: ValetKeyFilter & { before?: string | undefined; limit: number },
): Promise<{ items: ValetKeyRecord[]; next: string | null }> {
  const { fileId, uploadId, userId, text, before, limit } = filter
  const condition = and(
    eq(valetKeys.workspaceId, workspaceId),
    fileId && eq(valetKeys.fileId, fileId),
    uploadId && eq(valetKeys.uploadId, uploadId),
    userId && eq(valetKeys.userId, userId),
    before === undefined ? undefined : lt(sql`${valetKeys.id}`, before),
  )
  if (text === undefined || text.trim() === '') {
    const rows = await selectRecords(tx, condition).limit(limit + 1)
    const items = rows.slice(0, limit).map(toRecord)
    return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
  }
  const pattern = `%${text
    .normalize('NFC')
    .trim()
    .replace(/[\\%_]/g, '\\$&')}%`
  const read = tx
    .select({ id: valetKeys.id })
    .from(valetKeys)
    .where(condition)
    .orderBy(desc(valetKeys.id))
    .limit(LINES_READ)
  const rows = await selectRecords(
    tx,
    and(inArray(valetKeys.id, read), or(sql`${files.name} ilike ${pattern}`, sql`${users.name} ilike ${pattern}`)),
  ).limit(limit + 1)
  const items = rows.slice(0, limit).map(toRecord)
  if (rows.length > limit) return { items, next: items.at(-1)?.id ?? null }
  const [last] = await tx
    .select({ id: valetKeys.id })
    .from(valetKeys)
    .where(condition)
    .orderBy(desc(valetKeys.id))
    .offset(LINES_READ - 1)
    .limit(1)
  return { items, next: last?.id ?? null }
}

function selectRecords(tx: Executor, condition: SQL | undefined) {
  return tx
    .select({ key: valetKeys, fileName: files.name, userName: users.name, apiKeyName: apiKeys.name })
    .from(valetKeys)
    .leftJoin(files, eq(files.id, valetKeys.fileId))
    .leftJoin(users, eq(users.id, valetKeys.userId))
    .leftJoin(apiKeys, eq(apiKeys.id, valetKeys.apiKeyId))
    .where(condition)
    .orderBy(desc(valetKeys.id))
    .$dynamic()
}

type Found = Awaited<ReturnType<typeof selectRecords>>[number]

function toRecord({ key, fileName, userName, apiKeyName }: Found): ValetKeyRecord {
  return {
    id: key.id,
    purpose: key.purpose,
    fileId: key.fileId,
    fileName,
    userId: key.userId,
    userName,
    apiKeyName,
    uploadId: key.uploadId,
    firstPart: key.firstPart,
    keyCount: key.keyCount,
    sizeBytes: key.sizeBytes,
    fromAddress: key.fromAddress,
    issuedAt: key.issuedAt.toISOString(),
    expiresAt: key.expiresAt.toISOString(),
    usedAt: key.usedAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
  }
}

function fromNow(ms: number): SQL {
  return sql`now() + ${ms} * interval '1 millisecond'`
}
