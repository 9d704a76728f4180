/**
 * A task that nobody holds any more goes on for so long: React mounts twice in StrictMode, and pages hand over to each
 * other, without a connection that is closed and opened between.
 */
const LINGER_MS = 500

interface Held {
  holders: number
  readonly controller: AbortController
  timer: ReturnType<typeof setTimeout> | undefined
}

/** Tasks that run as long as somebody holds them, once each, however many do. */
export class HeldTasks {
  readonly #held = new Map<string, Held>()

  /** `run` ends when its signal fires, and never rejects. Returns what lets go. */
  hold(name: string, run: (signal: AbortSignal) => Promise<void>): () => void {
    const held = this.#held.get(name) ?? this.#begin(name, run)
    held.holders += 1
    clearTimeout(held.timer)
    let released = false
    return () => {
      if (released) return
      released = true
      held.holders -= 1
      if (held.holders === 0) held.timer = setTimeout(() => this.#end(name, held), LINGER_MS)
    }
  }

  #begin(name: string, run: (signal: AbortSignal) => Promise<void>): Held {
    const held: Held = { holders: 0, controller: new AbortController(), timer: undefined }
    this.#held.set(name, held)
    // One that came to its end by itself can be begun anew by its next holder.
    void run(held.controller.signal).finally(() => this.#forget(name, held))
    return held
  }

  #end(name: string, held: Held): void {
    this.#forget(name, held)
    held.controller.abort()
  }

  #forget(name: string, held: Held): void {
    if (this.#held.get(name) === held) this.#held.delete(name)
  }
}
