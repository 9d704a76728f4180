import { AppError, canonicalMediaType, takesMediaType } from '@bellhop/model'
import type { Quota, QuotaState, WorkspaceId } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import type { AskedRoom, Executor, Transaction, UploadRow } from '@bellhop/persistence'
import { byteSize } from './byte-size.ts'
import { requireRight } from './caller.ts'
import type { Context } from './caller.ts'
import type { Platform } from './platform.ts'

/** How often the guard is asked again when what it refused for was gone a moment later. */
const GUARD_TRIES = 3

export async function getQuota({ platform, caller }: Context): Promise<QuotaState> {
  requireRight(caller, 'read')
  return quotaOf(platform.database.db, caller.workspaceId)
}

/** Bounds below what the workspace holds are allowed: they refuse new uploads and take nothing away. */
export async function setQuota({ platform, caller }: Context, { quota }: { quota: Quota }): Promise<QuotaState> {
  requireRight(caller, 'administer')
  const mediaTypes = quota.mediaTypes && [...new Set(quota.mediaTypes.map(canonicalMediaType))]
  const state = await persistence.setQuota(platform.database.db, caller.workspaceId, { ...quota, mediaTypes })
  if (!state) throw new AppError('WORKSPACE_NOT_FOUND')
  return state
}

/**
 * Takes room for a file that begins to arrive, or refuses. The last step of its transaction: the workspace's row stays
 * locked until the commit.
 * @throws AppError QUOTA_EXCEEDED, FILE_TOO_LARGE, FILE_TYPE_REFUSED
 */
export async function reserveRoom(tx: Transaction, workspaceId: WorkspaceId, asked: AskedRoom): Promise<void> {
  for (let tries = 0; tries < GUARD_TRIES; tries++) {
    if (await persistence.reserveRoom(tx, workspaceId, asked)) return
    refuseWithoutRoom(await quotaOf(tx, workspaceId), asked)
  }
  throw new AppError('QUOTA_EXCEEDED')
}

/** The same for further parts of a stream, whose length nobody knows before they are promised. */
export async function reserveStream(
  tx: Transaction,
  platform: Pick<Platform, 'settings'>,
  upload: UploadRow,
  bytes: number,
): Promise<void> {
  const fileBytes = await persistence.promiseBytes(tx, upload.fileId, bytes)
  if (fileBytes === undefined) throw new AppError('UPLOAD_NOT_OPEN')
  refuseTooLarge(fileBytes, platform.settings.maxFileSizeBytes)
  // Its type was let in when it began.
  await reserveRoom(tx, upload.workspaceId, { bytes, files: 0, fileBytes, mediaType: null })
}

/** For what turned out to be of another type than was announced. @throws AppError FILE_TYPE_REFUSED */
export async function refuseFoundType(tx: Executor, workspaceId: WorkspaceId, mediaType: string): Promise<void> {
  refuseType((await quotaOf(tx, workspaceId)).quota, mediaType)
}

export function refuseTooLarge(sizeBytes: number, maxFileBytes: number): void {
  if (sizeBytes <= maxFileBytes) return
  const words = byteSize(sizeBytes) === byteSize(maxFileBytes) ? (bytes: number) => `${bytes} bytes` : byteSize
  throw new AppError(
    'FILE_TOO_LARGE',
    `The file has ${words(sizeBytes)} and this workspace takes at most ${words(maxFileBytes)}; split it, or ask an owner to raise the limit.`,
    { details: { sizeBytes, maxFileBytes } },
  )
}

/** @throws AppError when what is asked for does not fit into what the workspace has left, or may not have */
export function refuseWithoutRoom({ quota, usage }: QuotaState, asked: AskedRoom): void {
  if (asked.mediaType !== null) refuseType(quota, asked.mediaType)
  if (quota.maxFileBytes !== null) refuseTooLarge(asked.fileBytes, quota.maxFileBytes)
  const { maxBytes, maxFiles } = quota
  const { usedBytes, usedFiles, reservedBytes, reservedFiles } = usage
  if (maxBytes !== null && usedBytes + reservedBytes + asked.bytes > maxBytes) {
    throw new AppError(
      'QUOTA_EXCEEDED',
      `There is no room for ${byteSize(asked.bytes)}: ${byteSize(usedBytes)} of ${byteSize(maxBytes)} are used and ${byteSize(reservedBytes)} are on their way; delete files, wait for uploads to end, or ask an owner for more room.`,
      { details: { maxBytes, usedBytes, reservedBytes, askedBytes: asked.bytes } },
    )
  }
  if (maxFiles !== null && usedFiles + reservedFiles + asked.files > maxFiles) {
    throw new AppError(
      'QUOTA_EXCEEDED',
      `There is no room for another file: ${usedFiles} of ${maxFiles} are here and ${reservedFiles} are on their way; delete files, wait for uploads to end, or ask an owner for more room.`,
      { details: { maxFiles, usedFiles, reservedFiles, askedFiles: asked.files } },
    )
  }
}

function refuseType(quota: Quota, mediaType: string): void {
  if (takesMediaType(quota, mediaType)) return
  throw new AppError(
    'FILE_TYPE_REFUSED',
    `The file is ${mediaType}, and this workspace takes ${(quota.mediaTypes ?? []).join(', ')} only; convert it, or ask an owner to allow its type.`,
    { details: { mediaType, mediaTypes: quota.mediaTypes } },
  )
}

/** Every workspace has its row from the start. */
export async function quotaOf(tx: Executor, workspaceId: WorkspaceId): Promise<QuotaState> {
  const state = await persistence.findQuota(tx, workspaceId)
  if (!state) throw new AppError('WORKSPACE_NOT_FOUND')
  return state
}
