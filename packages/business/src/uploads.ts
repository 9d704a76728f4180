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
  partSizeBytes,
} from '@bellhop/model'
import type { CompletedUpload, SignedPart, UploadId, UploadPlan } from '@bellhop/model'
import {
  findUpload,
  insertFile,
  insertUpload,
  markFileDeleted,
  moveUpload,
  queueChore,
  setUploadSha256,
} from '@bellhop/persistence'
import type { Transaction, UploadRow } from '@bellhop/persistence'
import { requireRight } from './caller.ts'
import type { Context } from './caller.ts'
import { keyBinding } from './key-binding.ts'
import { spendKeys } from './key-rates.ts'
import { quotaOf, refuseTooLarge, refuseWithoutRoom, reserveRoom } from './quotas.ts'
import { issuePartKeys, issueWholeKey } from './upload-keys.ts'
import type { PartToSign } from './upload-keys.ts'
import { takeLength } from './upload-length.ts'
import { completedOutcome, settleUpload } from './upload-settlement.ts'

export interface StartUpload {
  /** Chosen by the client, so that a start whose answer was lost may be sent again: it gives the same upload. */
  readonly uploadId?: UploadId | undefined
  readonly name: string
  /** Null: a stream whose length is told when it has ended. */
  readonly sizeBytes: number | null
  /** Of the parts, where the file is cut; whole MiB. Larger ones cost a browser less. */
  readonly minPartSizeBytes?: number | undefined
  readonly mediaType?: string | undefined
  readonly tags?: readonly string[] | undefined
  /** Of the whole file, lower-case hex. It binds the key of a single PUT to these bytes. */
  readonly sha256?: string | undefined
  /** The first parts, so that their keys come with the plan. */
  readonly parts?: readonly PartToSign[] | undefined
  /** Of the source, opaque to us: given back to whoever goes on with the upload. */
  readonly fingerprint?: string | undefined
  readonly startJobs?: boolean | undefined
}

/**
 * Records the file and hands out its first keys. Sent again with the same id, it answers the plan of the upload that was
 * begun then.
 */
export async function startUpload(ctx: Context, input: StartUpload): Promise<UploadPlan> {
  const { platform, caller } = ctx
  requireRight(caller, 'upload')
  const name = cleanFileName(input.name)
  if (name === null) throw new AppError('FILE_NAME_INVALID')
  refuseTooLarge(input.sizeBytes ?? 0, platform.settings.maxFileSizeBytes)
  const mediaType = mediaTypeOf(name, input.mediaType ?? '')
  const fileId = newId('file')
  const uploadId = input.uploadId ?? newId('upload')
  // Nothing that a client sent is in the key.
  const objectKey = `workspaces/${caller.workspaceId}/files/${fileId}`
  const cut = cutOf(input.sizeBytes, input.minPartSizeBytes)
  // A store that is to keep checksums takes no part without one: a client that does not hash begins without.
  const isHashed = input.sha256 !== undefined || (input.parts ?? []).some((part) => part.sha256 !== undefined)
  const isCut = cut.mode === 'multipart'
  const { db } = platform.database
  const room = { bytes: input.sizeBytes ?? 0, files: 1, fileBytes: input.sizeBytes ?? 0, mediaType } as const
  const [binding, before, quota] = await Promise.all([
    keyBinding(platform, { isHashed }),
    isCut && input.uploadId ? findUpload(db, caller.workspaceId, input.uploadId) : undefined,
    isCut ? quotaOf(db, caller.workspaceId) : undefined,
    spendKeys(ctx, Math.max(1, input.parts?.length ?? 0)),
  ])
  // What was begun before holds its room already, and has its multipart upload in the store.
  if (before) return planAgain(ctx, uploadId, { ...input, name })
  // Before the store is asked to do anything. It reserves nothing.
  if (quota) refuseWithoutRoom(quota, room)
  const storeUploadId =
    cut.mode === 'single' ? null : await platform.store.createMultipart(objectKey, mediaType, uploadId, binding)
  const file = { name, mediaType, sizeBytes: input.sizeBytes ?? 0, objectKey, startJobs: input.startJobs ?? true }
  const started = platform.database.db.transaction(async (tx) => {
    const filed = insertFile(tx, {
      ...file,
      id: fileId,
      workspaceId: caller.workspaceId,
      ownerId: caller.userId,
      type: fileTypeOf(mediaType),
      tags: cleanTags(input.tags ?? []),
    })
    const begun = insertUpload(tx, {
      ...cut,
      id: uploadId,
      workspaceId: caller.workspaceId,
      fileId,
      userId: caller.userId,
      storeUploadId,
      binding,
      partsBound: cut.mode === 'multipart' || input.sha256 !== undefined,
      sha256: cut.mode === 'single' ? (input.sha256 ?? null) : null,
      fingerprint: input.fingerprint ?? null,
      expiresAt: new Date(Date.now() + LIMITS.uploadLifeMs),
    })
    // Sent one behind the other without waiting for answers; they are done in that order.
    const [row] = await Promise.all([begun, filed])
    if (!row) throw new BegunBefore()
    const [plan] = await Promise.all([
      planOf(tx, ctx, { ...row, file }, input.parts ?? []),
      reserveRoom(tx, caller.workspaceId, room),
    ])
    return plan
  })
  return started.catch(async (error: unknown) => {
    // What cannot be removed now is found by the sweep.
    if (storeUploadId !== null) await platform.store.abortMultipart(objectKey, storeUploadId).catch(() => {})
    if (error instanceof BegunBefore) return planAgain(ctx, uploadId, { ...input, name })
    throw error
  })
}

class BegunBefore extends Error {}

/** The answer to a start that was sent before, if it is the same. */
async function planAgain(ctx: Context, uploadId: UploadId, input: StartUpload): Promise<UploadPlan> {
  const upload = await findUpload(ctx.platform.database.db, ctx.caller.workspaceId, uploadId)
  const isSame =
    upload?.userId === ctx.caller.userId &&
    upload.file.name === input.name &&
    (upload.sizeKnown ? upload.file.sizeBytes : null) === input.sizeBytes
  if (!isSame) {
    throw new AppError('IDEMPOTENCY_CONFLICT', 'This upload id was used for another upload; use a new one.')
  }
  refuseEnded(upload)
  return ctx.platform.database.db.transaction(async (tx) =>
    planOf(tx, ctx, await withHash(tx, upload, input.sha256), input.parts ?? []),
  )
}

/** A fresh key for a single PUT, or the plan again. The bytes may be hashed now that were not before, not changed. */
export async function renewUpload(
  ctx: Context,
  { uploadId, sha256 }: { uploadId: UploadId; sha256?: string | undefined },
): Promise<UploadPlan> {
  requireRight(ctx.caller, 'upload')
  const [upload] = await Promise.all([openUpload(ctx, uploadId), spendKeys(ctx, 1)])
  return ctx.platform.database.db.transaction(async (tx) => planOf(tx, ctx, await withHash(tx, upload, sha256), []))
}

/** Commits a single PUT to its bytes, as far as they are told. */
async function withHash(tx: Transaction, upload: UploadRow, sha256: string | undefined): Promise<UploadRow> {
  if (upload.mode === 'multipart' || sha256 === undefined) return upload
  if (await setUploadSha256(tx, upload.id, sha256)) return { ...upload, sha256 }
  throw new AppError(
    'PART_CHANGED',
    'This upload was promised with other bytes, so the file has changed since it began; start a new upload.',
  )
}

export interface SignParts {
  readonly uploadId: UploadId
  readonly parts: readonly PartToSign[]
}

/** @throws AppError PART_OUT_OF_RANGE, PART_CHANGED, or that the upload is not open */
export async function signParts(ctx: Context, { uploadId, parts }: SignParts): Promise<SignedPart[]> {
  requireRight(ctx.caller, 'upload')
  const [upload] = await Promise.all([openUpload(ctx, uploadId), spendKeys(ctx, parts.length)])
  return issuePartKeys(ctx, upload, parts)
}

export interface CompleteUpload {
  readonly uploadId: UploadId
  /** Needed where the length was not known when it began; else what was said then. */
  readonly sizeBytes?: number | null | undefined
  /** Of all parts in their order, as the store answered them. They spare it a question; nothing is believed for them. */
  readonly etags?: readonly string[] | undefined
}

/**
 * Lets the store put the parts together, verifies what is there, makes the file READY and starts its jobs. Idempotent:
 * twice, or after a lost answer, it gives the same outcome. Where the store vouches for no bytes, it answers UPLOAD_BUSY
 * with `verifying` in the details until a worker has read them again.
 */
export async function completeUpload(
  ctx: Context,
  { uploadId, sizeBytes, etags }: CompleteUpload,
): Promise<CompletedUpload> {
  requireRight(ctx.caller, 'upload')
  const upload = await takeLength(ctx.platform, await findUploadOf(ctx, uploadId), sizeBytes ?? undefined)
  if (upload.status === 'COMPLETED') return completedOutcome(ctx.platform, upload)
  return settleUpload(ctx.platform, upload, etags)
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
  const keyBytes = upload.mode === 'single' ? upload.file.sizeBytes : upload.partSizeBytes
  const longestKeyMs = keyLifeMs(keyBytes, platform.settings.keyLife)
  return platform.database.db.transaction(async (tx) => {
    if (!(await moveUpload(tx, upload.id, 'abort'))) return false
    await markFileDeleted(tx, upload.workspaceId, upload.fileId)
    await queueChore(tx, 'objects:delete', remains)
    // A part whose key was still alive may have landed after the first removal.
    await queueChore(tx, 'objects:delete', remains, { delayMs: longestKeyMs })
    return true
  })
}

/** How a file is cut: one size for all parts but the last, since some stores demand it. */
function cutOf(
  sizeBytes: number | null,
  atLeast: number | undefined,
): Pick<UploadRow, 'mode' | 'partSizeBytes' | 'partCount' | 'sizeKnown'> {
  if (sizeBytes === null) {
    const { unknownSizePartBytes, maxPartCount } = LIMITS
    return { mode: 'multipart', partSizeBytes: unknownSizePartBytes, partCount: maxPartCount, sizeKnown: false }
  }
  const partSize = partSizeBytes(sizeBytes, atLeast)
  return sizeBytes < LIMITS.singlePutBelowBytes
    ? { mode: 'single', partSizeBytes: partSize, partCount: 1, sizeKnown: true }
    : { mode: 'multipart', partSizeBytes: partSize, partCount: partCount(sizeBytes, partSize), sizeKnown: true }
}

/** How the bytes go up, with the first keys. */
async function planOf(
  tx: Transaction,
  ctx: Context,
  upload: UploadRow,
  parts: readonly PartToSign[],
): Promise<UploadPlan> {
  const { id: uploadId, fileId, partSizeBytes: partSize, sizeKnown } = upload
  const { sizeBytes, mediaType } = upload.file
  if (upload.mode === 'single') {
    return { uploadId, fileId, mediaType, mode: 'single', sizeBytes, put: await issueWholeKey(tx, ctx, upload) }
  }
  return {
    uploadId,
    fileId,
    mediaType,
    mode: 'multipart',
    sizeBytes: sizeKnown ? sizeBytes : null,
    partSizeBytes: partSize,
    partCount: sizeKnown ? upload.partCount : null,
    signed: parts.length === 0 ? [] : await issuePartKeys(ctx, upload, parts, tx),
  }
}

export async function findUploadOf({ platform, caller }: Context, id: UploadId): Promise<UploadRow> {
  const upload = await findUpload(platform.database.db, caller.workspaceId, id)
  if (!upload) throw new AppError('UPLOAD_NOT_FOUND')
  return upload
}

async function openUpload(ctx: Context, id: UploadId): Promise<UploadRow> {
  const upload = await findUploadOf(ctx, id)
  refuseEnded(upload)
  return upload
}

function refuseEnded(upload: UploadRow): void {
  if (upload.status === 'COMPLETING') throw new AppError('UPLOAD_BUSY')
  if (upload.status !== 'OPEN')
    throw new AppError('UPLOAD_NOT_OPEN', `This upload is ${upload.status.toLowerCase()}; start a new one.`)
  if (upload.expiresAt.getTime() < Date.now()) throw new AppError('UPLOAD_EXPIRED')
}
