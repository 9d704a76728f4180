import type { Preview, FileId, OutputId } from '@bellhop/model'
import { LIMITS } from '@bellhop/model'

export type PreviewId = FileId | OutputId
type Ask = (ids: PreviewId[]) => Promise<readonly Preview[]>

interface Waiting {
  readonly resolve: (download: Preview | null) => void
  readonly reject: (error: unknown) => void
}

/** Gathers what many cards ask for in one moment into one request. */
export class PreviewLoader {
  readonly #ask: Ask
  readonly #waiting = new Map<PreviewId, Waiting[]>()

  constructor(ask: Ask) {
    this.#ask = ask
  }

  /** Null when there is no preview under that id. */
  load(id: PreviewId): Promise<Preview | null> {
    if (this.#waiting.size === 0) queueMicrotask(() => this.#send())
    return new Promise((resolve, reject) => {
      const same = this.#waiting.get(id) ?? []
      same.push({ resolve, reject })
      this.#waiting.set(id, same)
    })
  }

  #send(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (let from = 0; from < waiting.length; from += LIMITS.downloadsPerRequest) {
      void this.#sendSome(new Map(waiting.slice(from, from + LIMITS.downloadsPerRequest)))
    }
  }

  async #sendSome(waiting: ReadonlyMap<PreviewId, readonly Waiting[]>): Promise<void> {
    try {
      const found = new Map((await this.#ask([...waiting.keys()])).map((download) => [download.id, download]))
      for (const [id, all] of waiting) for (const each of all) each.resolve(found.get(id) ?? null)
    } catch (error) {
      for (const all of waiting.values()) for (const each of all) each.reject(error)
    }
  }
}
