import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError, LIMITS } from '@bellhop/model'
import type { ObjectStore, PromisedPart, StoredPart, UploadRow } from '@bellhop/persistence'
import type { Platform } from './platform.ts'
import { Rejection } from './rejection.ts'

const MISSING_NAMED = 64
/** A store that still puts the parts together knows neither the upload nor the object for a moment. */
const LOOK_AGAIN_AFTER_MS = [200, 800]
const SHA256_OF_NOTHING = createHash('sha256').digest('hex')

/** What the store has, with its first bytes. */
export interface StoredUpload extends InspectedObject {
  /** As the store keeps it, where the upload began with checksums of this kind and it has kept one. */
  readonly sha256: string | null
}

type InspectedObject = NonNullable<Awaited<ReturnType<ObjectStore['inspect']>>>

/**
 * Has the store put the parts together, unless it did so before, and gives what is there then. Whatever the store answers
 * or does not answer, the object decides: it carries the upload's token.
 * @throws AppError UPLOAD_INCOMPLETE, STORE_UNAVAILABLE
 */
export async function assembleUpload(
  { store }: Pick<Platform, 'store'>,
  upload: UploadRow,
  promised: readonly PromisedPart[],
  etags: readonly string[] = [],
): Promise<StoredUpload> {
  const { storeUploadId, file } = upload
  if (storeUploadId === null) return wholeObject(store, upload)
  if (etags.length === upload.partCount && upload.binding === 'store-sha256') {
    const told = toldParts(promised, etags)
    const object = told && (await assembledAsTold(store, file.objectKey, storeUploadId, told))
    if (object) return object
  }
  const stored = await store.listParts(file.objectKey, storeUploadId)
  const parts = stored && arrivedParts(upload, promised, stored)
  return assembled(store, upload, storeUploadId, parts)
}

/**
 * Without asking which parts are there: the store compares each with the tag and the SHA-256 that it is told, and who tells
 * a wrong one only makes it refuse. Null: it did, or did not answer; then what is there is looked at.
 */
async function assembledAsTold(
  store: ObjectStore,
  objectKey: string,
  storeUploadId: string,
  parts: readonly StoredPart[],
): Promise<StoredUpload | null> {
  const completed = await store.completeMultipart(objectKey, storeUploadId, parts).catch(() => null)
  if (!completed) return null
  const [object, sha256] = await Promise.all([
    store.inspect(objectKey, LIMITS.sniffBytes),
    completed.sha256 ?? store.sha256Of(objectKey),
  ])
  return object && { ...object, sha256 }
}

/** Null: one of them was never promised, so it cannot be there. */
function toldParts(promised: readonly PromisedPart[], etags: readonly string[]): StoredPart[] | null {
  if (promised.length !== etags.length || promised.some(({ sha256 }) => sha256 === null)) return null
  return promised.map((part) => ({ ...part, etag: etags[part.number - 1] ?? '' }))
}

/** The store is asked for both at once. */
async function inspectUpload(store: ObjectStore, { binding, file }: UploadRow): Promise<StoredUpload | null> {
  const [object, sha256] = await Promise.all([
    store.inspect(file.objectKey, LIMITS.sniffBytes),
    binding === 'store-sha256' ? store.sha256Of(file.objectKey) : null,
  ])
  return object && { ...object, sha256 }
}

async function wholeObject(store: ObjectStore, upload: UploadRow): Promise<StoredUpload> {
  const { objectKey, mediaType, sizeBytes } = upload.file
  const object = await inspectUpload(store, upload)
  if (object) return object
  if (sizeBytes > 0 || (upload.sha256 ?? SHA256_OF_NOTHING) !== SHA256_OF_NOTHING) throw incomplete([1])
  // There is nothing to send, so nobody needs to send it: a stream that ended at once is such a file.
  await store.putEmpty(objectKey, mediaType, upload.id)
  const empty = await inspectUpload(store, upload)
  if (!empty) throw new AppError('STORE_UNAVAILABLE')
  return empty
}

async function assembled(
  store: ObjectStore,
  upload: UploadRow,
  storeUploadId: string,
  parts: readonly StoredPart[] | null,
): Promise<StoredUpload> {
  let failure: unknown
  if (parts) {
    await store.completeMultipart(upload.file.objectKey, storeUploadId, parts).catch((cause: unknown) => {
      failure = cause
    })
  }
  const object = await inspectUpload(store, upload)
  if (object) return object
  if (failure !== undefined) throw failure
  for (const waitMs of LOOK_AGAIN_AFTER_MS) {
    await pause(waitMs)
    const late = await inspectUpload(store, upload)
    if (late) return late
  }
  throw new Rejection('UPLOAD_EXPIRED', 'The object store no longer knows this upload; start a new one.')
}

/** The stored parts, each as it was promised, all of them. @throws AppError UPLOAD_INCOMPLETE */
function arrivedParts(
  upload: UploadRow,
  promised: readonly PromisedPart[],
  stored: readonly StoredPart[],
): StoredPart[] {
  const promises = new Map(promised.map((part) => [part.number, part]))
  const found = new Map(stored.map((part) => [part.number, part]))
  const parts: StoredPart[] = []
  const missing: number[] = []
  for (let number = 1; number <= upload.partCount; number++) {
    const promise = promises.get(number)
    const part = found.get(number)
    if (promise && part && isAsPromised(part, promise)) {
      // To be named at the end only where the upload began with checksums of this kind.
      parts.push({ ...part, sha256: upload.binding === 'store-sha256' ? (promise.sha256 ?? part.sha256) : null })
    } else missing.push(number)
  }
  if (missing.length > 0) throw incomplete(missing)
  return parts
}

/** The hash counts where both sides have one. */
export function isAsPromised(part: StoredPart, promise: PromisedPart): boolean {
  if (part.sizeBytes !== promise.sizeBytes) return false
  return part.sha256 === null || promise.sha256 === null || part.sha256 === promise.sha256
}

export function incomplete(missing: readonly number[]): AppError {
  const parts = missing.length === 1 ? `part ${missing[0]} has` : `${missing.length} parts have`
  return new AppError(
    'UPLOAD_INCOMPLETE',
    `Not all of the bytes have arrived: ${parts} not. Send what is missing, then complete.`,
    { details: { missing: missing.slice(0, MISSING_NAMED), missingCount: missing.length } },
  )
}
