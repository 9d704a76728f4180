import { Service } from './service.ts'
import type { ServiceOptions, ServiceReady } from './service.ts'

/** Waits before it is started again: 0.5, 1, 2, 4, 8 s. */
const RESTARTS = { atMost: 5, firstMs: 500, factor: 2 } as const
/** One that ran for that long has earned a clean slate. */
const STEADY_MS = 60_000

export interface KeptServiceOptions extends Omit<ServiceOptions, 'onDeath'> {
  readonly say: (line: string) => void
  /** It died too often. */
  readonly onGivenUp: (error: Error) => void
}

/** Keeps a service running: one that dies is started again, a bounded number of times. */
export class KeptService {
  readonly #options: KeptServiceOptions
  #service: Service | undefined
  #stopped = false
  #timer: NodeJS.Timeout | undefined
  #deaths = 0
  #startedAtMs = 0

  constructor(options: KeptServiceOptions) {
    this.#options = options
  }

  start(): Promise<ServiceReady> {
    this.#startedAtMs = performance.now()
    this.#service = new Service({ ...this.#options, onDeath: (how) => this.#died(how) })
    return this.#service.start()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#service?.stop()
  }

  kill(): void {
    this.#stopped = true
    this.#service?.kill()
  }

  #died(how: string): void {
    if (this.#stopped) return
    if (performance.now() - this.#startedAtMs >= STEADY_MS) this.#deaths = 0
    this.#deaths += 1
    if (this.#deaths > RESTARTS.atMost) {
      this.#options.onGivenUp(new Error(`${how} It was started again ${RESTARTS.atMost} times; that is enough.`))
      return
    }
    const delayMs = RESTARTS.firstMs * RESTARTS.factor ** (this.#deaths - 1)
    this.#options.say(`${how} Starting it again in ${delayMs / 1000} s.`)
    this.#timer = setTimeout(() => {
      this.start().catch((error: unknown) => this.#died(error instanceof Error ? error.message : String(error)))
    }, delayMs)
  }
}
