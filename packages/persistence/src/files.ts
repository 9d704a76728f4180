import type { FileDetail, FileId, FileRecord, FileType, Integrity, OutputId, WorkspaceId } from '@bellhop/model'
import { and, desc, eq, inArray, ne, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Executor, Transaction } from './database.ts'
import { roomAfter, settleRoom } from './quotas.ts'
import { files, outputs, quotas, users } from './schema/index.ts'

export type FileRow = typeof files.$inferSelect
export type NewFile = Omit<typeof files.$inferInsert, 'status' | 'reservedBytes'>

/** An UPLOADING file. It holds room that `reserveRoom` must grant in the same transaction. */
export async function insertFile(tx: Transaction, file: NewFile): Promise<void> {
  await tx.insert(files).values({ ...file, reservedBytes: file.sizeBytes })
}

/** A file of this workspace that was not deleted. */
export async function findFile(tx: Executor, workspaceId: WorkspaceId, id: FileId): Promise<FileRow | undefined> {
  const [row] = await tx
    .select()
    .from(files)
    .where(and(eq(files.id, id), eq(files.workspaceId, workspaceId), ne(files.status, 'DELETED')))
  return row
}

export async function findFileRecord(
  tx: Executor,
  workspaceId: WorkspaceId,
  id: FileId,
): Promise<FileRecord | undefined> {
  const [row] = await tx
    .select({ file: files, ownerName: users.name })
    .from(files)
    .innerJoin(users, eq(users.id, files.ownerId))
    .where(and(eq(files.id, id), eq(files.workspaceId, workspaceId), ne(files.status, 'DELETED')))
  return row && toFileRecord(row.file, row.ownerName)
}

/**
 * Reserves `bytes` more for a stream whose parts are promised. Returns what it has reserved by then; undefined when the
 * file is no longer UPLOADING. The quota is asked after it, in the same transaction.
 */
export async function promiseBytes(tx: Transaction, id: FileId, bytes: number): Promise<number | undefined> {
  const [row] = await tx
    .update(files)
    .set({ reservedBytes: sql`${files.reservedBytes} + ${bytes}` })
    .where(and(eq(files.id, id), eq(files.status, 'UPLOADING')))
    .returning({ reservedBytes: files.reservedBytes })
  return row?.reservedBytes
}

/**
 * UPLOADING → READY, with what was found out about the bytes; what it had reserved is used from here on. False when it was
 * no longer UPLOADING.
 */
export async function markFileReady(
  tx: Transaction,
  id: FileId,
  found: { mediaType: string; type: FileType; integrity: Integrity; sha256: string | null; sizeBytes: number },
): Promise<boolean> {
  const before = lockedFile(tx, and(eq(files.id, id), eq(files.status, 'UPLOADING')))
  const ready = tx.$with('ready').as(
    tx
      .update(files)
      .set({ ...found, status: 'READY', readyAt: sql`now()`, reservedBytes: 0 })
      .from(before)
      .where(eq(files.id, before.id))
      .returning({ workspaceId: files.workspaceId, reservedBytes: sql<number>`${before.reservedBytes}`.as('held') }),
  )
  const settled = tx.$with('settled').as(
    tx
      .update(quotas)
      .set(
        roomAfter({
          reservedBytes: sql`-${ready.reservedBytes}`,
          reservedFiles: -1,
          usedBytes: found.sizeBytes,
          usedFiles: 1,
        }),
      )
      .from(ready)
      .where(eq(quotas.workspaceId, ready.workspaceId))
      .returning({ workspaceId: quotas.workspaceId }),
  )
  // Of the file alone: for want of a row of room nobody may take it for deleted.
  const rows = await tx.with(ready, settled).select({ workspaceId: ready.workspaceId }).from(ready)
  return rows.length > 0
}

/** A container for film that holds sound alone is a sound: of the same format, which QuickTime shares with MP4. */
export async function markFileSound(tx: Transaction, id: FileId): Promise<void> {
  const mediaType = sql`case ${files.mediaType} when 'video/quicktime' then 'audio/mp4' else regexp_replace(${files.mediaType}, '^video/', 'audio/') end`
  await tx
    .update(files)
    .set({ type: 'audio', mediaType })
    .where(and(eq(files.id, id), eq(files.type, 'video')))
}

export async function markFileRejected(
  tx: Transaction,
  id: FileId,
  error: { code: string; sentence: string },
): Promise<void> {
  const before = lockedFile(tx, and(eq(files.id, id), eq(files.status, 'UPLOADING')))
  const [was] = await tx
    .update(files)
    .set({ status: 'REJECTED', errorCode: error.code, errorSentence: error.sentence, reservedBytes: 0 })
    .from(before)
    .where(eq(files.id, before.id))
    .returning({ workspaceId: files.workspaceId, reservedBytes: before.reservedBytes })
  if (was) await giveBack(tx, was.workspaceId, { ...was, status: 'UPLOADING', sizeBytes: 0 })
}

/** Returns where its object lies, or undefined when there is no such file left to delete. */
export async function markFileDeleted(
  tx: Transaction,
  workspaceId: WorkspaceId,
  id: FileId,
): Promise<{ objectKey: string } | undefined> {
  const before = lockedFile(tx, and(eq(files.id, id), eq(files.workspaceId, workspaceId), ne(files.status, 'DELETED')))
  const [was] = await tx
    .update(files)
    .set({ status: 'DELETED', reservedBytes: 0 })
    .from(before)
    .where(eq(files.id, before.id))
    .returning({
      status: before.status,
      objectKey: before.objectKey,
      sizeBytes: before.sizeBytes,
      reservedBytes: before.reservedBytes,
    })
  if (was) await giveBack(tx, workspaceId, was)
  return was && { objectKey: was.objectKey }
}

/** The file before a change of its status, locked against every other. */
function lockedFile(tx: Transaction, condition: SQL | undefined) {
  return tx
    .select({
      id: files.id,
      status: files.status,
      objectKey: files.objectKey,
      sizeBytes: files.sizeBytes,
      reservedBytes: files.reservedBytes,
    })
    .from(files)
    .where(condition)
    .for('no key update')
    .as('before')
}

/** What a file held that has ended. A rejected one gave back what it held when it was rejected. */
async function giveBack(
  tx: Transaction,
  workspaceId: WorkspaceId,
  was: Pick<FileRow, 'status' | 'reservedBytes' | 'sizeBytes'>,
): Promise<void> {
  if (was.status === 'UPLOADING') {
    await settleRoom(tx, workspaceId, {
      reservedBytes: -was.reservedBytes,
      reservedFiles: -1,
      usedBytes: 0,
      usedFiles: 0,
    })
  } else if (was.status === 'READY') {
    await settleRoom(tx, workspaceId, { reservedBytes: 0, reservedFiles: 0, usedBytes: -was.sizeBytes, usedFiles: -1 })
  }
}

export async function updateFile(
  tx: Executor,
  workspaceId: WorkspaceId,
  id: FileId,
  change: { name?: string; tags?: string[] },
): Promise<boolean> {
  const rows = await tx
    .update(files)
    .set(change)
    .where(and(eq(files.id, id), eq(files.workspaceId, workspaceId), ne(files.status, 'DELETED')))
    .returning({ id: files.id })
  return rows.length > 0
}

export async function countDownload(tx: Executor, id: FileId): Promise<void> {
  await tx
    .update(files)
    .set({ downloadCount: sql`${files.downloadCount} + 1` })
    .where(eq(files.id, id))
}

/** Something that can be downloaded: a file's own bytes, or an output of one of its jobs. */
export interface Downloadable {
  readonly id: FileId | OutputId
  readonly fileId: FileId
  readonly name: string
  readonly mediaType: string
  readonly sizeBytes: number
  readonly objectKey: string
}

export async function findReadyFiles(
  tx: Executor,
  workspaceId: WorkspaceId,
  ids: readonly FileId[],
): Promise<Downloadable[]> {
  if (ids.length === 0) return []
  const rows = await tx
    .select()
    .from(files)
    .where(and(inArray(files.id, [...ids]), eq(files.workspaceId, workspaceId), eq(files.status, 'READY')))
  return rows.map((row) => ({ ...row, fileId: row.id }))
}

export async function findOutputs(
  tx: Executor,
  workspaceId: WorkspaceId,
  ids: readonly OutputId[],
): Promise<Downloadable[]> {
  if (ids.length === 0) return []
  return tx
    .select({
      id: outputs.id,
      fileId: outputs.fileId,
      name: outputs.name,
      mediaType: outputs.mediaType,
      sizeBytes: outputs.sizeBytes,
      objectKey: outputs.objectKey,
    })
    .from(outputs)
    .innerJoin(files, eq(files.id, outputs.fileId))
    .where(and(inArray(outputs.id, [...ids]), eq(outputs.workspaceId, workspaceId), eq(files.status, 'READY')))
}

export async function listOutputs(tx: Executor, fileId: FileId): Promise<FileDetail['outputs']> {
  const rows = await tx.select().from(outputs).where(eq(outputs.fileId, fileId)).orderBy(desc(outputs.id))
  return rows.map((row) => ({
    id: row.id,
    jobId: row.jobId,
    role: row.role,
    name: row.name,
    mediaType: row.mediaType,
    sizeBytes: row.sizeBytes,
    ...(row.width === null || row.height === null ? {} : { width: row.width, height: row.height }),
  }))
}

export async function listOutputKeys(tx: Executor, fileId: FileId): Promise<string[]> {
  const rows = await tx.select({ objectKey: outputs.objectKey }).from(outputs).where(eq(outputs.fileId, fileId))
  return rows.map((row) => row.objectKey)
}

function toFileRecord(row: FileRow, ownerName: string): FileRecord {
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    mediaType: row.mediaType,
    sizeBytes: row.sizeBytes,
    tags: row.tags,
    status: row.status,
    ownerId: row.ownerId,
    ownerName,
    integrity: row.integrity,
    sha256: row.sha256,
    downloadCount: row.downloadCount,
    createdAt: row.createdAt.toISOString(),
    readyAt: row.readyAt?.toISOString() ?? null,
    verifiedAt: row.verifiedAt?.toISOString() ?? null,
    fault: row.fault === null || row.faultAt === null ? null : { kind: row.fault, at: row.faultAt.toISOString() },
    error: row.errorCode === null ? null : { code: row.errorCode, sentence: row.errorSentence ?? '' },
  }
}
