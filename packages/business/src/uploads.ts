import {
  AppError,
  LIMITS,
  cleanFileName,
  cleanTags,
  fileTypeOf,
  keyLifeMs,
  mediaTypeOf,
  newId,
  partCount,
  partLength,
  partSizeBytes,
} from '@bellhop/model'
import type { CompletedUpload, SignedPart, UploadId, UploadPlan, UploadProgress } from '@bellhop/model'
import {
  findUpload,
  insertFile,
  insertUpload,
  markFileDeleted,
  markPartsUnbound,
  moveUpload,
  queueChore,
  recordValetKeys,
  setUploadSha256,
} from '@bellhop/persistence'
import type { Transaction, UploadRow } from '@bellhop/persistence'
import { requireRight } from './caller.ts'
import type { Context } from './caller.ts'
import { completedOutcome, settleUpload } from './upload-settlement.ts'

export interface StartUpload {
  readonly name: string
  readonly sizeBytes: number
  readonly mediaType?: string | undefined
  readonly tags?: readonly string[] | undefined
  /** Of the whole file, lower-case hex. It binds the key of a single PUT to these bytes. */
  readonly sha256?: string | undefined
  readonly startJobs?: boolean | undefined
}

/** Records the file and hands out its first key, or the plan of its parts. */
export async function startUpload(ctx: Context, input: StartUpload): Promise<UploadPlan> {
  const { platform, caller } = ctx
  requireRight(caller, 'upload')
  const name = cleanFileName(input.name)
  if (name === null) throw new AppError('FILE_NAME_INVALID')
  const { maxFileSizeBytes } = platform.settings
  if (input.sizeBytes > maxFileSizeBytes) {
    throw new AppError(
      'FILE_TOO_LARGE',
      `The file has ${input.sizeBytes} bytes and this workspace takes at most ${maxFileSizeBytes}; split it, or ask an owner to raise the limit.`,
      {
        details: { maxFileSizeBytes },
      },
    )
  }
  const mediaType = mediaTypeOf(name, input.mediaType ?? '')
  const fileId = newId('file')
  const uploadId = newId('upload')
  // Nothing that a client sent is in the key.
  const objectKey = `workspaces/${caller.workspaceId}/files/${fileId}`
  const single = input.sizeBytes < LIMITS.singlePutBelowBytes
  const partSize = partSizeBytes(input.sizeBytes)
  const storeUploadId = single ? null : await platform.store.createMultipart(objectKey, mediaType, uploadId)
  const file = {
    name,
    mediaType,
    sizeBytes: input.sizeBytes,
    objectKey,
    startJobs: input.startJobs ?? true,
  }
  const upload = await platform.database.db.transaction(async (tx) => {
    await insertFile(tx, {
      ...file,
      id: fileId,
      workspaceId: caller.workspaceId,
      ownerId: caller.userId,
      type: fileTypeOf(mediaType),
      tags: cleanTags(input.tags ?? []),
    })
    const row = await insertUpload(tx, {
      id: uploadId,
      workspaceId: caller.workspaceId,
      fileId,
      userId: caller.userId,
      mode: single ? 'single' : 'multipart',
      partSizeBytes: partSize,
      partCount: single ? 1 : partCount(input.sizeBytes, partSize),
      storeUploadId,
      sha256: single ? (input.sha256 ?? null) : null,
      expiresAt: new Date(Date.now() + LIMITS.uploadLifeMs),
    })
    await recordFirstKey(tx, ctx, { ...row, file })
    return { ...row, file }
  })
  return planOf(ctx, upload)
}

/** A fresh key for a single PUT, or the plan again. The bytes may have changed their hash, not their size. */
export async function renewUpload(
  ctx: Context,
  input: { uploadId: UploadId; sha256?: string | undefined },
): Promise<UploadPlan> {
  requireRight(ctx.caller, 'upload')
  const upload = { ...(await openUpload(ctx, input.uploadId)), sha256: input.sha256 ?? null }
  await ctx.platform.database.db.transaction(async (tx) => {
    if (upload.mode === 'single') await setUploadSha256(tx, upload.id, upload.sha256)
    await recordFirstKey(tx, ctx, upload)
  })
  return planOf(ctx, upload)
}

export interface SignParts {
  readonly uploadId: UploadId
  readonly parts: readonly { readonly number: number; readonly sha256?: string | undefined }[]
}

/** Keys for parts, just in time: each for one part, its length, its type, and its bytes where they were hashed. */
export async function signParts(ctx: Context, { uploadId, parts }: SignParts): Promise<SignedPart[]> {
  const { platform, caller } = ctx
  requireRight(caller, 'upload')
  const upload = await openUpload(ctx, uploadId)
  const { storeUploadId, file } = upload
  const outside = parts.find((part) => part.number < 1 || part.number > upload.partCount)
  if (storeUploadId === null || outside) {
    throw new AppError(
      'PART_OUT_OF_RANGE',
      `This upload has ${storeUploadId === null ? 'no parts: it is one PUT' : `parts 1 to ${upload.partCount}`}; ask for a key of those.`,
    )
  }
  const { db } = platform.database
  if (upload.partsBound && parts.some((part) => part.sha256 === undefined)) await markPartsUnbound(db, uploadId)
  const lifeMs = keyLifeMs(upload.partSizeBytes, platform.settings.keyFloorBytesPerSecond)
  const lengths = parts.map((part) => partLength(part.number, file.sizeBytes, upload.partSizeBytes))
  await recordValetKeys(db, [
    {
      ...ledgerLine(ctx, upload),
      purpose: 'upload-part',
      firstPart: Math.min(...parts.map((part) => part.number)),
      keyCount: parts.length,
      sizeBytes: lengths.reduce((sum, length) => sum + length, 0),
      lifeMs,
    },
  ])
  return parts.map(({ number, sha256 }, index) => {
    const sizeBytes = lengths[index] ?? 0
    const target = { storeUploadId, partNumber: number }
    const request = platform.store.signPut({
      objectKey: file.objectKey,
      mediaType: file.mediaType,
      sizeBytes,
      sha256,
      expiresInMs: lifeMs,
      target,
    })
    return { number, sizeBytes, request }
  })
}

/**
 * Lets the store put the parts together, verifies what is there, makes the file READY and starts its jobs. Idempotent:
 * twice, or after a lost answer, it gives the same outcome.
 */
export async function completeUpload(ctx: Context, { uploadId }: { uploadId: UploadId }): Promise<CompletedUpload> {
  requireRight(ctx.caller, 'upload')
  const upload = await findUploadOf(ctx, uploadId)
  if (upload.status === 'COMPLETED') return completedOutcome(ctx.platform, upload)
  return settleUpload(ctx.platform, upload)
}

/** Gives the upload up: no further keys, and what has arrived is removed. Twice is once. */
export async function abortUpload(ctx: Context, { uploadId }: { uploadId: UploadId }): Promise<{ status: 'ABORTED' }> {
  requireRight(ctx.caller, 'upload')
  const upload = await findUploadOf(ctx, uploadId)
  if (upload.status === 'ABORTED') return { status: 'ABORTED' }
  const aborted = await abandonUpload(ctx.platform, upload)
  if (aborted) return { status: 'ABORTED' }
  const now = await findUploadOf(ctx, uploadId)
  if (now.status === 'ABORTED') return { status: 'ABORTED' }
  throw new AppError(
    now.status === 'COMPLETING' ? 'UPLOAD_BUSY' : 'UPLOAD_NOT_OPEN',
    now.status === 'COMPLETED'
      ? 'This upload is complete, so there is nothing to abort; delete the file instead.'
      : undefined,
  )
}

/** OPEN → ABORTED with the file, and the removal of what has arrived or may still arrive under a living key. */
export async function abandonUpload(
  platform: Pick<Context['platform'], 'database' | 'settings'>,
  upload: UploadRow,
): Promise<boolean> {
  const remains = { objectKeys: [upload.file.objectKey], multipart: upload.storeUploadId }
  const longestKeyMs = keyLifeMs(upload.partSizeBytes, platform.settings.keyFloorBytesPerSecond)
  return platform.database.db.transaction(async (tx) => {
    if (!(await moveUpload(tx, upload.id, 'abort'))) return false
    await markFileDeleted(tx, upload.workspaceId, upload.fileId)
    await queueChore(tx, 'objects:delete', remains)
    // A part whose key was still alive may have landed after the first removal.
    await queueChore(tx, 'objects:delete', remains, { delayMs: longestKeyMs })
    return true
  })
}

export async function getUpload(ctx: Context, { uploadId }: { uploadId: UploadId }): Promise<UploadProgress> {
  requireRight(ctx.caller, 'upload')
  const upload = await findUploadOf(ctx, uploadId)
  const parts =
    upload.status === 'OPEN' && upload.storeUploadId
      ? await ctx.platform.store.listParts(upload.file.objectKey, upload.storeUploadId)
      : []
  const whole = (parts ?? []).filter(
    (part) => part.sizeBytes === partLength(part.number, upload.file.sizeBytes, upload.partSizeBytes),
  )
  return {
    uploadId: upload.id,
    fileId: upload.fileId,
    status: upload.status,
    name: upload.file.name,
    sizeBytes: upload.file.sizeBytes,
    mediaType: upload.file.mediaType,
    mode: upload.mode,
    partSizeBytes: upload.partSizeBytes,
    partCount: upload.partCount,
    arrived: whole.map(({ number, sizeBytes }) => ({ number, sizeBytes })),
  }
}

/** How the bytes go up; the key of a single PUT must stand in the ledger already. */
function planOf({ platform }: Context, upload: UploadRow): UploadPlan {
  const { id: uploadId, fileId, partSizeBytes: partSize, partCount: parts } = upload
  const { sizeBytes, mediaType, objectKey } = upload.file
  const base = { uploadId, fileId, sizeBytes, mediaType }
  if (upload.mode === 'multipart') return { ...base, mode: 'multipart', partSizeBytes: partSize, partCount: parts }
  const put = platform.store.signPut({
    objectKey,
    mediaType,
    sizeBytes,
    sha256: upload.sha256 ?? undefined,
    expiresInMs: keyLifeMs(sizeBytes, platform.settings.keyFloorBytesPerSecond),
    target: { uploadToken: uploadId },
  })
  return { ...base, mode: 'single', put }
}

/** A single PUT has its one key from the start; parts have theirs signed as they are needed. */
async function recordFirstKey(tx: Transaction, ctx: Context, upload: UploadRow): Promise<void> {
  if (upload.mode === 'multipart') return
  const { sizeBytes } = upload.file
  const lifeMs = keyLifeMs(sizeBytes, ctx.platform.settings.keyFloorBytesPerSecond)
  await recordValetKeys(tx, [{ ...ledgerLine(ctx, upload), purpose: 'upload', sizeBytes, lifeMs }])
}

function ledgerLine({ caller }: Context, upload: UploadRow) {
  return {
    workspaceId: caller.workspaceId,
    userId: caller.userId,
    apiKeyId: caller.apiKeyId,
    fromAddress: caller.address,
    fileId: upload.fileId,
    uploadId: upload.id,
    objectKey: upload.file.objectKey,
  }
}

async function findUploadOf({ platform, caller }: Context, id: UploadId): Promise<UploadRow> {
  const upload = await findUpload(platform.database.db, caller.workspaceId, id)
  if (!upload) throw new AppError('UPLOAD_NOT_FOUND')
  return upload
}

async function openUpload(ctx: Context, id: UploadId): Promise<UploadRow> {
  const upload = await findUploadOf(ctx, id)
  if (upload.status === 'COMPLETING') throw new AppError('UPLOAD_BUSY')
  if (upload.status !== 'OPEN')
    throw new AppError('UPLOAD_NOT_OPEN', `This upload is ${upload.status.toLowerCase()}; start a new one.`)
  if (upload.expiresAt.getTime() < Date.now()) throw new AppError('UPLOAD_EXPIRED')
  return upload
}
