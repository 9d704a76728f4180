import type { UploadId, WorkspaceId } from '@bellhop/model'
import { AppError } from '@bellhop/model'
import { beginReread, findUpload, handOverToReader, listPromisedParts } from '@bellhop/persistence'
import type { UploadRow } from '@bellhop/persistence'
import { CompletingHold } from './completing-hold.ts'
import type { Platform } from './platform.ts'
import { Rejection } from './rejection.ts'
import { readAgain } from './stored-bytes.ts'
import { assembleUpload } from './upload-assembly.ts'
import { proveUpload, stretchesOf } from './upload-proof.ts'
import { acceptUpload, queueReread, rejectUpload } from './upload-settlement.ts'

/** When somebody else reads: a look whether they are still alive. */
const LOOK_AGAIN_AFTER_MS = 15_000
const DAMAGED_NAMED = 20

/**
 * Reads what is stored of an upload that waits for it, and takes it to its outcome. Another reader that was killed is
 * taken over from; one that is alive is left alone. When the signal fires, the upload is handed on.
 */
export async function rereadUpload(
  platform: Platform,
  { uploadId, workspaceId }: { uploadId: UploadId; workspaceId: WorkspaceId },
  signal: AbortSignal,
): Promise<void> {
  const { db } = platform.database
  const upload = await findUpload(db, workspaceId, uploadId)
  if (upload?.status !== 'COMPLETING') return
  const first = await beginReread(db, uploadId)
  if (first === undefined) return queueReread(db, upload, { delayMs: LOOK_AGAIN_AFTER_MS })
  const hold = new CompletingHold(platform, uploadId, first)
  try {
    await proveByReading(platform, upload, AbortSignal.any([signal, hold.lost]))
  } catch (error) {
    if (error instanceof Rejection) return await rejectUpload(platform, upload, error)
    const lease = await hold.end()
    // Lost: whoever has it now brings it to its end.
    if (lease === undefined || !(await handOverToReader(db, uploadId, lease))) return
    // The queue would hold what fails while its worker stops.
    if (signal.aborted) return await queueReread(db, upload)
    throw error
  } finally {
    await hold.end()
  }
}

async function proveByReading(platform: Platform, upload: UploadRow, signal: AbortSignal): Promise<void> {
  const promised = await listPromisedParts(platform.database.db, upload.id)
  const object = await assembleUpload(platform, upload, promised)
  const { integrity, ...found } = await proveUpload(platform, upload, promised, object)
  if (integrity === null) {
    const stored = await readAgain(platform.store, upload.file.objectKey, stretchesOf(upload, promised), { signal })
    if (!stored) throw new AppError('STORE_UNAVAILABLE')
    if (stored.damagedParts.length > 0) throw damaged(upload, stored.damagedParts)
  }
  await acceptUpload(platform, upload, { ...found, integrity: integrity ?? 'reread' })
}

function damaged(upload: UploadRow, parts: readonly number[]): Rejection {
  const named = parts.slice(0, DAMAGED_NAMED).join(', ')
  const which =
    upload.mode === 'single' ? 'The stored bytes are' : parts.length === 1 ? `Part ${named} is` : `Parts ${named} are`
  return new Rejection('CHECKSUM_MISMATCH', `${which} not what was sent; upload the file again.`, {
    damagedParts: parts.slice(0, DAMAGED_NAMED),
  })
}
