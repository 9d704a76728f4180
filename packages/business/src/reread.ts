import type { UploadId, WorkspaceId } from '@bellhop/model'
import { AppError } from '@bellhop/model'
import { beginReread, findUpload, handOverToReader, listPromisedParts, renewCompleting } from '@bellhop/persistence'
import type { CompletingLease, UploadRow } from '@bellhop/persistence'
import type { Platform } from './platform.ts'
import { Rejection } from './rejection.ts'
import { readAgain } from './stored-bytes.ts'
import { assembleUpload } from './upload-assembly.ts'
import { proveUpload, stretchesOf } from './upload-proof.ts'
import { acceptUpload, queueReread, rejectUpload } from './upload-settlement.ts'

/** Well within the lease, which others may take over after 60 s. */
const RENEW_EVERY_MS = 10_000
/** When somebody else reads: a look whether they are still alive. */
const LOOK_AGAIN_AFTER_MS = 30_000
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
  const lease = new KeptLease(platform, upload, first, signal)
  try {
    await proveByReading(platform, upload, lease.signal)
  } catch (error) {
    if (error instanceof Rejection) return await rejectUpload(platform, upload, error)
    // Lost: whoever has it now brings it to its end.
    if (!(await lease.giveBack())) return
    // The queue would hold what fails while its worker stops.
    if (signal.aborted) return await queueReread(db, upload)
    throw error
  } finally {
    await lease[Symbol.asyncDispose]()
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

/** Keeps an upload in this worker's hands while it reads; fires its signal when it is no longer there. */
class KeptLease implements AsyncDisposable {
  readonly #platform: Platform
  readonly #upload: UploadRow
  readonly #lost = new AbortController()
  readonly #timer: NodeJS.Timeout
  #lease: CompletingLease | undefined
  #renewing: Promise<void> = Promise.resolve()
  readonly signal: AbortSignal

  constructor(platform: Platform, upload: UploadRow, lease: CompletingLease, signal: AbortSignal) {
    this.#platform = platform
    this.#upload = upload
    this.#lease = lease
    this.signal = AbortSignal.any([signal, this.#lost.signal])
    this.#timer = setInterval(() => {
      this.#renewing = this.#renew()
    }, RENEW_EVERY_MS)
  }

  async #renew(): Promise<void> {
    if (this.#lease === undefined) return
    try {
      this.#lease = await renewCompleting(this.#platform.database.db, this.#upload.id, this.#lease)
      if (this.#lease === undefined) this.#lost.abort()
    } catch (cause) {
      this.#platform.log.warn('The lease of an upload could not be renewed; the next time will.', cause)
    }
  }

  /** Lets another reader take it at once. False: another has it already. */
  async giveBack(): Promise<boolean> {
    await this[Symbol.asyncDispose]()
    const lease = this.#lease
    return lease !== undefined && handOverToReader(this.#platform.database.db, this.#upload.id, lease)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await this.#renewing
  }
}
