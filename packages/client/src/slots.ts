import { abortError } from './bellhop-error.ts'

export interface TakeOptions {
  /** On whose behalf. Of those who wait, whoever holds the least comes next; the longest waiting among equals. */
  readonly holder?: object
  /** Slots taken at once. Default 1; more than there are counts as all of them. */
  readonly weight?: number
}

interface Waiting {
  readonly holder: object
  readonly weight: number
  readonly go: () => void
}

/** A counted resource, fair between holders. The queue is bounded by who may wait: one entry per part in flight. */
export class Slots {
  readonly #waiting: Waiting[] = []
  readonly #held = new Map<object, number>()
  #count: number
  #taken = 0

  constructor(count: number) {
    this.#count = count
  }

  get full(): boolean {
    return this.#taken >= this.#count
  }

  /** What is held beyond the new count runs out by itself. */
  resize(count: number): void {
    this.#count = count
    this.#serve()
  }

  /** Resolves to what gives the slot back. Rejects with ABORTED when the signal fires first. */
  async take(signal: AbortSignal, { holder = {}, weight = 1 }: TakeOptions = {}): Promise<Disposable> {
    if (signal.aborted) throw abortError(signal)
    await this.#turn(holder, weight, signal)
    let held = true
    return {
      [Symbol.dispose]: () => {
        if (!held) return
        held = false
        this.#hold(holder, -weight)
        this.#serve()
      },
    }
  }

  #turn(holder: object, weight: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        holder,
        weight,
        go: () => {
          signal.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(abortError(signal))
        this.#serve()
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiting.push(waiting)
      this.#serve()
    })
  }

  #serve(): void {
    for (;;) {
      const next = this.#next()
      if (!next || (this.#taken > 0 && this.#taken + next.weight > this.#count)) return
      this.#waiting.splice(this.#waiting.indexOf(next), 1)
      this.#hold(next.holder, next.weight)
      next.go()
    }
  }

  #next(): Waiting | undefined {
    let next: Waiting | undefined
    let least = Number.POSITIVE_INFINITY
    for (const waiting of this.#waiting) {
      const held = this.#held.get(waiting.holder) ?? 0
      if (held >= least) continue
      next = waiting
      least = held
    }
    return next
  }

  #hold(holder: object, weight: number): void {
    this.#taken += weight
    const held = (this.#held.get(holder) ?? 0) + weight
    if (held > 0) this.#held.set(holder, held)
    else this.#held.delete(holder)
  }
}
