import { isPassing } from '@bellhop/business'
import type { ClearedListener, Context } from '@bellhop/business'
import { AppError } from '@bellhop/model'
import type { RequestContext } from './context.ts'

/** A caller's rights are looked up again while its feed runs. */
const REAUTHORISE_MS = 60_000
/**
 * After a key was revoked or a session ended anywhere, each feed looks within so long: at random, so that the feeds of a
 * server do not ask all at once.
 */
const REVOKED_WITHIN_MS = 2_000
/** The database was away when it was asked. */
const ASK_AGAIN_MS = 5_000

export type FeedContext = RequestContext & { readonly call: Context }

/**
 * Runs a feed for one caller, telling each item as `tell` makes it: waits for room before each, and looks the caller's
 * rights up again while it runs, also while nothing happens. A right that was taken away ends it with UNAUTHENTICATED or
 * WORKSPACE_NOT_FOUND. Opens nothing until it is read.
 */
export function subscribe<T, Told>(
  ctx: FeedContext,
  open: (signal: AbortSignal) => AsyncIterable<T>,
  signal: AbortSignal,
  tell: (item: T) => Told,
): Subscription<T, Told> {
  return new Subscription(ctx, open, signal, tell)
}

const DONE: IteratorReturnResult<void> = { done: true, value: undefined }

/** Not a generator: thousands of them wait at once, and a generator that waits holds three times as much. */
class Subscription<T, Told> implements AsyncIterableIterator<Told, void, void>, ClearedListener {
  readonly #ctx: FeedContext
  readonly #open: (signal: AbortSignal) => AsyncIterable<T>
  readonly #tell: (item: T) => Told
  readonly #outer: AbortSignal
  readonly #inner = new AbortController()
  #items: AsyncIterator<T> | undefined
  #timer: NodeJS.Timeout | undefined
  /** Why the caller is no longer let in. */
  #refusal: unknown
  #closed = false

  constructor(
    ctx: FeedContext,
    open: (signal: AbortSignal) => AsyncIterable<T>,
    signal: AbortSignal,
    tell: (item: T) => Told,
  ) {
    this.#ctx = ctx
    this.#open = open
    this.#outer = signal
    this.#tell = tell
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<Told, void>> {
    if (this.#closed) return Promise.resolve(DONE)
    this.#items ??= this.#start()
    return this.#items.next().then(
      (result) => this.#told(result),
      (error: unknown) => {
        this.#close()
        throw error
      },
    )
  }

  /** The outer signal was aborted. */
  handleEvent(): void {
    this.#inner.abort()
  }

  callersCleared(): void {
    this.#lookWithin(Math.random() * REVOKED_WITHIN_MS)
  }

  async return(): Promise<IteratorResult<Told, void>> {
    const ending = this.#items?.return?.()
    this.#close()
    await ending
    return DONE
  }

  async #told(result: IteratorResult<T>): Promise<IteratorResult<Told, void>> {
    const { signal } = this.#inner
    if (!result.done) {
      if (!this.#ctx.hasRoom()) await this.#ctx.drained(signal)
      if (!signal.aborted) return { done: false, value: this.#tell(result.value) }
    }
    await this.return()
    if (this.#refusal) throw this.#refusal
    return DONE
  }

  #start(): AsyncIterator<T> {
    this.#ctx.call.platform.callers.onCleared(this)
    this.#outer.addEventListener('abort', this, { once: true })
    if (this.#outer.aborted) this.#inner.abort()
    this.#lookWithin(REAUTHORISE_MS)
    return this.#open(this.#inner.signal)[Symbol.asyncIterator]()
  }

  #close(): void {
    this.#closed = true
    this.#inner.abort()
    clearTimeout(this.#timer)
    this.#ctx.call.platform.callers.offCleared(this)
    this.#outer.removeEventListener('abort', this)
  }

  #lookWithin(ms: number): void {
    clearTimeout(this.#timer)
    if (!this.#inner.signal.aborted) this.#timer = setTimeout(look, ms, this)
  }

  /** Whether the caller is still let in. */
  async look(): Promise<void> {
    const { identify, call } = this.#ctx
    try {
      const now = await identify()
      // A session whose person left the workspace acts in another one.
      if (now.workspaceId !== call.caller.workspaceId || now.userId !== call.caller.userId)
        throw new AppError('WORKSPACE_NOT_FOUND')
      this.#lookWithin(REAUTHORISE_MS)
    } catch (error) {
      if (isPassing(error)) return this.#lookWithin(ASK_AGAIN_MS)
      this.#refusal = error
      this.#inner.abort()
    }
  }
}

function look(subscription: { look(): Promise<void> }): void {
  void subscription.look()
}
