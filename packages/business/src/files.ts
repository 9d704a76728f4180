import { AppError, cleanFileName, cleanTags } from '@bellhop/model'
import type { FileDetail, FileId, FileRecord } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import { requireRight } from './caller.ts'
import type { Context } from './caller.ts'
import { abandonUpload } from './uploads.ts'

const JOBS_SHOWN = 20

export async function getFile({ platform, caller }: Context, { fileId }: { fileId: FileId }): Promise<FileDetail> {
  const { db } = platform.database
  const file = await persistence.findFileRecord(db, caller.workspaceId, fileId)
  if (!file) throw new AppError('FILE_NOT_FOUND')
  const [outputs, jobs] = await Promise.all([
    persistence.listOutputs(db, fileId),
    persistence.listFileJobs(db, fileId, JOBS_SHOWN),
  ])
  return { ...file, outputs, jobs }
}

export interface UpdateFile {
  readonly fileId: FileId
  readonly name?: string | undefined
  readonly tags?: readonly string[] | undefined
}

export async function updateFile(
  { platform, caller }: Context,
  { fileId, name, tags }: UpdateFile,
): Promise<FileRecord> {
  requireRight(caller, 'upload')
  const { db } = platform.database
  const clean = name === undefined ? undefined : cleanFileName(name)
  if (clean === null) throw new AppError('FILE_NAME_INVALID')
  const change = {
    ...(clean === undefined ? {} : { name: clean }),
    ...(tags === undefined ? {} : { tags: cleanTags(tags) }),
  }
  if (Object.keys(change).length > 0) await persistence.updateFile(db, caller.workspaceId, fileId, change)
  const file = await persistence.findFileRecord(db, caller.workspaceId, fileId)
  if (!file) throw new AppError('FILE_NOT_FOUND')
  return file
}

/** The file is gone for everybody at once; its jobs are cancelled, and its objects and theirs follow. */
export async function deleteFile(ctx: Context, { fileId }: { fileId: FileId }): Promise<{ id: FileId }> {
  const { platform, caller } = ctx
  requireRight(caller, 'upload')
  const { db } = platform.database
  const uploadId = await persistence.findOpenUploadOf(db, fileId)
  const upload = uploadId && (await persistence.findUpload(db, caller.workspaceId, uploadId))
  if (upload) await abandonUpload(platform, upload)
  const stopped = await db.transaction(async (tx) => {
    const file = await persistence.markFileDeleted(tx, caller.workspaceId, fileId)
    if (!file) return null
    const outputKeys = await persistence.listOutputKeys(tx, fileId)
    await persistence.queueChore(tx, 'objects:delete', { objectKeys: [file.objectKey, ...outputKeys], multipart: null })
    return persistence.cancelJobsOfFile(tx, caller.workspaceId, fileId)
  })
  if (!stopped && !upload) throw new AppError('FILE_NOT_FOUND')
  for (const job of stopped ?? []) platform.notifier.jobChanged(job)
  return { id: fileId }
}
