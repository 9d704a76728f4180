import { appendFileSync, renameSync, rmSync } from 'node:fs'

/** At this size the log becomes `<path>.old`, and the `.old` before it is gone. */
const MAX_BYTES = 5 * 1024 * 1024

/** What Postgres and the object store have to say, for whoever looks for a fault later. */
export class BoundedLog {
  readonly #path: string
  #bytes = 0

  /** Begins anew. */
  constructor(path: string) {
    this.#path = path
    rmSync(path, { force: true })
  }

  readonly line = (text: string): void => {
    if (this.#bytes > MAX_BYTES) {
      renameSync(this.#path, `${this.#path}.old`)
      this.#bytes = 0
    }
    appendFileSync(this.#path, `${text}\n`, { mode: 0o600 })
    this.#bytes += Buffer.byteLength(text) + 1
  }
}
