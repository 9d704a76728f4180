import type { FileFault, FileId, FileStatus, JobId, OutputId, StoreSweep, UploadId, WorkspaceId } from '@bellhop/model'
import { and, asc, desc, eq, gt, inArray, isNull, lt, ne, or, sql } from 'drizzle-orm'
import type { Database, Executor } from './database.ts'
import type { ObjectStoreOptions } from './s3-client.ts'
import { files, jobs, outputs, storeSweeps, uploads, workspaces } from './schema/index.ts'
import { storeName } from './store-reports.ts'

export type SweepRow = typeof storeSweeps.$inferSelect
type StoreAddress = Pick<ObjectStoreOptions, 'endpoint' | 'bucket'>

/** The first half of the lock's key ("BS"); the second is the store's name, hashed. */
const LOCK_CLASS = 0x4253

/**
 * Runs `walk` unless somebody else walks through this bucket. The lock lives as long as its connection, so a process that
 * dies lets go of it. Returns false when it is taken.
 */
export async function withSweepLock(
  database: Database,
  store: StoreAddress,
  walk: () => Promise<void>,
): Promise<boolean> {
  const connection = await database.sql.reserve()
  const name = storeName(store)
  try {
    const [row] = await connection<
      { locked: boolean }[]
    >`select pg_try_advisory_lock(${LOCK_CLASS}, hashtext(${name})) as locked`
    if (row?.locked !== true) return false
    try {
      await walk()
    } finally {
      await connection`select pg_advisory_unlock(${LOCK_CLASS}, hashtext(${name}))`
    }
    return true
  } finally {
    connection.release()
  }
}

/** The walk that has not come to its end, or a new one. */
export async function openSweep(tx: Executor, store: StoreAddress): Promise<SweepRow> {
  const name = storeName(store)
  const [open] = await tx
    .select()
    .from(storeSweeps)
    .where(and(eq(storeSweeps.store, name), isNull(storeSweeps.endedAt)))
    .orderBy(desc(storeSweeps.id))
    .limit(1)
  if (open) return open
  const [begun] = await tx.insert(storeSweeps).values({ store: name }).returning()
  return begun!
}

export async function saveSweep(tx: Executor, { id, stage, cursor, ...found }: SweepRow): Promise<void> {
  const { objectsSeen, leftoversRemoved, multipartAborted, unknownObjects, unknownKeys, filesMissing, filesMended } =
    found
  await tx
    .update(storeSweeps)
    .set({
      stage,
      cursor,
      objectsSeen,
      leftoversRemoved,
      multipartAborted,
      unknownObjects,
      unknownKeys,
      filesMissing,
      filesMended,
      endedAt: stage === 'done' ? sql`now()` : null,
    })
    .where(eq(storeSweeps.id, id))
}

export async function findLatestSweep(
  tx: Executor,
  store: StoreAddress,
): Promise<Omit<StoreSweep, 'missingFiles'> | undefined> {
  const [row] = await tx
    .select()
    .from(storeSweeps)
    .where(eq(storeSweeps.store, storeName(store)))
    .orderBy(desc(storeSweeps.id))
    .limit(1)
  return (
    row && {
      startedAt: row.startedAt.toISOString(),
      endedAt: row.endedAt?.toISOString() ?? null,
      objectsSeen: row.objectsSeen,
      leftoversRemoved: row.leftoversRemoved,
      multipartAborted: row.multipartAborted,
      unknownObjects: row.unknownObjects,
      unknownKeys: row.unknownKeys,
      filesMissing: row.filesMissing,
      filesMended: row.filesMended,
    }
  )
}

/** Which of these multipart uploads of the store have a row, and whether it has ended. */
export async function findMultipartOwners(
  tx: Executor,
  storeUploadIds: readonly string[],
  fileIds: readonly FileId[],
): Promise<{ storeUploadId: string; isEnded: boolean }[]> {
  if (fileIds.length === 0) return []
  const rows = await tx
    .select({ storeUploadId: uploads.storeUploadId, endedAt: uploads.endedAt })
    .from(uploads)
    // By file: that is what the index is on.
    .where(and(inArray(uploads.fileId, [...fileIds]), inArray(uploads.storeUploadId, [...storeUploadIds])))
  return rows.map((row) => ({ storeUploadId: row.storeUploadId ?? '', isEnded: row.endedAt !== null }))
}

export interface ObjectOwner {
  readonly objectKey: string
  readonly workspaceId: WorkspaceId
  readonly status: FileStatus
  /** Of an UPLOADING file. */
  readonly uploadId: UploadId | null
}

export async function findFileOwners(tx: Executor, ids: readonly FileId[]): Promise<ObjectOwner[]> {
  if (ids.length === 0) return []
  return tx
    .select({
      objectKey: files.objectKey,
      workspaceId: files.workspaceId,
      status: files.status,
      uploadId: uploads.id,
    })
    .from(files)
    .leftJoin(uploads, and(eq(uploads.fileId, files.id), isNull(uploads.endedAt)))
    .where(inArray(files.id, [...ids]))
}

/** Outputs that are visible, with the status of their file. */
export async function findOutputOwners(
  tx: Executor,
  ids: readonly OutputId[],
): Promise<{ objectKey: string; status: FileStatus }[]> {
  if (ids.length === 0) return []
  return tx
    .select({ objectKey: outputs.objectKey, status: files.status })
    .from(outputs)
    .innerJoin(files, eq(files.id, outputs.fileId))
    .where(inArray(outputs.id, [...ids]))
}

export async function findKnownJobs(tx: Executor, ids: readonly JobId[]): Promise<Set<JobId>> {
  if (ids.length === 0) return new Set()
  const rows = await tx
    .select({ id: jobs.id })
    .from(jobs)
    .where(inArray(jobs.id, [...ids]))
  return new Set(rows.map((row) => row.id))
}

export async function findNextWorkspace(tx: Executor, after: WorkspaceId | null): Promise<WorkspaceId | undefined> {
  const [row] = await tx
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(after === null ? undefined : gt(workspaces.id, after))
    .orderBy(asc(workspaces.id))
    .limit(1)
  return row?.id
}

export interface StoredFile {
  readonly id: FileId
  readonly objectKey: string
  readonly sizeBytes: number
  readonly fault: FileFault | null
}

/** READY files of one workspace, the newest first. */
export async function listReadyFiles(
  tx: Executor,
  workspaceId: WorkspaceId,
  page: { before: FileId | null; limit: number },
): Promise<StoredFile[]> {
  return tx
    .select({ id: files.id, objectKey: files.objectKey, sizeBytes: files.sizeBytes, fault: files.fault })
    .from(files)
    .where(
      and(
        eq(files.workspaceId, workspaceId),
        eq(files.status, 'READY'),
        page.before === null ? undefined : lt(files.id, page.before),
      ),
    )
    .orderBy(desc(files.id))
    .limit(page.limit)
}

/** The newest of a workspace's files whose object is missing by now. */
export async function listMissingFiles(
  tx: Executor,
  workspaceId: WorkspaceId,
  limit: number,
): Promise<StoreSweep['missingFiles']> {
  return tx
    .select({ id: files.id, name: files.name })
    .from(files)
    .where(and(eq(files.workspaceId, workspaceId), eq(files.status, 'READY'), eq(files.fault, 'missing')))
    .orderBy(desc(files.id))
    .limit(limit)
}

/** Null mends. A fault that is known keeps the moment when it was found. */
export async function setFileFault(tx: Executor, ids: readonly FileId[], fault: FileFault | null): Promise<void> {
  if (ids.length === 0) return
  await tx
    .update(files)
    .set({ fault, faultAt: fault === null ? null : sql`now()` })
    .where(
      and(
        inArray(files.id, [...ids]),
        eq(files.status, 'READY'),
        fault === null ? undefined : or(isNull(files.fault), ne(files.fault, fault)),
      ),
    )
}

/** What reading a file again has shown. */
export async function setFileVerified(tx: Executor, id: FileId): Promise<void> {
  await tx
    .update(files)
    .set({ verifiedAt: sql`now()`, fault: null, faultAt: null })
    .where(and(eq(files.id, id), eq(files.status, 'READY')))
}
