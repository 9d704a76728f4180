/**
 * One read for all who ask for the same at once. Whoever asks gets what was read after it asked, never before: while one
 * read is on its way, those who come wait together for the next. At most two a key are held.
 */
export class SharedReads<T> {
  readonly #running = new Map<string, Promise<T>>()
  readonly #next = new Map<string, Promise<T>>()

  read(key: string, start: () => Promise<T>): Promise<T> {
    const running = this.#running.get(key)
    if (!running) return this.#run(key, start)
    const waiting = this.#next.get(key)
    if (waiting) return waiting
    const next = running
      .catch(() => {})
      .then(() => {
        this.#next.delete(key)
        return this.#run(key, start)
      })
    this.#next.set(key, next)
    return next
  }

  #run(key: string, start: () => Promise<T>): Promise<T> {
    const reading = start().finally(() => {
      if (this.#running.get(key) === reading) this.#running.delete(key)
    })
    this.#running.set(key, reading)
    return reading
  }
}
