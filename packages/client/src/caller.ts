import { CALL_BACK_OFF, backOffMs, wait } from './back-off.ts'
import { BellhopError, throwIfAborted } from './bellhop-error.ts'
import { callError, neverSent } from './call-error.ts'
import type { CallControl } from './contract.ts'

export interface CallerOptions {
  readonly timeoutMs: number
  readonly retries: number
}

type Call<T> = (control: CallControl) => Promise<T>

/** Runs calls: maps their errors, bounds their time, tries again what may be tried again. */
export class Caller {
  readonly #options: CallerOptions

  constructor(options: CallerOptions) {
    this.#options = options
  }

  /** For queries, and for mutations that end the same when done twice. */
  again<T>(call: Call<T>, signal?: AbortSignal): Promise<T> {
    return this.#run(call, signal, (error) => error.retryable)
  }

  /** For what must not be done twice: tried again only when the request cannot have arrived, or was turned away. */
  once<T>(call: Call<T>, signal?: AbortSignal): Promise<T> {
    return this.#run(call, signal, (error) => neverSent(error) || error.status === 429 || error.status === 503)
  }

  /** One try. */
  async try<T>(call: Call<T>, signal?: AbortSignal): Promise<T> {
    throwIfAborted(signal)
    const { timeoutMs } = this.#options
    const timeout = new AbortController()
    const timer = setTimeout(
      () => timeout.abort(new BellhopError('TIMEOUT', `The server did not answer within ${timeoutMs / 1000} s.`)),
      timeoutMs,
    )
    const either = signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal
    try {
      return await rejectOnAbort(call({ signal: either }), either)
    } catch (cause) {
      throw callError(cause, either)
    } finally {
      clearTimeout(timer)
    }
  }

  async #run<T>(call: Call<T>, signal: AbortSignal | undefined, mayRetry: (error: BellhopError) => boolean) {
    for (let failures = 1; ; failures += 1) {
      try {
        return await this.try(call, signal)
      } catch (error) {
        if (!(error instanceof BellhopError) || failures > this.#options.retries || !mayRetry(error)) throw error
        await wait(backOffMs(CALL_BACK_OFF, failures, Math.random()), signal)
      }
    }
  }
}

/** A call in a batch is not ended by its own signal alone. */
function rejectOnAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason instanceof Error ? signal.reason : new BellhopError('ABORTED'))
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
