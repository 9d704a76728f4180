/**
 * Latest value per key for one slow reader: however much changes, it holds one value a key, and at most `capacity` keys.
 * Past that it forgets them all and remembers that it did; its reader then has to look for itself.
 */
export class Mailbox<K, V> {
  readonly #values = new Map<K, V>()
  readonly #capacity: number
  #overflowed = false
  #wake: (() => void) | undefined

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  put(key: K, value: V): void {
    if (this.#overflowed) return
    if (this.#values.size >= this.#capacity && !this.#values.has(key)) {
      this.#values.clear()
      this.#overflowed = true
    } else {
      this.#values.set(key, value)
    }
    this.#wake?.()
  }

  /** Makes the reader look for itself. */
  overflow(): void {
    this.#values.clear()
    this.#overflowed = true
    this.#wake?.()
  }

  /** Waits until there is something. 'overflowed': look for yourself. Null: the signal was aborted. */
  async take(signal: AbortSignal): Promise<V[] | 'overflowed' | null> {
    while (this.#values.size === 0 && !this.#overflowed) {
      if (signal.aborted) return null
      const { promise, resolve } = Promise.withResolvers<void>()
      const wake = () => resolve()
      this.#wake = wake
      signal.addEventListener('abort', wake, { once: true })
      await promise
      signal.removeEventListener('abort', wake)
      this.#wake = undefined
    }
    if (signal.aborted) return null
    if (this.#overflowed) {
      this.#overflowed = false
      return 'overflowed'
    }
    const taken = [...this.#values.values()]
    this.#values.clear()
    return taken
  }
}
