import { AppError, LIMITS, fileTypeOf, jobKindsFor, partLength } from '@bellhop/model'
import type { CompletedUpload, ErrorCode, FileType, Integrity, JobId } from '@bellhop/model'
import {
  beginComplete,
  findFileRecord,
  findUpload,
  listFileJobs,
  markFileReady,
  markFileRejected,
  markUploadKeysUsed,
  moveUpload,
  queueChore,
} from '@bellhop/persistence'
import type { ObjectStore, UploadRow } from '@bellhop/persistence'
import { checkedMediaType } from './media-check.ts'
import { startJob } from './job-submission.ts'
import type { Platform } from './platform.ts'

const MISSING_NAMED = 64
const OUTCOME_JOBS = 20

/**
 * Takes an upload from OPEN (or from a COMPLETING that a dead server left) to its one outcome: COMPLETED with a READY
 * file, REJECTED with the reason, or OPEN again when bytes are missing or the store is away. Every step may be done
 * twice: what the store has is asked, and settled by the upload's token in the object's metadata, never guessed.
 */
export async function settleUpload(platform: Platform, upload: UploadRow): Promise<CompletedUpload> {
  if (!(await beginComplete(platform.database.db, upload.id))) return outcomeOfAnother(platform, upload)
  try {
    const object = await assemble(platform, upload)
    const found = await verify(upload, object)
    return await accept(platform, upload, found)
  } catch (error) {
    if (error instanceof Rejection) {
      await reject(platform, upload, error)
      throw new AppError(error.code, error.message)
    }
    await moveUpload(platform.database.db, upload.id, 'reopen').catch((cause: unknown) => {
      platform.log.warn('An upload stays COMPLETING until it is taken over.', cause)
    })
    throw error
  }
}

export async function completedOutcome(platform: Platform, upload: UploadRow): Promise<CompletedUpload> {
  const { db } = platform.database
  const file = await findFileRecord(db, upload.workspaceId, upload.fileId)
  if (!file) throw new AppError('FILE_NOT_FOUND', 'The upload was completed, and its file has been deleted since.')
  return { file, jobs: await listFileJobs(db, upload.fileId, OUTCOME_JOBS) }
}

/** The bytes arrived and are not what was announced. Final: another try needs another upload. */
class Rejection extends Error {
  readonly code: ErrorCode
  constructor(code: ErrorCode, sentence: string) {
    super(sentence)
    this.code = code
  }
}

async function outcomeOfAnother(platform: Platform, { workspaceId, id }: UploadRow): Promise<CompletedUpload> {
  const upload = await findUpload(platform.database.db, workspaceId, id)
  if (!upload) throw new AppError('UPLOAD_NOT_FOUND')
  switch (upload.status) {
    case 'COMPLETED':
      return completedOutcome(platform, upload)
    case 'OPEN':
    case 'COMPLETING':
      throw new AppError('UPLOAD_BUSY')
    case 'ABORTED':
      throw new AppError('UPLOAD_NOT_OPEN', 'This upload was aborted; start a new one.')
    case 'REJECTED': {
      const file = await findFileRecord(platform.database.db, workspaceId, upload.fileId)
      throw new AppError((file?.error?.code as ErrorCode | undefined) ?? 'UPLOAD_NOT_OPEN', file?.error?.sentence)
    }
  }
}

/** Has the store put the parts together, unless it did so before. */
async function assemble({ store }: Platform, upload: UploadRow): Promise<InspectedObject> {
  const { objectKey, sizeBytes } = upload.file
  if (upload.storeUploadId !== null) {
    const parts = await store.listParts(objectKey, upload.storeUploadId)
    if (parts) {
      const whole = parts.filter((part) => part.sizeBytes === partLength(part.number, sizeBytes, upload.partSizeBytes))
      const arrived = new Set(whole.map((part) => part.number))
      const missing = Array.from({ length: upload.partCount }, (_, index) => index + 1).filter(
        (number) => !arrived.has(number),
      )
      if (missing.length > 0) throw incomplete(missing)
      await store.completeMultipart(objectKey, upload.storeUploadId, whole)
    }
  }
  const object = await store.inspect(objectKey, LIMITS.sniffBytes)
  if (object) return object
  if (upload.storeUploadId === null) throw incomplete([1])
  throw new Rejection('UPLOAD_EXPIRED', 'The object store no longer knows this upload; start a new one.')
}

/** What the store has, with its first bytes. */
type InspectedObject = NonNullable<Awaited<ReturnType<ObjectStore['inspect']>>>

interface Verified {
  readonly mediaType: string
  readonly type: FileType
  readonly integrity: Integrity
  readonly sha256: string | null
  readonly sizeBytes: number
}

async function verify(upload: UploadRow, object: InspectedObject): Promise<Verified> {
  const { sizeBytes, mediaType: announced } = upload.file
  if (object.uploadToken !== upload.id) {
    throw new Rejection('CHECKSUM_MISMATCH', 'The stored object was not made by this upload; start a new one.')
  }
  if (object.sizeBytes !== sizeBytes) {
    throw new Rejection(
      'SIZE_MISMATCH',
      `The file was announced with ${sizeBytes} bytes and ${object.sizeBytes} arrived; upload it again.`,
    )
  }
  const mediaType = await checkedMediaType(announced, object.start).catch((error: unknown) => {
    throw error instanceof AppError ? new Rejection(error.code, error.message) : error
  })
  const bound = upload.mode === 'single' ? upload.sha256 !== null : upload.partsBound
  return {
    mediaType,
    type: fileTypeOf(mediaType),
    // The store refused every other byte, for the hash was in the signature of each key.
    integrity: bound ? (upload.mode === 'single' ? 'sha256' : 'sha256-parts') : 'size',
    sha256: upload.sha256,
    sizeBytes,
  }
}

async function accept(platform: Platform, upload: UploadRow, found: Verified): Promise<CompletedUpload> {
  const { workspaceId, fileId, userId } = upload
  const started: JobId[] = []
  const won = await platform.database.db.transaction(async (tx) => {
    if (!(await moveUpload(tx, upload.id, 'complete'))) return false
    await markUploadKeysUsed(tx, upload.id)
    if (!(await markFileReady(tx, fileId, found))) {
      // Deleted while its upload was being completed.
      await queueChore(tx, 'objects:delete', { objectKeys: [upload.file.objectKey], multipart: null })
      return true
    }
    for (const kind of upload.file.startJobs ? jobKindsFor(found.mediaType) : []) {
      const job = await startJob(tx, { workspaceId, createdBy: userId, kind, input: { fileId } })
      started.push(job.id)
    }
    return true
  })
  if (!won) return outcomeOfAnother(platform, upload)
  for (const id of started) platform.notifier.jobChanged({ id, workspaceId })
  return completedOutcome(platform, upload)
}

async function reject(platform: Platform, upload: UploadRow, { code, message }: Rejection): Promise<void> {
  await platform.database.db.transaction(async (tx) => {
    if (!(await moveUpload(tx, upload.id, 'reject'))) return
    await markFileRejected(tx, upload.fileId, { code, sentence: message })
    await queueChore(tx, 'objects:delete', { objectKeys: [upload.file.objectKey], multipart: upload.storeUploadId })
  })
}

function incomplete(missing: readonly number[]): AppError {
  const parts = missing.length === 1 ? `part ${missing[0]} has` : `${missing.length} parts have`
  return new AppError(
    'UPLOAD_INCOMPLETE',
    `Not all of the bytes have arrived: ${parts} not. Send what is missing, then complete.`,
    {
      details: { missing: missing.slice(0, MISSING_NAMED), missingCount: missing.length },
    },
  )
}
