import type { Slots } from '../slots.ts'
import type { PauseSwitch } from './pause-switch.ts'

/** An upload's place among those that are under way. A paused one has given it up, and queues again to go on. */
export class Turn implements Disposable {
  readonly #slots: Slots
  readonly #weight: number
  readonly #pause: PauseSwitch
  readonly #signal: AbortSignal
  #slot: Disposable | null = null
  #taking: Promise<void> | null = null

  constructor(slots: Slots, weight: number, pause: PauseSwitch, signal: AbortSignal) {
    this.#slots = slots
    this.#weight = weight
    this.#pause = pause
    this.#signal = signal
  }

  /** Resolves when it is this upload's turn and nobody has paused it. Rejects with ABORTED when the signal fires first. */
  take(): Promise<void> {
    this.#taking ??= this.#take().finally(() => {
      this.#taking = null
    })
    return this.#taking
  }

  give(): void {
    this.#slot?.[Symbol.dispose]()
    this.#slot = null
  }

  [Symbol.dispose](): void {
    this.give()
  }

  async #take(): Promise<void> {
    while (!this.#slot) {
      await this.#pause.off(this.#signal)
      const slot = await this.#slots.take(this.#signal, { weight: this.#weight })
      if (this.#pause.paused) slot[Symbol.dispose]()
      else this.#slot = slot
    }
  }
}
