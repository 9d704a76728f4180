import { toAppError } from '@bellhop/business'
import { AppError, ERRORS } from '@bellhop/model'
import { TRPCError, initTRPC } from '@trpc/server'
import { ZodError } from 'zod'
import type { RequestContext } from './context.ts'
import { invalidInput } from './invalid-input.ts'
import { callOf } from './subscription-call.ts'

const KEEP_ALIVE_MS = 15_000
const RECONNECT_AFTER_MS = 45_000
/** SSE streams are ended and resumed, so that a deploy or a sign-out reaches them all. */
const STREAM_LIFE_MS = 30 * 60_000

const t = initTRPC.context<RequestContext>().create({
  sse: {
    maxDurationMs: STREAM_LIFE_MS,
    ping: { enabled: true, intervalMs: KEEP_ALIVE_MS },
    client: { reconnectAfterInactivityMs: RECONNECT_AFTER_MS },
  },
  /** A program switches on `appCode`; a person reads `sentence`. Stacks and causes stay in the log. */
  errorFormatter({ shape, error, ctx }) {
    const app = appErrorOf(error)
    const { stack: _, ...data } = shape.data
    return {
      ...shape,
      message: app.message,
      data: {
        ...data,
        appCode: app.code,
        sentence: app.message,
        retryable: app.retryable,
        requestId: ctx?.requestId ?? '',
        ...(app.details === undefined ? {} : { details: app.details }),
      },
    }
  },
})

/**
 * `next()` never throws: what went wrong lies in its result, and what goes wrong in a running subscription only shows
 * while the iterable is read. This maps both, in one place, and logs what nobody foresaw.
 */
const mapErrors = t.middleware(async ({ ctx, path, next }) => {
  const result = await next()
  const fail = (error: unknown) => {
    const app = toAppError(error)
    if (app.code === 'INTERNAL') ctx.platform.log.error(`${path} failed (request ${ctx.requestId}).`, app.cause)
    return new TRPCError({ code: ERRORS[app.code].status, message: app.message, cause: app })
  }
  // tRPC's own refusals (input that does not parse, an unknown path) are mapped by the formatter.
  if (!result.ok)
    throw result.error.cause === undefined || result.error.cause instanceof ZodError
      ? result.error
      : fail(result.error.cause)
  return isAsyncIterable(result.data) ? { ...result, data: new Mapped(result.data, fail) } : result
})

/** Proves who asks, and in which workspace. Every procedure stands on this one. */
const authorise = t.middleware(async ({ ctx, next }) => {
  const caller = await ctx.identify()
  const { platform, jobHub, viewHub } = ctx
  return next({ ctx: { ...ctx, call: { platform, jobHub, viewHub, caller } } })
})

/** Gives the way past the iteration of a subscription, where the connection has one. */
const withShortcut = t.middleware(async ({ ctx, getRawInput, next }) => {
  const call = ctx.shortcutOf && callOf(await getRawInput())
  return next({ ctx: { ...ctx, shortcut: call && ctx.shortcutOf?.(call) } })
})

export const router = t.router
export const procedure = t.procedure.use(mapErrors).use(authorise)
export const directProcedure = procedure.use(withShortcut)

function appErrorOf(error: TRPCError): AppError {
  if (error.cause instanceof AppError) return error.cause
  if (error.cause instanceof ZodError) return invalidInput(error.cause)
  if (error.code === 'INTERNAL_SERVER_ERROR') return new AppError('INTERNAL', undefined, { cause: error })
  return new AppError('INVALID_INPUT', error.message)
}

/** Not a generator of its own: one waits for each watcher, for as long as it watches. */
class Mapped implements AsyncIterableIterator<unknown, unknown, void> {
  readonly #items: AsyncIterator<unknown>
  readonly #fail: (error: unknown) => TRPCError

  constructor(items: AsyncIterable<unknown>, fail: (error: unknown) => TRPCError) {
    this.#items = items[Symbol.asyncIterator]()
    this.#fail = fail
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<unknown>> {
    return this.#items.next().catch((error: unknown) => {
      throw this.#fail(error)
    })
  }

  async return(): Promise<IteratorResult<unknown>> {
    return (await this.#items.return?.()) ?? { done: true, value: undefined }
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
