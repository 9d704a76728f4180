import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const STOP_MS = 10_000

/** A module of this folder in a process of its own, which is talked to in messages. Disposing ends it and waits. */
export class Child<To extends object, From extends { readonly type: string }> implements AsyncDisposable {
  readonly #process: ReturnType<typeof fork>
  readonly #exited: Promise<unknown>

  constructor(module: string) {
    this.#process = fork(fileURLToPath(new URL(module, import.meta.url)), { execArgv: [] })
    this.#exited = once(this.#process, 'exit')
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  send(message: To): void {
    this.#process.send(message)
  }

  /** The next message that fits. Rejects when the process tells that it failed, or ends. */
  async next<Type extends From['type']>(
    type: Type,
    fits: (message: Extract<From, { type: Type }>) => boolean,
    signal: AbortSignal,
  ): Promise<Extract<From, { type: Type }>> {
    const { promise, resolve, reject } = Promise.withResolvers<Extract<From, { type: Type }>>()
    const take = (message: From & { readonly reason?: string }) => {
      if (message.type === 'failed') reject(new Error(message.reason))
      // -- its type was compared, which the compiler does not carry over to a generic one.
      else if (message.type === type && fits(message as unknown as Extract<From, { type: Type }>)) {
        resolve(message as unknown as Extract<From, { type: Type }>)
      }
    }
    const stop = () => reject(signal.reason)
    const end = () => reject(new Error('A process of the benchmark ended early.'))
    this.#process.on('message', take)
    this.#process.once('exit', end)
    signal.addEventListener('abort', stop, { once: true })
    try {
      return await promise
    } finally {
      this.#process.off('message', take)
      this.#process.off('exit', end)
      signal.removeEventListener('abort', stop)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGTERM')
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), STOP_MS)
    await this.#exited
    clearTimeout(timer)
  }
}
