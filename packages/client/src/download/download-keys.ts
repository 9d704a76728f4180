import type { Download } from '@bellhop/model'
import { BellhopError } from '../bellhop-error.ts'

/** A key for the bytes; with the key before, one that goes on under its line of the ledger. */
export type IssueKey = (renews?: Download) => Promise<Download>

/** Keys that one download may use up without a byte between. */
const RENEWALS = 5
/** A key is replaced that long before it expires, so that it does not expire on its way. */
const MARGIN_MS = 10_000

/** The one key that all requests of a download share. */
export class DownloadKeys {
  readonly #issue: IssueKey
  #current: Download
  #deadlineMs: number
  #renewing: Promise<Download> | undefined
  #refusals = 0

  constructor(first: Download, issue: IssueKey) {
    this.#issue = issue
    this.#current = first
    this.#deadlineMs = deadlineOf(first)
  }

  /** One that has not expired. Throws STORE_REFUSED when the store has turned too many away. */
  take(): Promise<Download> {
    if (this.#refusals > RENEWALS) {
      return Promise.reject(new BellhopError('STORE_REFUSED', 'The store refuses the keys of this download.'))
    }
    return performance.now() < this.#deadlineMs ? Promise.resolve(this.#current) : this.renew()
  }

  /** Several that ask at once get the same. */
  renew(): Promise<Download> {
    this.#renewing ??= this.#issue(this.#current)
      .then((key) => {
        this.#current = key
        this.#deadlineMs = deadlineOf(key)
        return key
      })
      .finally(() => {
        this.#renewing = undefined
      })
    return this.#renewing
  }

  refused(key: Download): void {
    if (key !== this.#current) return
    this.#refusals += 1
    this.#deadlineMs = Number.NEGATIVE_INFINITY
  }

  worked(): void {
    this.#refusals = 0
  }
}

function deadlineOf({ expiresInMs }: Download): number {
  return performance.now() + expiresInMs - Math.min(MARGIN_MS, expiresInMs / 10)
}
