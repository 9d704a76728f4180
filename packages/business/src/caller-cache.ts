import { createHash } from 'node:crypto'
import type { Caller } from './caller.ts'

/**
 * How long a caller is taken for who it was. Where a key is revoked is said to all servers at once; one that does not
 * hear it lets the key in for so long still.
 */
const KNOWN_FOR_MS = 5_000
const REMEMBERED = 10_000

/** An object and not a function, for every feed is one: thousands of functions would hold as many contexts. */
export interface ClearedListener {
  callersCleared(): void
}

/**
 * Callers that were proved a moment ago, so that the many calls of one upload do not each look them up. Keyed by a hash
 * of what they showed: no credential is kept.
 */
export class CallerCache {
  readonly #known = new Map<string, { readonly caller: Omit<Caller, 'address'>; readonly until: number }>()
  readonly #listeners = new Set<ClearedListener>()
  #clearings = 0

  async get(
    shown: readonly (string | null)[],
    prove: () => Promise<Omit<Caller, 'address'>>,
  ): Promise<Omit<Caller, 'address'>> {
    const key = createHash('sha256').update(JSON.stringify(shown)).digest('base64')
    const known = this.#known.get(key)
    if (known && known.until > performance.now()) return known.caller
    const clearing = this.#clearings
    const caller = await prove()
    // Proved before something was taken away: good for this call, and for no later one.
    if (clearing !== this.#clearings) return caller
    this.#known.delete(key)
    this.#known.set(key, { caller, until: performance.now() + KNOWN_FOR_MS })
    if (this.#known.size > REMEMBERED) {
      const [oldest] = this.#known.keys()
      if (oldest !== undefined) this.#known.delete(oldest)
    }
    return caller
  }

  /** After a key was revoked or a session ended, here or elsewhere. */
  clear(): void {
    this.#clearings++
    this.#known.clear()
    for (const listener of this.#listeners) listener.callersCleared()
  }

  /** Tells of each clearing, until `offCleared`. */
  onCleared(listener: ClearedListener): void {
    this.#listeners.add(listener)
  }

  offCleared(listener: ClearedListener): void {
    this.#listeners.delete(listener)
  }
}
