import { AppError, LIMITS, OCTET_STREAM, isId, isInlineSafe, keyLifeMs } from '@bellhop/model'
import type { Download, FileId, KeyLife, OutputId, Preview, ValetKeyId, ValetKeyPurpose } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import * as contentDisposition from 'content-disposition'
import { requireRight } from './caller.ts'
import type { Context } from './caller.ts'
import { spendKeys } from './key-rates.ts'

/** Preview keys of one such stretch have the same URL, so that a browser finds them in its cache. */
const PREVIEW_STABLE_MS = 10 * 60_000

export interface StartDownload {
  readonly id: FileId | OutputId
  readonly disposition?: 'attachment' | 'inline' | undefined
  /** Goes on under the line of an earlier key, whether that lives or has expired. */
  readonly renews?: ValetKeyId | undefined
}

/**
 * A key to read one object, under its own name. What a browser might run is never shown inline.
 * @throws AppError FILE_NOT_FOUND, OUTPUT_NOT_FOUND, RATE_LIMITED; VALET_KEY_NOT_FOUND, VALET_KEY_REVOKED for `renews`
 */
export async function startDownload(
  ctx: Context,
  { id, disposition = 'attachment', renews }: StartDownload,
): Promise<Download> {
  const { platform, caller } = ctx
  requireRight(caller, 'read')
  const [[object]] = await Promise.all([findDownloadables(ctx, [id]), spendKeys(ctx, 1)])
  if (!object) throw new AppError(isId('file', id) ? 'FILE_NOT_FOUND' : 'OUTPUT_NOT_FOUND')
  const lifeMs = readLifeMs(platform.settings.keyLife, object.sizeBytes)
  const keyId = await (renews === undefined
    ? beginDownload(ctx, object, lifeMs)
    : renewDownload(ctx, object, lifeMs, renews))
  const inline = disposition === 'inline' && isInlineSafe(object.mediaType)
  const request = await platform.store.signGet({
    objectKey: object.objectKey,
    expiresInMs: lifeMs,
    mediaType: inline ? object.mediaType : OCTET_STREAM,
    contentDisposition: contentDisposition.create(object.name, { type: inline ? 'inline' : 'attachment' }),
  })
  return { ...described(object), keyId, url: request.url, expiresInMs: request.expiresInMs }
}

/** Keys to show images in a page; ids that cannot be shown inline, or whose key was revoked, are left out. */
export async function previewDownloads(
  ctx: Context,
  { ids }: { ids: readonly (FileId | OutputId)[] },
): Promise<Preview[]> {
  const { platform, caller } = ctx
  requireRight(caller, 'read')
  const found = (await findDownloadables(ctx, ids)).filter((object) => isInlineSafe(object.mediaType))
  const { db } = platform.database
  const lifeMs = readLifeMs(platform.settings.keyLife, 0)
  // The same URL is one key, however often it is asked for; so one that was revoked is not given out again.
  const { live, revoked } = await persistence.findLivePreviewKeys(db, caller.workspaceId, {
    userId: caller.userId,
    fileIds: found.map((object) => object.fileId),
    marginMs: lifeMs,
  })
  const objects = found.filter((object) => !revoked.has(object.objectKey))
  const fresh = objects.filter((object) => !live.has(object.objectKey))
  await spendKeys(ctx, fresh.length)
  await persistence.recordValetKeys(
    db,
    fresh.map((object) => ledgerLine(ctx, object, 'preview', lifeMs + PREVIEW_STABLE_MS)),
  )
  return Promise.all(
    objects.map(async (object) => {
      const request = await platform.store.signGet({
        objectKey: object.objectKey,
        expiresInMs: lifeMs,
        mediaType: object.mediaType,
        contentDisposition: contentDisposition.create(object.name, { type: 'inline' }),
        stableForMs: PREVIEW_STABLE_MS,
      })
      return { ...described(object), url: request.url, expiresInMs: request.expiresInMs }
    }),
  )
}

/** A line of its own, and one download more. */
function beginDownload(ctx: Context, object: persistence.Downloadable, lifeMs: number): Promise<ValetKeyId> {
  return ctx.platform.database.db.transaction(async (tx) => {
    if (object.id === object.fileId) await persistence.countDownload(tx, object.fileId)
    const [id] = await persistence.recordValetKeys(tx, [ledgerLine(ctx, object, 'download', lifeMs)])
    return id!
  })
}

async function renewDownload(
  { platform, caller }: Context,
  { objectKey }: persistence.Downloadable,
  lifeMs: number,
  id: ValetKeyId,
): Promise<ValetKeyId> {
  const { db } = platform.database
  const { workspaceId, userId } = caller
  const line = { id, userId, objectKey, lifeMs, maxAgeMs: LIMITS.uploadLifeMs }
  if (await persistence.renewDownloadKey(db, workspaceId, line)) return id
  const found = await persistence.findValetKey(db, workspaceId, id)
  if (found?.userId === userId && found.revokedAt !== null) throw new AppError('VALET_KEY_REVOKED')
  throw new AppError(
    'VALET_KEY_NOT_FOUND',
    'There is no download of yours of this object that could go on under that key; start it anew, without `renews`.',
  )
}

function readLifeMs(life: KeyLife, sizeBytes: number): number {
  return Math.min(life.maxMs, Math.max(LIMITS.downloadKeyLifeMs, keyLifeMs(sizeBytes, life)))
}

async function findDownloadables(
  { platform, caller }: Context,
  ids: readonly (FileId | OutputId)[],
): Promise<persistence.Downloadable[]> {
  const { db } = platform.database
  const [files, outputs] = await Promise.all([
    persistence.findReadyFiles(
      db,
      caller.workspaceId,
      ids.filter((id) => isId('file', id)),
    ),
    persistence.findOutputs(
      db,
      caller.workspaceId,
      ids.filter((id) => isId('output', id)),
    ),
  ])
  return [...files, ...outputs]
}

function ledgerLine(
  { caller }: Context,
  object: persistence.Downloadable,
  purpose: ValetKeyPurpose,
  lifeMs: number,
): persistence.NewValetKey {
  return {
    workspaceId: caller.workspaceId,
    userId: caller.userId,
    apiKeyId: caller.apiKeyId,
    fromAddress: caller.address,
    fileId: object.fileId,
    objectKey: object.objectKey,
    sizeBytes: object.sizeBytes,
    purpose,
    lifeMs,
  }
}

function described({ id, name, mediaType, sizeBytes }: persistence.Downloadable) {
  return { id, name, mediaType, sizeBytes }
}
