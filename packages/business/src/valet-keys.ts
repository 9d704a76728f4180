import { AppError, roleMay } from '@bellhop/model'
import type { FileId, Page, UploadId, UserId, ValetKeyId, ValetKeyRecord } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import { z } from 'zod'
import { requireRight } from './caller.ts'
import type { Caller, Context } from './caller.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { abandonUpload } from './uploads.ts'

/** An upload of 10,000 parts has 157 lines when no key is asked for twice. */
const REVOKED_SHOWN = 200

export interface ListValetKeys {
  readonly fileId?: FileId | undefined
  readonly uploadId?: UploadId | undefined
  readonly userId?: UserId | undefined
  /** In the name of the file or of the person. */
  readonly text?: string | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

/**
 * The ledger of keys, the newest first: all of the workspace for its owners, their own for everybody else. A page that
 * was looked through for a text may be short, or empty, and not the last.
 */
export async function listValetKeys(
  { platform, caller }: Context,
  { cursor, userId, ...filter }: ListValetKeys,
): Promise<Page<ValetKeyRecord>> {
  requireRight(caller, 'read')
  if (!seesAll(caller) && userId !== undefined && userId !== caller.userId) return { items: [], nextCursor: null }
  const { items, next } = await persistence.listValetKeys(platform.database.db, caller.workspaceId, {
    ...filter,
    userId: seesAll(caller) ? userId : caller.userId,
    before: decodeCursor(z.string(), cursor),
  })
  return { items, nextCursor: next === null ? null : encodeCursor(next) }
}

/**
 * Ends what a line stands for. Of an upload: it is aborted, so no part follows and what has arrived is removed, and all of
 * its lines are marked. Of a download or a preview: no key follows. A key that was handed out opens until it expires, for
 * a store knows of no revocation. Twice is once. Returns the lines as they are now, the newest 200 of them.
 * @throws AppError VALET_KEY_NOT_FOUND; UPLOAD_BUSY while the upload is being completed
 */
export async function revokeValetKey(ctx: Context, { id }: { id: ValetKeyId }): Promise<ValetKeyRecord[]> {
  const { platform, caller } = ctx
  requireRight(caller, 'read')
  const { db } = platform.database
  const line = await persistence.findValetKey(db, caller.workspaceId, id)
  if (!line || (line.userId !== caller.userId && !seesAll(caller))) throw new AppError('VALET_KEY_NOT_FOUND')
  if (line.uploadId !== null) await endUpload(ctx, line.uploadId)
  const lines = line.uploadId === null ? { id } : { uploadId: line.uploadId }
  await persistence.markValetKeysRevoked(db, caller.workspaceId, lines, caller.userId)
  return persistence.listValetKeysOf(db, caller.workspaceId, lines, REVOKED_SHOWN)
}

/** One that has ended already stays as it ended. */
async function endUpload({ platform, caller }: Context, id: UploadId): Promise<void> {
  const find = () => persistence.findUpload(platform.database.db, caller.workspaceId, id)
  const upload = await find()
  if (!upload || (await abandonUpload(platform, upload))) return
  if ((await find())?.status === 'COMPLETING') {
    throw new AppError('UPLOAD_BUSY', 'This upload is being completed right now; revoke its keys in a moment.')
  }
}

function seesAll({ role }: Caller): boolean {
  return roleMay(role, 'administer')
}
