import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'

export interface ServiceOptions {
  readonly name: string
  /** Path of its main module. */
  readonly main: string
  readonly env: NodeJS.ProcessEnv
  /** What is found out while it loads its modules, such as where the database listens. */
  readonly rest: Promise<NodeJS.ProcessEnv>
  /** It ended without being asked to, after it was ready. */
  readonly onDeath: (how: string) => void
}

/** Sent once by a server or worker that is up. The server says where. */
export interface ServiceReady {
  readonly url?: string
  readonly signInLink?: string
}

/**
 * Half the resident memory: 176 MB at its highest instead of 306, most of which was garbage of the first second; and 24 KiB
 * for each of 10,000 watchers instead of 98. By default V8 lets the heap of old things double before it looks for garbage.
 */
const EXEC_ARGV = ['--max-semi-space-size=4', '--heap-growing-percent=10']
/** A process that has not ended this long after SIGTERM is killed. */
const STOP_MS = 15_000
const READY_MS = 60_000

/** The server or the worker as a child process. It ends by itself when this process is gone. */
export class Service {
  readonly #options: ServiceOptions
  #child: ChildProcess | undefined
  #stopping = false

  constructor(options: ServiceOptions) {
    this.#options = options
  }

  /** Resolves when it is ready; rejects with its own sentence when it cannot be. */
  async start(): Promise<ServiceReady> {
    const { name, main, rest: toCome, onDeath } = this.#options
    const env = { ...this.#options.env, BELLHOP_AWAITS_REST: '1' }
    // A session of its own: Ctrl-C reaches this process only, which stops them in order.
    const child = fork(main, { env, execArgv: EXEC_ARGV, detached: true, stdio: ['ignore', 2, 2, 'ipc'] })
    this.#child = child
    // Whoever made the promise hears of its rejection.
    toCome.then((environment) => child.connected && child.send({ type: 'environment', environment })).catch(() => {})
    const ready = Promise.withResolvers<ServiceReady>()
    let isReady = false
    const timer = setTimeout(
      () => ready.reject(new Error(`The ${name} was not ready within ${READY_MS / 1000} s.`)),
      READY_MS,
    )
    child.on('message', (message: unknown) => {
      const { type, message: sentence, ...rest } = message as { type?: string; message?: string } & ServiceReady
      if (type === 'ready') {
        isReady = true
        ready.resolve(rest)
      } else if (type === 'failed') {
        ready.reject(new Error(sentence ?? `The ${name} failed.`))
      }
    })
    child.once('exit', (code, signal) => {
      const how = `The ${name} ended unexpectedly (${signal ?? `exit code ${code}`}).`
      ready.reject(new Error(how))
      if (isReady && !this.#stopping) onDeath(how)
    })
    try {
      return await ready.promise
    } catch (error) {
      await this.stop()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    await exited
    clearTimeout(timer)
  }

  /** Without waiting. */
  kill(): void {
    this.#stopping = true
    this.#child?.kill('SIGKILL')
  }
}
