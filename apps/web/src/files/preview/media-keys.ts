import type { Download, FileId, OutputId, ValetKeyId } from '@bellhop/model'

export type MediaId = FileId | OutputId
interface Ask {
  readonly id: MediaId
  readonly renews?: ValetKeyId
}

interface Key {
  readonly id: ValetKeyId
  readonly url: string
  /** By `performance.now()`. */
  readonly renewAtMs: number
}

const RENEW_BEFORE_MS = 30_000
/** What a store says of a key that has expired, or that it never gave. */
const REFUSED = 403

/** Keys to what one player reads, a line of the ledger each; renewed before they die, and once when one is refused. */
export class MediaKeys {
  readonly #start: (ask: Ask) => Promise<Download>
  readonly #keys = new Map<MediaId, Promise<Key>>()

  constructor(start: (ask: Ask) => Promise<Download>) {
    this.#start = start
  }

  /** The store's answer, whatever its status. Rejects as `fetch` does, and when no key is given. */
  async fetch(id: MediaId, init: RequestInit): Promise<Response> {
    const key = await this.#key(id)
    const answer = await fetch(key.url, init)
    if (answer.status !== REFUSED) return answer
    await answer.body?.cancel()
    const { url } = await this.#renewed(id, key)
    return fetch(url, init)
  }

  async text(id: MediaId, signal: AbortSignal): Promise<string> {
    const answer = await this.fetch(id, { signal })
    if (!answer.ok) throw new Error(`The store answered ${answer.status} to what should be played.`)
    return answer.text()
  }

  async address(id: MediaId): Promise<string> {
    return (await this.#key(id)).url
  }

  async #key(id: MediaId): Promise<Key> {
    const key = await (this.#keys.get(id) ?? this.#keep(id, { id }))
    return performance.now() < key.renewAtMs ? key : this.#renewed(id, key)
  }

  /** Several requests may find out at once: the first of them renews. */
  async #renewed(id: MediaId, old: Key): Promise<Key> {
    const newest = await this.#keys.get(id)
    return newest === undefined || newest === old ? this.#keep(id, { id, renews: old.id }) : newest
  }

  #keep(id: MediaId, ask: Ask): Promise<Key> {
    const key = this.#start(ask).then(({ keyId, url, expiresInMs }) => ({
      id: keyId,
      url,
      renewAtMs: performance.now() + expiresInMs - RENEW_BEFORE_MS,
    }))
    this.#keys.set(id, key)
    // Asked for again by the next who needs it.
    key.catch(() => this.#keys.delete(id))
    return key
  }
}
