import { AppError, keyLifeMs, partLength } from '@bellhop/model'
import type { SignedPart, SignedRequest } from '@bellhop/model'
import { markPartsUnbound, promisePartKeys, recordValetKeys } from '@bellhop/persistence'
import type { Executor, PromisedPart, Transaction, UploadRow } from '@bellhop/persistence'
import type { Context } from './caller.ts'
import { reserveStream } from './quotas.ts'

export interface PartToSign {
  readonly number: number
  readonly sha256?: string | undefined
  /** Told only where the length of the whole is not known. */
  readonly sizeBytes?: number | undefined
}

/** The key of a single PUT. It stands in the ledger before it is handed out. */
export async function issueWholeKey(tx: Executor, ctx: Context, upload: UploadRow): Promise<SignedRequest> {
  const { platform } = ctx
  const { sizeBytes, mediaType, objectKey } = upload.file
  const lifeMs = keyLifeMs(sizeBytes, platform.settings.keyLife)
  await recordValetKeys(tx, [{ ...ledgerLine(ctx, upload), purpose: 'upload', sizeBytes, lifeMs }])
  return platform.store.signPut({
    objectKey,
    mediaType,
    sizeBytes,
    sha256: upload.sha256 ?? undefined,
    binding: upload.binding,
    expiresInMs: lifeMs,
    target: { uploadToken: upload.id },
  })
}

/**
 * Keys for parts, just in time: each for one part, its length, its type, and its bytes where they were hashed. The first
 * key for a part commits the upload to its bytes. `tx`: of which it shall be a part.
 */
export async function issuePartKeys(
  ctx: Context,
  upload: UploadRow,
  asked: readonly PartToSign[],
  tx?: Transaction,
): Promise<SignedPart[]> {
  const { platform } = ctx
  const { storeUploadId, file } = upload
  const parts = asked.map((part) => promised(upload, part))
  if (upload.binding === 'store-sha256' && parts.some((part) => part.sha256 === null)) {
    throw new AppError('INVALID_INPUT', 'This upload began with hashes, so every part of it needs its SHA-256.')
  }
  const lifeMs = keyLifeMs(upload.partSizeBytes, platform.settings.keyLife)
  const isBound = parts.every((part) => part.sha256 !== null)
  const promise = async (executor: Executor) => {
    const { changed, addedBytes } = await promisePartKeys(executor, upload.id, parts, {
      ...ledgerLine(ctx, upload),
      lifeMs,
    })
    if (changed.length === 0) return addedBytes
    throw new AppError(
      'PART_CHANGED',
      `Part ${changed[0]} of this upload was promised with other bytes, so the file has changed since it began; start a new upload.`,
      { details: { changed } },
    )
  }
  const promiseMore = async (transaction: Transaction) => {
    const addedBytes = await promise(transaction)
    if (upload.partsBound && !isBound) await markPartsUnbound(transaction, upload.id)
    if (!upload.sizeKnown && addedBytes > 0) await reserveStream(transaction, platform, upload, addedBytes)
  }
  // What most uploads ask for needs no more than the one statement.
  if (upload.sizeKnown && isBound) await promise(tx ?? platform.database.db)
  else if (tx) await promiseMore(tx)
  else await platform.database.db.transaction(promiseMore)
  return parts.map(({ number, sizeBytes, sha256 }) => ({
    number,
    sizeBytes,
    request: platform.store.signPut({
      objectKey: file.objectKey,
      mediaType: file.mediaType,
      sizeBytes,
      sha256: sha256 ?? undefined,
      binding: upload.binding,
      expiresInMs: lifeMs,
      target: { storeUploadId: storeUploadId ?? '', partNumber: number },
    }),
  }))
}

/** What is asked for, checked against the plan. */
function promised(upload: UploadRow, { number, sizeBytes, ...asked }: PartToSign): PromisedPart {
  const sha256 = asked.sha256 ?? null
  const { partSizeBytes, partCount, storeUploadId, sizeKnown } = upload
  if (storeUploadId === null || number < 1 || number > partCount) {
    throw new AppError(
      'PART_OUT_OF_RANGE',
      `This upload has ${storeUploadId === null ? 'no parts: it is one PUT' : `parts 1 to ${partCount}`}; ask for a key of those.`,
    )
  }
  if (sizeKnown) return { number, sha256, sizeBytes: partLength(number, upload.file.sizeBytes, partSizeBytes) }
  if (sizeBytes === undefined || sizeBytes < 1 || sizeBytes > partSizeBytes) {
    throw new AppError(
      'PART_OUT_OF_RANGE',
      `The length of this upload is not known yet, so each part tells its own: 1 to ${partSizeBytes} bytes.`,
    )
  }
  return { number, sha256, sizeBytes }
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
