import { SUBSCRIPTION_BACK_OFF, backOffMs, wait } from './back-off.ts'
import { BellhopError, throwIfAborted } from './bellhop-error.ts'
import { callError } from './call-error.ts'
import type { Subscription, Tracked } from './contract.ts'

export interface SubscribeOptions<T> {
  readonly signal: AbortSignal | undefined
  /** Two events of the same key that wait for a slow reader become one, the later. */
  readonly key: (event: T) => string
  /** Whether the stream has said all it will. An end before that is a broken line. */
  readonly ended: (last: T | undefined) => boolean
}

/** Events that wait for a slow reader; beyond it the stream ends with an error, and the reader can come back. */
const MAX_WAITING = 10_000
/** A connection that held for that long was a good one, though nothing happened on it. */
const HELD_MS = 10_000

/**
 * A subscription as an async iterable, over any number of connections: it goes on from the last event. What cannot be
 * retried is thrown; so is the last failure of a series of `SUBSCRIPTION_BACK_OFF` without an event between.
 */
export async function* readSubscription<I extends object, T>(
  subscription: Subscription<I & { lastEventId?: string }, T>,
  input: I,
  options: SubscribeOptions<T>,
): AsyncGenerator<T, void, void> {
  const { signal } = options
  let lastEventId: string | undefined
  let last: T | undefined
  let failures = 0
  for (;;) {
    throwIfAborted(signal)
    const queue = new EventQueue<T>(options.key)
    const openedAtMs = performance.now()
    let failure: BellhopError | undefined
    const opened = subscription.subscribe(lastEventId === undefined ? input : { ...input, lastEventId }, queue)
    const onAbort = () => queue.onComplete()
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      for (let event = await queue.next(); event; event = await queue.next()) {
        failures = 0
        lastEventId = event.id
        last = event.data
        yield event.data
        if (options.ended(last)) return
      }
      throwIfAborted(signal)
      if (options.ended(last)) return
    } catch (cause) {
      throwIfAborted(signal)
      failure = callError(cause)
      if (!failure.retryable) throw failure
    } finally {
      signal?.removeEventListener('abort', onAbort)
      opened.unsubscribe()
    }
    failures = performance.now() - openedAtMs >= HELD_MS ? 1 : failures + 1
    if (failures >= SUBSCRIPTION_BACK_OFF.attempts) {
      throw failure ?? new BellhopError('NETWORK', 'The server ends this stream again and again.')
    }
    await wait(backOffMs(SUBSCRIPTION_BACK_OFF, failures, Math.random()), signal)
  }
}

class EventQueue<T> {
  readonly #key: (event: T) => string
  readonly #events = new Map<string, Tracked<T>>()
  #over = false
  #error: unknown
  #wake = Promise.withResolvers<void>()

  constructor(key: (event: T) => string) {
    this.#key = key
  }

  readonly onData = (event: Tracked<T>): void => {
    const key = this.#key(event.data)
    this.#events.delete(key)
    this.#events.set(key, event)
    if (this.#events.size > MAX_WAITING) {
      this.onError(
        new BellhopError('TIMEOUT', 'The events of this stream are not read fast enough.', { retryable: true }),
      )
    }
    this.#wake.resolve()
  }

  readonly onError = (error: unknown): void => {
    this.#error ??= error
    this.#over = true
    this.#wake.resolve()
  }

  readonly onComplete = (): void => {
    this.#over = true
    this.#wake.resolve()
  }

  /** Undefined at the end. What arrived before an error is read before it. */
  async next(): Promise<Tracked<T> | undefined> {
    for (;;) {
      for (const [key, event] of this.#events) {
        this.#events.delete(key)
        return event
      }
      if (this.#error !== undefined) throw this.#error
      if (this.#over) return undefined
      this.#wake = Promise.withResolvers<void>()
      await this.#wake.promise
    }
  }
}
