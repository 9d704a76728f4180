import { residentBytes } from './processes.ts'

const EVERY_MS = 100

/** The most physical memory that each of some processes was seen to hold, looked at every 100 ms. */
export class MemoryWatch implements Disposable {
  readonly #peaks: Map<string, number>
  readonly #timer: NodeJS.Timeout

  constructor(pids: Readonly<Record<string, number>>) {
    this.#peaks = new Map(Object.keys(pids).map((name) => [name, 0]))
    const look = () => {
      for (const [name, pid] of Object.entries(pids)) {
        this.#peaks.set(name, Math.max(this.peakBytes(name), residentBytes(pid)))
      }
    }
    look()
    this.#timer = setInterval(look, EVERY_MS)
  }

  peakBytes(name: string): number {
    return this.#peaks.get(name) ?? 0
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
