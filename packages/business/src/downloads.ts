import { AppError, LIMITS, OCTET_STREAM, isId, isInlineSafe, keyLifeMs } from '@bellhop/model'
import type {
  Download,
  FileId,
  KeyLife,
  OutputId,
  Page,
  Preview,
  ValetKeyPurpose,
  ValetKeyRecord,
} from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import * as contentDisposition from 'content-disposition'
import { z } from 'zod'
import { requireRight } from './caller.ts'
import type { Context } from './caller.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'

/** Preview keys of one such stretch have the same URL, so that a browser finds them in its cache. */
const PREVIEW_STABLE_MS = 10 * 60_000

export interface StartDownload {
  readonly id: FileId | OutputId
  readonly disposition?: 'attachment' | 'inline' | undefined
}

/** A key to read one object, under its own name. What a browser might run is never shown inline. */
export async function startDownload(
  ctx: Context,
  { id, disposition = 'attachment' }: StartDownload,
): Promise<Download> {
  const { platform, caller } = ctx
  requireRight(caller, 'read')
  const [object] = await findDownloadables(ctx, [id])
  if (!object) throw new AppError(isId('file', id) ? 'FILE_NOT_FOUND' : 'OUTPUT_NOT_FOUND')
  const lifeMs = readLifeMs(platform.settings.keyLife, object.sizeBytes)
  const keyId = await platform.database.db.transaction(async (tx) => {
    if (object.id === object.fileId) await persistence.countDownload(tx, object.fileId)
    const [id] = await persistence.recordValetKeys(tx, [ledgerLine(ctx, object, 'download', lifeMs)])
    return id!
  })
  const inline = disposition === 'inline' && isInlineSafe(object.mediaType)
  const request = await platform.store.signGet({
    objectKey: object.objectKey,
    expiresInMs: lifeMs,
    mediaType: inline ? object.mediaType : OCTET_STREAM,
    contentDisposition: contentDisposition.create(object.name, { type: inline ? 'inline' : 'attachment' }),
  })
  return { ...described(object), keyId, url: request.url, expiresInMs: request.expiresInMs }
}

/** Keys to show images in a page; ids that cannot be shown inline are left out. */
export async function previewDownloads(
  ctx: Context,
  { ids }: { ids: readonly (FileId | OutputId)[] },
): Promise<Preview[]> {
  const { platform, caller } = ctx
  requireRight(caller, 'read')
  const objects = (await findDownloadables(ctx, ids)).filter((object) => isInlineSafe(object.mediaType))
  const { db } = platform.database
  const lifeMs = readLifeMs(platform.settings.keyLife, 0)
  // The same URL is one key, however often it is asked for.
  const known = await persistence.findLivePreviewKeys(db, caller.workspaceId, {
    userId: caller.userId,
    fileIds: objects.map((object) => object.fileId),
    marginMs: lifeMs,
  })
  const fresh = objects.filter((object) => !known.has(object.objectKey))
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

export interface ListValetKeys {
  readonly fileId?: FileId | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

/** The ledger of keys, the newest first. */
export async function listValetKeys(
  { platform, caller }: Context,
  input: ListValetKeys,
): Promise<Page<ValetKeyRecord>> {
  const before = decodeCursor(z.string(), input.cursor)
  const found = await persistence.listValetKeys(platform.database.db, caller.workspaceId, {
    fileId: input.fileId,
    before,
    limit: input.limit + 1,
  })
  const items = found.slice(0, input.limit)
  return { items, nextCursor: found.length > input.limit ? encodeCursor(items.at(-1)?.id) : null }
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
