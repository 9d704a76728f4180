import { readFileSync } from 'node:fs'

const EVERY_MS = 100

/** The most physical memory that some processes were seen to hold together, looked at every 100 ms. Linux only. */
export class ResidentWatch implements Disposable {
  #peakBytes = 0
  readonly #look: () => void
  readonly #timer: NodeJS.Timeout

  constructor(pids: readonly number[]) {
    this.#look = () => {
      const bytes = pids.reduce((sum, pid) => sum + residentBytes(pid), 0)
      this.#peakBytes = Math.max(this.#peakBytes, bytes)
    }
    this.#look()
    this.#timer = setInterval(this.#look, EVERY_MS)
  }

  get peakBytes(): number {
    this.#look()
    return this.#peakBytes
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}

/** 0 when the process is gone, or there is no /proc. */
export function residentBytes(pid: number): number {
  try {
    const [, kibibytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kibibytes) * 1024
  } catch {
    return 0
  }
}
