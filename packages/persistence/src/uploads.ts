import { uploadStatusesBefore } from '@bellhop/model'
import type { FileId, UploadCommand, UploadId, UploadStatus, WorkspaceId } from '@bellhop/model'
import { and, eq, inArray, isNull, lt, or, sql } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { files, uploads } from './schema/index.ts'

/** An upload with what its keys and its verification need to know of its file. */
export type UploadRow = typeof uploads.$inferSelect & {
  readonly file: Pick<typeof files.$inferSelect, 'name' | 'mediaType' | 'sizeBytes' | 'objectKey' | 'startJobs'>
}
export type NewUpload = typeof uploads.$inferInsert

/** One caller completes at a time; what a dead server began may be taken over after this. */
const COMPLETING_LEASE = sql`interval '60 seconds'`

export async function insertUpload(tx: Executor, upload: NewUpload): Promise<typeof uploads.$inferSelect> {
  const [row] = await tx.insert(uploads).values(upload).returning()
  return row!
}

export async function findUpload(tx: Executor, workspaceId: WorkspaceId, id: UploadId): Promise<UploadRow | undefined> {
  const [row] = await selectUploads(tx).where(and(eq(uploads.id, id), eq(uploads.workspaceId, workspaceId)))
  return row && { ...row.upload, file: row.file }
}

/** OPEN → COMPLETING, or the take-over of a COMPLETING that was left. False: another has it, or it has ended. */
export async function beginComplete(tx: Executor, id: UploadId): Promise<boolean> {
  const rows = await tx
    .update(uploads)
    .set({ status: 'COMPLETING', completingAt: sql`now()` })
    .where(
      and(
        eq(uploads.id, id),
        or(
          eq(uploads.status, 'OPEN'),
          and(eq(uploads.status, 'COMPLETING'), lt(uploads.completingAt, sql`now() - ${COMPLETING_LEASE}`)),
        ),
      ),
    )
    .returning({ id: uploads.id })
  return rows.length > 0
}

/** One guarded UPDATE. False: the upload was not in a status from which the command leads anywhere. */
export async function moveUpload(
  tx: Executor,
  id: UploadId,
  command: Exclude<UploadCommand, 'sign' | 'beginComplete'>,
): Promise<boolean> {
  const to = { complete: 'COMPLETED', reopen: 'OPEN', abort: 'ABORTED', reject: 'REJECTED' } as const satisfies Record<
    typeof command,
    UploadStatus
  >
  const rows = await tx
    .update(uploads)
    .set({ status: to[command], completingAt: null, endedAt: command === 'reopen' ? null : sql`now()` })
    .where(and(eq(uploads.id, id), inArray(uploads.status, uploadStatusesBefore(command))))
    .returning({ id: uploads.id })
  return rows.length > 0
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

/** What nobody came back for: expired and OPEN, or left in COMPLETING by a dead server. */
export async function findAbandonedUploads(tx: Executor, limit: number): Promise<UploadRow[]> {
  const rows = await selectUploads(tx)
    .where(
      or(
        and(eq(uploads.status, 'OPEN'), lt(uploads.expiresAt, sql`now()`)),
        and(eq(uploads.status, 'COMPLETING'), lt(uploads.completingAt, sql`now() - ${COMPLETING_LEASE}`)),
      ),
    )
    .orderBy(uploads.expiresAt)
    .limit(limit)
  return rows.map((row) => ({ ...row.upload, file: row.file }))
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
