import { uploadStatusesBefore } from '@bellhop/model'
import type { FileId, OpenUpload, UploadCommand, UploadId, UploadStatus, UserId, WorkspaceId } from '@bellhop/model'
import { and, desc, eq, inArray, isNull, lt, or, sql } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { files, uploads } from './schema/index.ts'

/** An upload with what its keys and its verification need to know of its file. */
export type UploadRow = typeof uploads.$inferSelect & {
  readonly file: Pick<typeof files.$inferSelect, 'name' | 'mediaType' | 'sizeBytes' | 'objectKey' | 'startJobs'>
}
export type NewUpload = typeof uploads.$inferInsert

/** One caller completes at a time and renews this while it does; what a dead server began may be taken over after it. */
const COMPLETING_LEASE = sql`interval '6 seconds'`

/** Undefined: there is an upload of that id. */
export async function insertUpload(tx: Executor, upload: NewUpload): Promise<typeof uploads.$inferSelect | undefined> {
  const [row] = await tx.insert(uploads).values(upload).onConflictDoNothing({ target: uploads.id }).returning()
  return row
}

export async function findUpload(tx: Executor, workspaceId: WorkspaceId, id: UploadId): Promise<UploadRow | undefined> {
  const [row] = await selectUploads(tx).where(and(eq(uploads.id, id), eq(uploads.workspaceId, workspaceId)))
  return row && { ...row.upload, file: row.file }
}

/** Proof of being the one who completes; it changes with each renewal. */
export type CompletingLease = string

const leaseOf = sql<CompletingLease>`${uploads.completingAt}::text`
const holdsNow = { status: 'COMPLETING', completingAt: sql`clock_timestamp()` } as const
const leftBehind = and(eq(uploads.status, 'COMPLETING'), lt(uploads.completingAt, sql`now() - ${COMPLETING_LEASE}`))

/** OPEN → COMPLETING, or the take-over of a COMPLETING that was left. Undefined: another has it, or it has ended. */
export async function beginComplete(tx: Executor, id: UploadId): Promise<CompletingLease | undefined> {
  const [row] = await tx
    .update(uploads)
    .set(holdsNow)
    .where(and(eq(uploads.id, id), or(eq(uploads.status, 'OPEN'), leftBehind)))
    .returning({ lease: leaseOf })
  return row?.lease
}

/** Lets go of a COMPLETING upload, for a worker to read again what is stored. False: it was taken over before. */
export async function handOverToReader(tx: Executor, id: UploadId, lease: CompletingLease): Promise<boolean> {
  const rows = await tx.update(uploads).set({ completingAt: null }).where(held(id, lease)).returning({ id: uploads.id })
  return rows.length > 0
}

/** Takes up what was handed over, or what a dead reader left. Undefined: another reads it, or it has ended. */
export async function beginReread(tx: Executor, id: UploadId): Promise<CompletingLease | undefined> {
  const handedOver = and(eq(uploads.status, 'COMPLETING'), isNull(uploads.completingAt))
  const [row] = await tx
    .update(uploads)
    .set(holdsNow)
    .where(and(eq(uploads.id, id), or(handedOver, leftBehind)))
    .returning({ lease: leaseOf })
  return row?.lease
}

/** Undefined: it was taken over, so stop. */
export async function renewCompleting(
  tx: Executor,
  id: UploadId,
  lease: CompletingLease,
): Promise<CompletingLease | undefined> {
  const [row] = await tx.update(uploads).set(holdsNow).where(held(id, lease)).returning({ lease: leaseOf })
  return row?.lease
}

function held(id: UploadId, lease: CompletingLease) {
  return and(eq(uploads.id, id), eq(uploads.status, 'COMPLETING'), eq(uploads.completingAt, sql`${lease}::timestamptz`))
}

/**
 * One guarded UPDATE. False: the upload was not in a status from which the command leads anywhere. Reopening takes the
 * lease, so that one who was too slow cannot take it out of the hands of another.
 */
export async function moveUpload(
  tx: Executor,
  id: UploadId,
  command: Exclude<UploadCommand, 'sign' | 'beginComplete'>,
  lease?: CompletingLease,
): Promise<boolean> {
  const to = { complete: 'COMPLETED', reopen: 'OPEN', abort: 'ABORTED', reject: 'REJECTED' } as const satisfies Record<
    typeof command,
    UploadStatus
  >
  const rows = await tx
    .update(uploads)
    .set({ status: to[command], completingAt: null, endedAt: command === 'reopen' ? null : sql`now()` })
    .where(
      and(
        eq(uploads.id, id),
        inArray(uploads.status, uploadStatusesBefore(command)),
        lease === undefined ? undefined : held(id, lease),
      ),
    )
    .returning({ id: uploads.id })
  return rows.length > 0
}

/**
 * Tells how long a stream was that has ended. Without bytes it becomes a single PUT of nothing: what the store holds
 * open for its parts is the caller's to remove. False: its length was told before, or it is not OPEN.
 */
export async function setUploadLength(
  tx: Executor,
  upload: Pick<UploadRow, 'id' | 'fileId'>,
  { sizeBytes, partCount }: { sizeBytes: number; partCount: number },
): Promise<boolean> {
  const shape = sizeBytes === 0 ? ({ mode: 'single', storeUploadId: null } as const) : {}
  const rows = await tx
    .update(uploads)
    .set({ ...shape, partCount, sizeKnown: true })
    .where(and(eq(uploads.id, upload.id), eq(uploads.status, 'OPEN'), eq(uploads.sizeKnown, false)))
    .returning({ id: uploads.id })
  if (rows.length === 0) return false
  await tx.update(files).set({ sizeBytes }).where(eq(files.id, upload.fileId))
  return true
}

/** From now on the store has not vouched for every byte. */
export async function markPartsUnbound(tx: Executor, id: UploadId): Promise<void> {
  await tx
    .update(uploads)
    .set({ partsBound: false })
    .where(and(eq(uploads.id, id), eq(uploads.partsBound, true)))
}

/** Commits a single PUT to its bytes. False: it was promised with others before. */
export async function setUploadSha256(tx: Executor, id: UploadId, sha256: string): Promise<boolean> {
  const rows = await tx
    .update(uploads)
    .set({ sha256 })
    .where(and(eq(uploads.id, id), or(isNull(uploads.sha256), eq(uploads.sha256, sha256))))
    .returning({ id: uploads.id })
  return rows.length > 0
}

/** What nobody came back for: expired and OPEN, left in COMPLETING by the dead, or waiting for a reader. */
export async function findAbandonedUploads(tx: Executor, limit: number): Promise<UploadRow[]> {
  const rows = await selectUploads(tx)
    .where(
      or(
        and(eq(uploads.status, 'OPEN'), lt(uploads.expiresAt, sql`now()`)),
        and(eq(uploads.status, 'COMPLETING'), isNull(uploads.completingAt)),
        leftBehind,
      ),
    )
    .orderBy(uploads.expiresAt)
    .limit(limit)
  return rows.map((row) => ({ ...row.upload, file: row.file }))
}

/** The one that made a file's object. */
export async function findCompletedUploadOf(
  tx: Executor,
  workspaceId: WorkspaceId,
  fileId: FileId,
): Promise<UploadRow | undefined> {
  const [row] = await selectUploads(tx).where(
    and(
      eq(uploads.fileId, fileId),
      eq(uploads.workspaceId, workspaceId),
      eq(uploads.status, 'COMPLETED'),
      eq(files.status, 'READY'),
    ),
  )
  return row && { ...row.upload, file: row.file }
}

/** What this person can go on with, the newest first. */
export async function listOpenUploads(
  tx: Executor,
  workspaceId: WorkspaceId,
  { userId, limit }: { userId: UserId; limit: number },
): Promise<OpenUpload[]> {
  const rows = await selectUploads(tx)
    .where(
      and(
        eq(uploads.workspaceId, workspaceId),
        eq(uploads.userId, userId),
        eq(uploads.status, 'OPEN'),
        sql`${uploads.expiresAt} > now()`,
      ),
    )
    .orderBy(desc(uploads.id))
    .limit(limit)
  return rows.map(({ upload, file }) => ({
    uploadId: upload.id,
    fileId: upload.fileId,
    name: file.name,
    sizeBytes: upload.sizeKnown ? file.sizeBytes : null,
    fingerprint: upload.fingerprint,
    createdAt: upload.createdAt.toISOString(),
    expiresAt: upload.expiresAt.toISOString(),
  }))
}

export async function findOpenUploadOf(tx: Executor, fileId: FileId): Promise<UploadId | undefined> {
  const [row] = await tx
    .select({ id: uploads.id })
    .from(uploads)
    .where(and(eq(uploads.fileId, fileId), inArray(uploads.status, ['OPEN', 'COMPLETING'])))
  return row?.id
}

function selectUploads(tx: Executor) {
  return tx
    .select({
      upload: uploads,
      file: {
        name: files.name,
        mediaType: files.mediaType,
        sizeBytes: files.sizeBytes,
        objectKey: files.objectKey,
        startJobs: files.startJobs,
      },
    })
    .from(uploads)
    .innerJoin(files, eq(files.id, uploads.fileId))
    .$dynamic()
}
