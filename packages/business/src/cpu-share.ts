import process from 'node:process'

/**
 * What each attempt uses of this process's own CPU time: the clock of the process is one for all, so what passes is split
 * evenly among those that run meanwhile. The shares come to the whole.
 */
export class CpuShares {
  readonly #running = new Set<CpuShare>()
  #last = process.cpuUsage()

  open(): CpuShare {
    this.#settle()
    const share = new CpuShare((closed) => {
      this.#settle()
      if (closed) this.#running.delete(closed)
    })
    this.#running.add(share)
    return share
  }

  #settle(): void {
    const now = process.cpuUsage()
    const seconds = (now.user + now.system - this.#last.user - this.#last.system) / 1e6
    this.#last = now
    for (const share of this.#running) share.seconds += seconds / this.#running.size
  }
}

export class CpuShare {
  /** As of `close`. */
  seconds = 0
  readonly #settle: (closed?: CpuShare) => void

  constructor(settle: (closed?: CpuShare) => void) {
    this.#settle = settle
  }

  close(): void {
    this.#settle(this)
  }
}
