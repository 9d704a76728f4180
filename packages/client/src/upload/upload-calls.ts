import type { CompletedUpload, UploadId, UploadPlan } from '@bellhop/model'
import { TRANSFER_BACK_OFF, backOffMs, wait } from '../back-off.ts'
import { BellhopError } from '../bellhop-error.ts'
import { KeyRing } from './key-ring.ts'
import type { PartToSign, UploadPort } from './upload-port.ts'
import type { UploadWork } from './upload-work.ts'

/** Begins the upload on the server, with the first parts that are ready. */
export type BeginUpload = (parts: readonly PartToSign[]) => Promise<UploadPlan>

const ABORT_ATTEMPTS = 3
/** Of more parts the server asks the store: each tag has some forty bytes. */
const TOLD_PARTS_MAX = 1_000

/** What one upload says to the server, and the keys that it got. */
export class UploadCalls {
  readonly keys = new KeyRing()
  readonly #work: UploadWork
  readonly #port: UploadPort
  readonly #begin: BeginUpload
  #isBegun: boolean
  /** It was asked for, whether or not an answer came. */
  #mayBeBegun: boolean
  #beginning: Promise<void> | null = null
  readonly #etags = new Map<number, string>()

  constructor(work: UploadWork, port: UploadPort, begin: BeginUpload) {
    this.#work = work
    this.#port = port
    this.#begin = begin
    this.#isBegun = work.isBegun
    this.#mayBeBegun = work.isBegun
  }

  /** Null until the server knows of it. */
  get uploadId(): UploadId | null {
    return this.#isBegun ? this.#work.uploadId : null
  }

  /**
   * Sees to it that there are keys for these parts. What begins the upload is stopped by nothing: without its answer nobody
   * could tell the server.
   */
  async sign(parts: readonly PartToSign[], signal: AbortSignal): Promise<void> {
    if (!this.#isBegun) {
      this.#beginning ??= this.#start(parts)
      await this.#beginning
    }
    const keyless = parts.filter(({ number }) => !this.keys.has(number))
    if (keyless.length === 0 || signal.aborted) return
    const { uploadId } = this.#work
    if (this.#work.mode === 'multipart') {
      this.keys.keepParts(await this.#port.signParts({ uploadId, parts: keyless }, signal))
      return
    }
    const sha256 = keyless[0]?.sha256
    this.keys.keepPlan(await this.#port.renew({ uploadId, ...(sha256 ? { sha256 } : {}) }, signal))
  }

  /** A part that the store has now; its key is of no more use. */
  arrived(number: number, etag: string | null): void {
    this.keys.drop(number)
    if (etag === null) this.#etags.delete(number)
    else this.#etags.set(number, etag)
  }

  /** `streamBytes` of a stream whose length was not known. */
  complete(streamBytes: number | null, signal: AbortSignal): Promise<CompletedUpload> {
    const sizeBytes = this.#work.sizeBytes === null && streamBytes !== null ? { sizeBytes: streamBytes } : {}
    const etags = this.#allTags()
    const told = etags ? { etags } : {}
    return this.#port.complete({ uploadId: this.#work.uploadId, ...sizeBytes, ...told }, signal)
  }

  /** Null where a part arrived in another run. */
  #allTags(): string[] | null {
    const { mode, partCount } = this.#work
    if (mode === 'single' || partCount === null || partCount > TOLD_PARTS_MAX) return null
    const etags = Array.from({ length: partCount }, (_, index) => this.#etags.get(index + 1) ?? null)
    return etags.every((etag) => etag !== null) ? etags : null
  }

  /** Best effort: what cannot be aborted now, the server sweeps later. Null: it was not, or there was nothing to abort. */
  async abort(): Promise<string | null> {
    await this.#beginning?.catch(() => {})
    if (!this.#mayBeBegun) return null
    const { uploadId } = this.#work
    for (let attempt = 1; attempt <= ABORT_ATTEMPTS; attempt += 1) {
      try {
        return (await this.#port.abort({ uploadId })).status
      } catch (error) {
        if (!(error instanceof BellhopError) || !error.retryable) return null
        if (attempt < ABORT_ATTEMPTS) await wait(backOffMs(TRANSFER_BACK_OFF, attempt, Math.random()))
      }
    }
    return null
  }

  async #start(parts: readonly PartToSign[]): Promise<void> {
    try {
      this.#mayBeBegun = true
      const plan = await this.#begin(parts)
      this.#isBegun = true
      const { mode, partSizeBytes } = this.#work
      if (plan.mode !== mode || (plan.mode === 'multipart' && plan.partSizeBytes !== partSizeBytes)) {
        throw new BellhopError('INTERNAL', 'This SDK cuts files otherwise than the server does; use the same version.')
      }
      this.keys.keepPlan(plan)
    } finally {
      this.#beginning = null
    }
  }
}
