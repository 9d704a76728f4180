import { AppError } from '@bellhop/model'
import type { FileDigests, FileId } from '@bellhop/model'
import { findCompletedUploadOf, listPromisedParts } from '@bellhop/persistence'
import { requireRight } from './caller.ts'
import type { Context } from './caller.ts'
import { isHashed, stretchesOf } from './upload-proof.ts'

/** The SHA-256 of a READY file's parts, for whoever downloads it to check; null when its client sent none. */
export async function getFileDigests(
  { platform, caller }: Context,
  { fileId }: { fileId: FileId },
): Promise<FileDigests | null> {
  requireRight(caller, 'read')
  const { db } = platform.database
  const upload = await findCompletedUploadOf(db, caller.workspaceId, fileId)
  if (!upload) throw new AppError('FILE_NOT_FOUND')
  const stretches = stretchesOf(upload, await listPromisedParts(db, upload.id))
  if (!isHashed(stretches)) return null
  return {
    sizeBytes: upload.file.sizeBytes,
    partSizeBytes: upload.mode === 'single' ? upload.file.sizeBytes : upload.partSizeBytes,
    sha256: Buffer.from(stretches.map(({ sha256 }) => sha256 ?? '').join(''), 'hex').toString('base64'),
  }
}
