import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

type App = 'server' | 'worker'

const RESTART_AFTER_MS = 500
const READY_MS = 60_000
const STOP_MS = 15_000
/** A start that fails is tried again meanwhile. */
const SERVING_MS = 120_000
const LOOK_EVERY_MS = 50
/** What is kept of what it wrote, for a failure to be understood. */
const KEPT_CHARS = 20_000

export interface KeptProcessOptions {
  readonly app: App
  readonly environment: Readonly<Record<string, string>>
  /** Loaded into it before anything else. */
  readonly preload?: URL
}

/** A server or a worker as a process of its own, started again whenever it dies, as whoever runs them does. */
export class KeptProcess implements AsyncDisposable {
  readonly #options: KeptProcessOptions
  #child: ChildProcess | undefined
  #url: string | undefined
  #starting: Promise<void> = Promise.resolve()
  #stopped = false
  #said = ''

  constructor(options: KeptProcessOptions) {
    this.#options = options
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  /** Undefined while it is away. */
  get port(): number | undefined {
    return this.#url === undefined ? undefined : Number(new URL(this.#url).port)
  }

  get said(): string {
    return this.#said
  }

  start(): Promise<void> {
    this.#starting = this.#launch()
    return this.#starting
  }

  /** Resolves when a server takes requests, after a kill again. */
  async untilServing(): Promise<void> {
    const signal = AbortSignal.timeout(SERVING_MS)
    while (this.port === undefined) await delay(LOOK_EVERY_MS, undefined, { signal })
  }

  kill(): void {
    this.#child?.kill('SIGKILL')
  }

  pause(): void {
    this.#child?.kill('SIGSTOP')
  }

  wake(): void {
    this.#child?.kill('SIGCONT')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true
    await this.#starting.catch(() => {})
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGCONT')
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    await gone
    clearTimeout(timer)
  }

  async #launch(): Promise<void> {
    const { app, environment, preload } = this.#options
    const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env
    const child = fork(fileURLToPath(new URL(`../../${app}/src/main.ts`, import.meta.url)), {
      env: { PATH, HOME, NODE_COMPILE_CACHE, ...environment },
      execArgv: preload ? ['--import', preload.href] : [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child = child
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-KEPT_CHARS)
    })
    child.once('exit', () => {
      this.#url = undefined
      if (!this.#stopped) this.#starting = delayed(() => (this.#stopped ? Promise.resolve() : this.#launch()))
      this.#starting.catch(() => {})
    })
    const gone = new AbortController()
    child.once('exit', () => gone.abort())
    const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(READY_MS)])
    const [message] = (await once(child, 'message', { signal })) as [{ type: string; message?: string; url?: string }]
    if (message.type !== 'ready') throw new Error(`The ${app} did not start: ${message.message}`)
    this.#url = message.url
  }
}

async function delayed(act: () => Promise<void>): Promise<void> {
  await delay(RESTART_AFTER_MS)
  return act()
}
