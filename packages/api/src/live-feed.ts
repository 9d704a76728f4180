import { isPassing } from '@bellhop/business'
import type { Context } from '@bellhop/business'
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
 * Runs a feed for one caller, telling each item as `tell` makes it: waits for room before each, and looks the caller's rights up again while it runs, also
 * while nothing happens. A right that was taken away ends it with UNAUTHENTICATED or WORKSPACE_NOT_FOUND.
 */
export async function* subscribe<T, Told>(
  ctx: FeedContext,
  open: (signal: AbortSignal) => AsyncIterable<T>,
  signal: AbortSignal,
  tell: (item: T) => Told,
): AsyncGenerator<Told, void> {
  using guard = keepAuthorised(ctx, signal)
  for await (const item of open(guard.signal)) {
    if (!ctx.hasRoom()) await ctx.drained(guard.signal)
    if (guard.signal.aborted) break
    yield tell(item)
  }
  if (guard.refusal) throw guard.refusal
}

interface Guard extends Disposable {
  /** Fires with the outer signal, or when the caller is no longer let in. */
  readonly signal: AbortSignal
  readonly refusal: unknown
}

function keepAuthorised({ identify, call: { caller, platform } }: FeedContext, outer: AbortSignal): Guard {
  const inner = new AbortController()
  let refusal: unknown
  let timer = setTimeout(() => void look(), REAUTHORISE_MS)

  function lookWithin(ms: number): void {
    clearTimeout(timer)
    if (!inner.signal.aborted) timer = setTimeout(() => void look(), ms)
  }

  async function look(): Promise<void> {
    try {
      const now = await identify()
      // A session whose person left the workspace acts in another one.
      if (now.workspaceId !== caller.workspaceId || now.userId !== caller.userId)
        throw new AppError('WORKSPACE_NOT_FOUND')
      lookWithin(REAUTHORISE_MS)
    } catch (error) {
      if (isPassing(error)) return lookWithin(ASK_AGAIN_MS)
      refusal = error
      inner.abort()
    }
  }

  const end = () => inner.abort()
  const cleared = platform.callers.onCleared(() => lookWithin(Math.random() * REVOKED_WITHIN_MS))
  outer.addEventListener('abort', end, { once: true })
  if (outer.aborted) end()
  return {
    signal: inner.signal,
    get refusal() {
      return refusal
    },
    [Symbol.dispose]() {
      inner.abort()
      clearTimeout(timer)
      cleared[Symbol.dispose]()
      outer.removeEventListener('abort', end)
    },
  }
}
