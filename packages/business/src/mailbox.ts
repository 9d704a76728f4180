/** Takes a value at once. False: it cannot now, and the value goes to the reader as all others do. */
export type Shortcut<V> = (value: V) => boolean

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
  #wake: (() => void) | undefined

  constructor(capacity: number, shortcut?: Shortcut<V>) {
    this.#capacity = capacity
    this.#shortcut = shortcut
  }

  put(key: K, value: V): void {
    if (this.#overflowed) return
    if (this.#wake && !this.#values && this.#shortcut?.(value)) return
    const values = (this.#values ??= new Map<K, V>())
    if (values.size >= this.#capacity && !values.has(key)) return this.overflow()
    values.set(key, value)
    this.#wake?.()
  }

  /** Makes the reader look for itself. */
  overflow(): void {
    this.#values = undefined
    this.#overflowed = true
    this.#wake?.()
  }

  /** Waits until there is something. 'overflowed': look for yourself. Null: the signal was aborted. */
  take(signal: AbortSignal): Promise<V[] | 'overflowed' | null> {
    return new Promise((resolve) => {
      if (this.#values || this.#overflowed || signal.aborted) return resolve(this.#open(signal))
      const wake = () => {
        signal.removeEventListener('abort', wake)
        this.#wake = undefined
        // With all else that is put in this turn.
        queueMicrotask(() => resolve(this.#open(signal)))
      }
      this.#wake = wake
      signal.addEventListener('abort', wake, { once: true })
    })
  }

  #open(signal: AbortSignal): V[] | 'overflowed' | null {
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
