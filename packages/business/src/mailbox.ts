/** Takes a value at once. False: it cannot now, and the value goes to the reader as all others do. */
export type Shortcut<V> = (value: V) => boolean

type Found<V> = V[] | 'overflowed' | null

/**
 * Latest value per key for one slow reader: however much changes, it holds one value a key, and at most `capacity` keys.
 * Past that it forgets them all and remembers that it did; its reader then has to look for itself.
 * While the reader waits and has all that came before, a shortcut spares it from being woken: to wake thousands of
 * readers costs more than what each of them then does.
 */
export class Mailbox<K, V> {
  /** Made when it is needed: of thousands of readers most are spared by their shortcut. */
  #values: Map<K, V> | undefined
  readonly #capacity: number
  readonly #shortcut: Shortcut<V> | undefined
  #overflowed = false
  #waiting: { readonly resolve: (found: Found<V>) => void; readonly signal: AbortSignal } | undefined

  constructor(capacity: number, shortcut?: Shortcut<V>) {
    this.#capacity = capacity
    this.#shortcut = shortcut
  }

  put(key: K, value: V): void {
    if (this.#overflowed) return
    if (this.#waiting && !this.#values && this.#shortcut?.(value)) return
    const values = (this.#values ??= new Map<K, V>())
    if (values.size >= this.#capacity && !values.has(key)) return this.overflow()
    values.set(key, value)
    this.#wake()
  }

  /** Makes the reader look for itself. */
  overflow(): void {
    this.#values = undefined
    this.#overflowed = true
    this.#wake()
  }

  /** Waits until there is something. 'overflowed': look for yourself. Null: the signal was aborted. */
  take(signal: AbortSignal): Promise<Found<V>> {
    if (this.#values || this.#overflowed || signal.aborted) return Promise.resolve(this.#open(signal))
    return new Promise((resolve) => {
      this.#waiting = { resolve, signal }
      signal.addEventListener('abort', this, { once: true })
    })
  }

  /** The signal of the one who waits was aborted. */
  handleEvent(): void {
    this.#wake()
  }

  #wake(): void {
    const waiting = this.#waiting
    if (!waiting) return
    this.#waiting = undefined
    waiting.signal.removeEventListener('abort', this)
    // With all else that is put in this turn.
    queueMicrotask(() => waiting.resolve(this.#open(waiting.signal)))
  }

  #open(signal: AbortSignal): Found<V> {
    if (signal.aborted) return null
    if (this.#overflowed) {
      this.#overflowed = false
      return 'overflowed'
    }
    const taken = [...(this.#values?.values() ?? [])]
    this.#values = undefined
    return taken
  }
}
