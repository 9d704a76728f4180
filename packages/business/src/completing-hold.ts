import type { UploadId } from '@bellhop/model'
import { renewCompleting } from '@bellhop/persistence'
import type { CompletingLease } from '@bellhop/persistence'
import type { Platform } from './platform.ts'

/** Four times within the lease, after which others may take the upload over. */
const RENEW_EVERY_MS = 1_500

/**
 * Keeps an upload that is COMPLETING in these hands, however long the store or the reading takes; fires its signal when
 * it was taken out of them.
 */
export class CompletingHold {
  readonly #platform: Platform
  readonly #uploadId: UploadId
  readonly #lost = new AbortController()
  readonly #timer: NodeJS.Timeout
  #lease: CompletingLease | undefined
  #renewing: Promise<void> = Promise.resolve()

  constructor(platform: Platform, uploadId: UploadId, lease: CompletingLease) {
    this.#platform = platform
    this.#uploadId = uploadId
    this.#lease = lease
    this.#timer = setInterval(() => {
      this.#renewing = this.#renew()
    }, RENEW_EVERY_MS)
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** Renews no longer. Resolves to what proves that it is still held; undefined when it is not. */
  async end(): Promise<CompletingLease | undefined> {
    clearInterval(this.#timer)
    await this.#renewing
    return this.#lease
  }

  async #renew(): Promise<void> {
    if (this.#lease === undefined) return
    try {
      this.#lease = await renewCompleting(this.#platform.database.db, this.#uploadId, this.#lease)
      if (this.#lease === undefined) this.#lost.abort()
    } catch (cause) {
      this.#platform.log.warn('The lease of an upload could not be renewed; the next time will.', cause)
    }
  }
}
