import { createHash } from 'node:crypto'
import { AppError, fileTypeOf } from '@bellhop/model'
import type { FileType, Integrity } from '@bellhop/model'
import type { PromisedPart, UploadRow } from '@bellhop/persistence'
import { checkedMediaType } from './media-check.ts'
import type { Platform } from './platform.ts'
import { refuseFoundType } from './quotas.ts'
import { Rejection } from './rejection.ts'
import type { StoredUpload } from './upload-assembly.ts'

export interface Verified {
  readonly mediaType: string
  readonly type: FileType
  readonly integrity: Integrity
  readonly sha256: string | null
  readonly sizeBytes: number
}

/** Null: whether the bytes are the client's is known only when they have been read again. */
type Proof = Omit<Verified, 'integrity'> & { readonly integrity: Integrity | null }

/** Holds what is stored against what was announced. @throws Rejection */
export async function proveUpload(
  platform: Pick<Platform, 'database'>,
  upload: UploadRow,
  promised: readonly PromisedPart[],
  object: StoredUpload,
): Promise<Proof> {
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
  const mediaType = await checkedMediaType(announced, object.start).catch(asRejection)
  if (mediaType !== announced) {
    await refuseFoundType(platform.database.db, upload.workspaceId, mediaType).catch(asRejection)
  }
  const integrity = integrityOf(upload, promised, object.sha256)
  return { mediaType, type: fileTypeOf(mediaType), integrity, sha256: upload.sha256, sizeBytes }
}

function asRejection(error: unknown): never {
  throw error instanceof AppError && !error.retryable ? new Rejection(error.code, error.message) : error
}

function integrityOf(upload: UploadRow, promised: readonly PromisedPart[], found: string | null): Integrity | null {
  const stretches = stretchesOf(upload, promised)
  if (!isHashed(stretches)) return 'size'
  if (upload.binding === 'store-sha256') {
    const expected = storeSha256(upload, stretches)
    if (found === expected) return 'store-sha256'
    // Of another kind than was asked for: it says nothing about ours.
    if (found !== null && kindOf(found) === kindOf(expected)) {
      throw new Rejection(
        'CHECKSUM_MISMATCH',
        'The SHA-256 that the object store keeps is not that of the bytes that were sent; upload the file again.',
      )
    }
  }
  // The store refused every other byte, for the hash was in the signature of each key.
  if (upload.binding !== 'none' && upload.partsBound) return upload.mode === 'single' ? 'sha256' : 'sha256-parts'
  return upload.file.sizeBytes === 0 ? 'size' : null
}

/** Whether the file becomes READY only when a worker has read it again. */
export function awaitsReread(upload: UploadRow, promised: readonly PromisedPart[]): boolean {
  return isHashed(stretchesOf(upload, promised)) && (upload.binding === 'none' || !upload.partsBound)
}

/** What lies one behind the other in an upload's object, each with its hash: its parts, or the whole of a single PUT. */
export function stretchesOf(upload: UploadRow, promised: readonly PromisedPart[]): readonly PromisedPart[] {
  if (upload.mode === 'multipart') return promised.slice(0, upload.partCount)
  return [{ number: 1, sizeBytes: upload.file.sizeBytes, sha256: upload.sha256 }]
}

/** Whether the client has sent a hash for every byte. */
export function isHashed(stretches: readonly PromisedPart[]): boolean {
  return stretches.length > 0 && stretches.every((stretch) => stretch.sha256 !== null)
}

/** As the store writes it: of a single PUT the SHA-256, of parts that of their hashes with their number behind it. */
function storeSha256({ mode }: UploadRow, stretches: readonly PromisedPart[]): string {
  const hashes = Buffer.from(stretches.map(({ sha256 }) => sha256 ?? '').join(''), 'hex')
  if (mode === 'single') return hashes.toString('base64')
  return `${createHash('sha256').update(hashes).digest('base64')}-${stretches.length}`
}

function kindOf(sha256: string): string {
  return sha256.split('-')[1] ?? 'whole'
}
