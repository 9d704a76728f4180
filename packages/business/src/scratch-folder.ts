import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'

/** A folder of one attempt's own, made when it is first asked for: most kinds that take milliseconds need none. */
export class ScratchFolder implements AsyncDisposable {
  readonly #path: string
  #isMade = false

  constructor(path: string) {
    this.#path = path
  }

  get path(): string {
    if (!this.#isMade) mkdirSync(this.#path, { recursive: true })
    this.#isMade = true
    return this.#path
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isMade) await rm(this.#path, { recursive: true, force: true, maxRetries: 3 })
  }
}
