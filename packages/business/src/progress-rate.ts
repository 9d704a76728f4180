/** After this long an observation counts half. */
const HALF_LIFE_MS = 12_000

/** How fast something moves, as a mean that forgets by time, not by the number of samples. Times are monotonic milliseconds. */
export class ProgressRate {
  #at: number
  #fraction = 0
  #rate = 0

  constructor(now: number) {
    this.#at = now
  }

  /** Fraction a millisecond; 0 before anything moved. */
  get perMs(): number {
    return this.#rate
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
}
