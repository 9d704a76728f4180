import { abortError } from '../bellhop-error.ts'

/** What a person last asked for, and who acts on it. */
export class PauseSwitch {
  #paused = false
  #changed = Promise.withResolvers<void>()
  readonly #listeners = new Set<(paused: boolean) => void>()

  get paused(): boolean {
    return this.#paused
  }

  set(paused: boolean): void {
    if (paused === this.#paused) return
    this.#paused = paused
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
    for (const listener of this.#listeners) listener(paused)
  }

  on(listener: (paused: boolean) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves when it is not, or no longer, paused. Rejects with ABORTED when the signal fires first. */
  async off(signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<never>()
    const onAbort = () => aborted.reject(abortError(signal))
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    aborted.promise.catch(() => {})
    try {
      while (this.#paused) await Promise.race([this.#changed.promise, aborted.promise])
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }
}
