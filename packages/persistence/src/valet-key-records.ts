import type { FileId, UploadId, UserId, ValetKeyRecord, WorkspaceId } from '@bellhop/model'
import { and, desc, eq, inArray, lt, or, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { apiKeys, files, users, valetKeys } from './schema/index.ts'
import { lineOf } from './valet-keys.ts'
import type { ValetKeyLines } from './valet-keys.ts'

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

/** The newest first. */
export async function listValetKeysOf(
  tx: Executor,
  workspaceId: WorkspaceId,
  lines: ValetKeyLines,
  limit: number,
): Promise<ValetKeyRecord[]> {
  const rows = await selectRecords(tx, and(eq(valetKeys.workspaceId, workspaceId), lineOf(lines))).limit(limit)
  return rows.map(toRecord)
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
