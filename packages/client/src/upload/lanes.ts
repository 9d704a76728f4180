import { Slots } from '../slots.ts'
import type { Pace, PaceEvent } from './pace.ts'
import { paceOf, stepPace } from './pace.ts'

/** The requests that carry bytes, over all uploads of this process or page: as many at once as the pace says. */
export class Lanes {
  readonly #slots: Slots
  readonly #listeners = new Set<(limit: number) => void>()
  #pace: Pace

  constructor(bounds: { readonly start: number; readonly max: number }) {
    this.#pace = paceOf(bounds, performance.now())
    this.#slots = new Slots(this.#pace.limit)
  }

  get limit(): number {
    return this.#pace.limit
  }

  get max(): number {
    return this.#pace.max
  }

  /** Fair between uploads: of those that wait, the one with the fewest lanes comes next. */
  take(upload: object, signal: AbortSignal): Promise<Disposable> {
    return this.#slots.take(signal, { holder: upload })
  }

  moved(bytes: number): void {
    this.#step({ type: 'moved', bytes, saturated: this.#slots.full, atMs: performance.now() })
  }

  /** By a store that is overrun, or a line that stalls. */
  refused(startedAtMs: number): void {
    this.#step({ type: 'refused', startedAtMs, atMs: performance.now() })
  }

  onLimit(listener: (limit: number) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #step(event: PaceEvent): void {
    const { limit } = this.#pace
    this.#pace = stepPace(this.#pace, event)
    if (this.#pace.limit === limit) return
    this.#slots.resize(this.#pace.limit)
    for (const listener of this.#listeners) listener(this.#pace.limit)
  }
}
