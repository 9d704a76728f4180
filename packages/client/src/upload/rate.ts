/** Weight of what lies this far back has fallen to 1/e. */
const MEMORY_MS = 10_000
/** No rate is told before it has seen that much. */
const EVIDENCE_MS = 500

/** Bytes per second as a time-decayed mean: steady over single parts, true again soon after the line changed. */
export class Rate {
  #bytes = 0
  #ms = 0
  #lastMs: number

  constructor(nowMs: number) {
    this.#lastMs = nowMs
  }

  /** Negative when bytes have to be sent again. */
  add(bytes: number, nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#lastMs)
    const kept = Math.exp(-elapsedMs / MEMORY_MS)
    this.#bytes = Math.max(0, this.#bytes * kept + bytes)
    this.#ms = this.#ms * kept + elapsedMs
    this.#lastMs = nowMs
  }

  get bytesPerSecond(): number {
    return this.#ms < EVIDENCE_MS ? 0 : (this.#bytes / this.#ms) * 1000
  }
}
