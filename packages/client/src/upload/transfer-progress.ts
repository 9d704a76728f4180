import { Rate } from './rate.ts'

export type TransferPhase = 'hashing' | 'sending' | 'verifying' | 'done'

export interface TransferProgress {
  readonly phase: TransferPhase
  /** Falls only when a part has to be sent again. */
  readonly sentBytes: number
  /** Null while a stream of unknown length is on its way. */
  readonly totalBytes: number | null
  /** Mean of about the last ten seconds; 0 until half a second has been seen. */
  readonly bytesPerSecond: number
  /** Null without evidence. */
  readonly etaMs: number | null
  /** What keeps the transfer: it rests and tries again by itself. Null while something moves. */
  readonly waitingFor: WaitingFor | null
}

export type WaitingFor =
  /** It does not answer, or says that it is busy. */
  | 'store'
  | 'server'
  /** The server has given as many keys as the person or the workspace may have for now. */
  | 'rate-limit'

/** Progress is told at most that often; a change of phase at once. */
const PROGRESS_EVERY_MS = 100

/** Sums what the parts in flight report. */
export class ProgressMeter {
  #totalBytes: number | null
  readonly #onProgress: (progress: TransferProgress) => void
  readonly #inFlight = new Map<number, number>()
  readonly #rate = new Rate(performance.now())
  #phase: TransferPhase = 'hashing'
  #waitingFor: WaitingFor | null = null
  #settledBytes = 0
  #sentBytes = 0
  #toldAtMs = Number.NEGATIVE_INFINITY

  constructor(totalBytes: number | null, onProgress: (progress: TransferProgress) => void) {
    this.#totalBytes = totalBytes
    this.#onProgress = onProgress
  }

  /** Bytes that the store had before this run. */
  skip(bytes: number): void {
    this.#settledBytes += bytes
    this.#sentBytes += bytes
  }

  sending(part: number, sentBytes: number): void {
    this.#inFlight.set(part, sentBytes)
    this.#count(this.#phase === 'hashing' ? 'sending' : this.#phase)
  }

  arrived(part: number, sizeBytes: number): void {
    this.#inFlight.delete(part)
    this.#settledBytes += sizeBytes
    this.#count('sending')
  }

  /** The attempt failed; its bytes go again. */
  lost(part: number): void {
    this.#inFlight.delete(part)
    this.#count(this.#phase)
  }

  /** The store lacks a part that had arrived. */
  missing(sizeBytes: number): void {
    this.#settledBytes -= sizeBytes
    this.#count('sending')
  }

  enter(phase: TransferPhase): void {
    this.#count(phase)
  }

  waitFor(waitingFor: WaitingFor | null): void {
    if (waitingFor === this.#waitingFor) return
    this.#waitingFor = waitingFor
    this.#toldAtMs = Number.NEGATIVE_INFINITY
    this.#count(this.#phase)
  }

  /** The stream has ended. */
  total(totalBytes: number | null): void {
    this.#totalBytes = totalBytes
  }

  #count(phase: TransferPhase): void {
    const now = performance.now()
    let sentBytes = this.#settledBytes
    for (const bytes of this.#inFlight.values()) sentBytes += bytes
    this.#rate.add(sentBytes - this.#sentBytes, now)
    this.#sentBytes = sentBytes
    if (phase === this.#phase && now - this.#toldAtMs < PROGRESS_EVERY_MS) return
    this.#phase = phase
    this.#toldAtMs = now
    const { bytesPerSecond } = this.#rate
    const restBytes = this.#totalBytes === null || bytesPerSecond === 0 ? null : this.#totalBytes - sentBytes
    this.#onProgress({
      phase,
      sentBytes,
      totalBytes: this.#totalBytes,
      bytesPerSecond,
      etaMs: restBytes === null ? null : Math.round((restBytes / bytesPerSecond) * 1000),
      waitingFor: this.#waitingFor,
    })
  }
}
