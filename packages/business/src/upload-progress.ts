import { LIMITS } from '@bellhop/model'
import type { OpenUpload, UploadId, UploadProgress } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import { listPromisedParts } from '@bellhop/persistence'
import type { PromisedPart, UploadRow } from '@bellhop/persistence'
import { requireRight } from './caller.ts'
import type { Context } from './caller.ts'
import { isAsPromised } from './upload-assembly.ts'
import { findUploadOf } from './uploads.ts'

export async function getUpload(ctx: Context, { uploadId }: { uploadId: UploadId }): Promise<UploadProgress> {
  requireRight(ctx.caller, 'upload')
  const upload = await findUploadOf(ctx, uploadId)
  const { file, sizeKnown } = upload
  return {
    uploadId: upload.id,
    fileId: upload.fileId,
    status: upload.status,
    name: file.name,
    sizeBytes: sizeKnown ? file.sizeBytes : null,
    mediaType: file.mediaType,
    mode: upload.mode,
    partSizeBytes: upload.partSizeBytes,
    partCount: sizeKnown ? upload.partCount : null,
    fingerprint: upload.fingerprint,
    expiresAt: upload.expiresAt.toISOString(),
    arrived: upload.status === 'OPEN' ? await arrivedParts(ctx, upload) : [],
  }
}

/** What the store has of an upload, as far as it is what was promised. */
async function arrivedParts({ platform }: Context, upload: UploadRow): Promise<PromisedPart[]> {
  if (upload.storeUploadId === null) return []
  const [stored, promised] = await Promise.all([
    platform.store.listParts(upload.file.objectKey, upload.storeUploadId),
    listPromisedParts(platform.database.db, upload.id),
  ])
  const found = new Map(stored?.map((part) => [part.number, part]))
  return promised.filter((promise) => {
    const part = found.get(promise.number)
    return part !== undefined && isAsPromised(part, promise)
  })
}

/** What the caller can go on with, from whichever machine has the file; the newest first, at most 100. */
export async function listOpenUploads({ platform, caller }: Context): Promise<OpenUpload[]> {
  requireRight(caller, 'upload')
  return persistence.listOpenUploads(platform.database.db, caller.workspaceId, {
    userId: caller.userId,
    limit: LIMITS.openUploadsListed,
  })
}
