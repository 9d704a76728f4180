/** A cursor that is so old is as right as a newer one, and makes a reconnect send a little more. */
const READ_EVERY_MS = 5_000

/**
 * The database's time, as the cursors of all feeds of a process are made of it: read once for all of them, and never
 * waited for once it is known.
 */
export class FeedClock {
  readonly #read: () => Promise<Date>
  #nowMs: number | undefined
  #readAt = 0
  #reading: Promise<number> | undefined

  constructor(read: () => Promise<Date>) {
    this.#read = read
  }

  /**
   * Milliseconds since 1970, of about five seconds ago or later while it is asked or kept going; rejects only as long as
   * it was never read.
   */
  now(): number | Promise<number> {
    const known = this.#nowMs
    if (known === undefined) return this.#reading ?? this.#start()
    this.keepGoing()
    return known
  }

  /** Reads it again where it is old, without waiting. */
  keepGoing(): void {
    if (this.#reading || performance.now() - this.#readAt < READ_EVERY_MS) return
    // The database is away: the time that is known will do, and the next who asks tries again.
    this.#start().catch(() => {})
  }

  #start(): Promise<number> {
    this.#reading = this.#read()
      .then((date) => {
        this.#readAt = performance.now()
        return (this.#nowMs = date.getTime())
      })
      .finally(() => {
        this.#reading = undefined
      })
    return this.#reading
  }
}
