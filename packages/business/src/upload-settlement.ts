import { AppError } from '@bellhop/model'
import type { CompletedUpload, ErrorCode, JobId } from '@bellhop/model'
import {
  beginComplete,
  findFileRecord,
  findUpload,
  handOverToReader,
  listFileJobs,
  listPromisedParts,
  markFileReady,
  markFileRejected,
  markUploadKeysUsed,
  moveUpload,
  queueChore,
} from '@bellhop/persistence'
import type { CompletingLease, Executor, UploadRow } from '@bellhop/persistence'
import { CompletingHold } from './completing-hold.ts'
import { startJob } from './job-submission.ts'
import type { Platform } from './platform.ts'
import { kindsOnArrival } from './presets.ts'
import { Rejection } from './rejection.ts'
import { assembleUpload } from './upload-assembly.ts'
import { awaitsReread, proveUpload } from './upload-proof.ts'
import type { Verified } from './upload-proof.ts'

const OUTCOME_JOBS = 20

/**
 * Takes an upload from OPEN (or from a COMPLETING that a dead server left) to its one outcome: COMPLETED with a READY
 * file, REJECTED with the reason, or OPEN again when bytes are missing or the store is away. Every step may be done
 * twice: what the store has is asked, and settled by the upload's token in the object's metadata, never guessed. What
 * the store has not vouched for stays COMPLETING until a worker has read it again.
 */
export async function settleUpload(
  platform: Platform,
  upload: UploadRow,
  etags: readonly string[] = [],
): Promise<CompletedUpload> {
  const { db } = platform.database
  const [lease, promised] = await Promise.all([beginComplete(db, upload.id), listPromisedParts(db, upload.id)])
  if (lease === undefined) return outcomeOfAnother(platform, upload)
  const hold = new CompletingHold(platform, upload.id, lease)
  try {
    const object = await assembleUpload(platform, upload, promised, etags)
    const { integrity, ...found } = await proveUpload(platform, upload, promised, object)
    if (integrity !== null) return await acceptUpload(platform, upload, { ...found, integrity })
  } catch (error) {
    if (error instanceof Rejection) {
      await rejectUpload(platform, upload, error)
      throw new AppError(error.code, error.message, error.details ? { details: error.details } : {})
    }
    const held = await hold.end()
    // Lost: whoever has it now brings it to its end.
    if (held === undefined) throw error
    await moveUpload(db, upload.id, 'reopen', held).catch((cause: unknown) => {
      platform.log.warn('An upload stays COMPLETING until it is taken over.', cause)
    })
    throw error
  } finally {
    await hold.end()
  }
  const held = await hold.end()
  if (held !== undefined) await handOver(platform, upload, held)
  throw verifying()
}

/** The chore that reads it is queued if and only if the upload waits for it. */
async function handOver(platform: Platform, upload: UploadRow, lease: CompletingLease): Promise<void> {
  await platform.database.db.transaction(async (tx) => {
    if (await handOverToReader(tx, upload.id, lease)) await queueReread(tx, upload)
  })
}

export function queueReread(
  tx: Executor,
  { id: uploadId, workspaceId }: Pick<UploadRow, 'id' | 'workspaceId'>,
  options: { delayMs?: number } = {},
): Promise<void> {
  return queueChore(tx, 'uploads:reread', { uploadId, workspaceId }, { ...options, once: `uploads:reread:${uploadId}` })
}

function verifying(): AppError {
  return new AppError(
    'UPLOAD_BUSY',
    'All bytes have arrived. They are read again, since the object store vouches for none; ask again in a moment.',
    { details: { verifying: true } },
  )
}

export async function completedOutcome(platform: Platform, upload: UploadRow): Promise<CompletedUpload> {
  const outcome = await outcomeOf(platform.database.db, upload)
  if (!outcome) throw new AppError('FILE_NOT_FOUND', 'The upload was completed, and its file has been deleted since.')
  return outcome
}

async function outcomeOf(tx: Executor, { workspaceId, fileId }: UploadRow): Promise<CompletedUpload | null> {
  const [file, jobs] = await Promise.all([
    findFileRecord(tx, workspaceId, fileId),
    listFileJobs(tx, fileId, OUTCOME_JOBS),
  ])
  return file ? { file, jobs } : null
}

async function outcomeOfAnother(platform: Platform, { workspaceId, id }: UploadRow): Promise<CompletedUpload> {
  const upload = await findUpload(platform.database.db, workspaceId, id)
  if (!upload) throw new AppError('UPLOAD_NOT_FOUND')
  switch (upload.status) {
    case 'COMPLETED':
      return completedOutcome(platform, upload)
    case 'OPEN':
      throw new AppError('UPLOAD_BUSY')
    case 'COMPLETING': {
      const promised = await listPromisedParts(platform.database.db, id)
      throw awaitsReread(upload, promised) ? verifying() : new AppError('UPLOAD_BUSY')
    }
    case 'ABORTED':
      throw new AppError('UPLOAD_NOT_OPEN', 'This upload was aborted; start a new one.')
    case 'REJECTED': {
      const file = await findFileRecord(platform.database.db, workspaceId, upload.fileId)
      throw new AppError((file?.error?.code as ErrorCode | undefined) ?? 'UPLOAD_NOT_OPEN', file?.error?.sentence)
    }
  }
}

class EndedBefore extends Error {}

/** COMPLETING → COMPLETED, and with it the file READY and its jobs queued. Whoever comes second gets the same outcome. */
export async function acceptUpload(platform: Platform, upload: UploadRow, found: Verified): Promise<CompletedUpload> {
  const { workspaceId, fileId, userId } = upload
  const started: JobId[] = []
  const accepted = platform.database.db.transaction(async (tx) => {
    // Sent one behind the other without waiting for answers; they are done in that order.
    const [moved, , isReady] = await Promise.all([
      moveUpload(tx, upload.id, 'complete'),
      markUploadKeysUsed(tx, upload.id),
      markFileReady(tx, fileId, found),
    ])
    if (!moved) throw new EndedBefore()
    if (!isReady) {
      // Deleted while its upload was being completed.
      await queueChore(tx, 'objects:delete', { objectKeys: [upload.file.objectKey], multipart: null })
      return null
    }
    const kinds = upload.file.startJobs ? await kindsOnArrival(tx, platform.kinds, workspaceId, found.mediaType) : []
    for (const kind of kinds) {
      const job = await startJob(tx, platform.kinds, { workspaceId, createdBy: userId, kind, input: { fileId } })
      started.push(job.id)
    }
    return outcomeOf(tx, upload)
  })
  try {
    const outcome = await accepted
    for (const id of started) platform.notifier.jobChanged({ id, workspaceId })
    return outcome ?? completedOutcome(platform, upload)
  } catch (error) {
    if (error instanceof EndedBefore) return outcomeOfAnother(platform, upload)
    throw error
  }
}

/** COMPLETING → REJECTED, with the reason on the file, and the removal of what is stored. */
export async function rejectUpload(platform: Platform, upload: UploadRow, { code, message }: Rejection): Promise<void> {
  await platform.database.db.transaction(async (tx) => {
    if (!(await moveUpload(tx, upload.id, 'reject'))) return
    await markFileRejected(tx, upload.fileId, { code, sentence: message })
    await queueChore(tx, 'objects:delete', { objectKeys: [upload.file.objectKey], multipart: upload.storeUploadId })
  })
}
