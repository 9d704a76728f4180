/** After this long an observation counts half. */
const HALF_LIFE_MS = 12_000
/** No time is told before there is evidence. */
const MIN_ELAPSED_MS = 2_000
const MIN_FRACTION = 0.03

/** How fast a job moves, as a mean that forgets by time, not by the number of samples. Times are monotonic milliseconds. */
export class ProgressRate {
  readonly #startedAt: number
  #at: number
  #fraction = 0
  /** Fraction per millisecond. */
  #rate = 0

  constructor(now: number) {
    this.#startedAt = now
    this.#at = now
  }

  observe(fraction: number, now: number): void {
    const elapsed = now - this.#at
    if (elapsed <= 0 || fraction <= this.#fraction) return
    const latest = (fraction - this.#fraction) / elapsed
    const keep = this.#rate === 0 ? 0 : 0.5 ** (elapsed / HALF_LIFE_MS)
    this.#rate = keep * this.#rate + (1 - keep) * latest
    this.#fraction = fraction
    this.#at = now
  }

  /** On the wall clock, given what it shows now. Null without evidence. */
  endsAt(wallNow: number): Date | null {
    if (this.#at - this.#startedAt < MIN_ELAPSED_MS || this.#fraction < MIN_FRACTION || this.#rate === 0) return null
    return new Date(Math.round(wallNow + (1 - this.#fraction) / this.#rate))
  }
}
