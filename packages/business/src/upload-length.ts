import { AppError, partCount, partLength } from '@bellhop/model'
import { findUpload, listPromisedParts, queueChore, setUploadLength } from '@bellhop/persistence'
import type { PromisedPart, UploadRow } from '@bellhop/persistence'
import type { Platform } from './platform.ts'
import { incomplete } from './upload-assembly.ts'

/**
 * Takes the length of a stream that has ended, and gives the upload as it is from then on: like any other. It must be
 * what the promised parts come to, all but the last of them full. Told again, it must be the same.
 * @throws AppError INVALID_INPUT, SIZE_MISMATCH, UPLOAD_INCOMPLETE
 */
export async function takeLength(
  platform: Pick<Platform, 'database'>,
  upload: UploadRow,
  sizeBytes: number | undefined,
): Promise<UploadRow> {
  if (upload.sizeKnown) return agreed(upload, sizeBytes)
  if (sizeBytes === undefined) {
    throw new AppError('INVALID_INPUT', 'The length of this upload is not known yet; tell `sizeBytes` to complete it.')
  }
  const { db } = platform.database
  const promised = await listPromisedParts(db, upload.id)
  refuseOtherLength(upload, promised, sizeBytes)
  await db.transaction(async (tx) => {
    const parts = { sizeBytes, partCount: partCount(sizeBytes, upload.partSizeBytes) }
    if (!(await setUploadLength(tx, upload, parts)) || sizeBytes > 0) return
    // Parts of nothing cannot be put together; the object will be a single one.
    const multipart = { objectKey: upload.file.objectKey, storeUploadId: upload.storeUploadId }
    await queueChore(tx, 'multipart:abort', multipart)
  })
  const now = await findUpload(db, upload.workspaceId, upload.id)
  if (!now) throw new AppError('UPLOAD_NOT_FOUND')
  return now.sizeKnown ? agreed(now, sizeBytes) : now
}

function agreed(upload: UploadRow, sizeBytes: number | undefined): UploadRow {
  if (sizeBytes === undefined || sizeBytes === upload.file.sizeBytes) return upload
  throw otherLength(`This upload has ${upload.file.sizeBytes} bytes, as was told before, not ${sizeBytes}.`)
}

function refuseOtherLength(upload: UploadRow, promised: readonly PromisedPart[], sizeBytes: number): void {
  const count = sizeBytes === 0 ? 0 : partCount(sizeBytes, upload.partSizeBytes)
  const sizes = new Map(promised.map((part) => [part.number, part.sizeBytes]))
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  const missing = numbers.filter((number) => !sizes.has(number))
  if (missing.length > 0) throw incomplete(missing)
  const wrong = numbers.filter((number) => sizes.get(number) !== partLength(number, sizeBytes, upload.partSizeBytes))
  if (wrong.length === 0 && promised.length === count) return
  const sum = promised.reduce((total, part) => total + part.sizeBytes, 0)
  throw otherLength(
    `The parts of this upload come to ${sum} bytes, each but the last of full size, not to ${sizeBytes}.`,
  )
}

function otherLength(found: string): AppError {
  return new AppError('SIZE_MISMATCH', `${found} Complete it with its true length, or start a new upload.`)
}
