import type { TRPCLink } from '@trpc/client'
import type { AnyTRPCRouter } from '@trpc/server'
import { observable } from '@trpc/server/observable'

/** Queries that can be asked for what somebody wrote. What is refreshed once a day is not. */
const READS_OF_VIEWS: ReadonlySet<string> = new Set(['catalog.search', 'catalog.facets', 'insights.summary'])
/** By then a write is in every view, or the view is paused and says so. */
const HELD_MS = 60_000

/** The last write of a caller, as a token that names all that was written before it too. */
export class OwnWrites {
  #last: { readonly token: string; readonly at: number } | undefined

  /** Undefined when nothing was written within the last minute. */
  get token(): string | undefined {
    const last = this.#last
    return last && performance.now() - last.at < HELD_MS ? last.token : undefined
  }

  /** Answers may come in another order than they were written: the highest stands for all. */
  note(token: string): void {
    if (this.#last && BigInt(token) < BigInt(this.#last.token)) return
    this.#last = { token, at: performance.now() }
  }
}

/**
 * Lets people see what they wrote on whatever server they read: takes the write token out of each mutation's answer, and
 * has the reads of views wait for it, unless their caller says itself how fresh they must be (`want`).
 */
export function ownWritesLink<TRouter extends AnyTRPCRouter>(writes: OwnWrites): TRPCLink<TRouter> {
  return () =>
    ({ op, next }) => {
      if (op.type === 'query') return next({ ...op, input: withToken(op.path, op.input, writes.token) })
      if (op.type !== 'mutation') return next(op)
      return observable((observer) =>
        next(op).subscribe({
          next(envelope) {
            const { result } = envelope
            const written = result.type === undefined || result.type === 'data' ? tokenOf(result.data) : undefined
            if (!written) return observer.next(envelope)
            writes.note(written.token)
            observer.next({ ...envelope, result: { ...result, type: 'data', data: written.answer } })
          },
          error: (error) => observer.error(error),
          complete: () => observer.complete(),
        }),
      )
    }
}

function withToken(path: string, input: unknown, token: string | undefined): unknown {
  if (token === undefined || !READS_OF_VIEWS.has(path)) return input
  if (input === undefined) return { want: { after: token } }
  if (typeof input !== 'object' || input === null || ('want' in input && input.want !== undefined)) return input
  return { ...input, want: { after: token } }
}

function tokenOf(data: unknown): { readonly token: string; readonly answer: unknown } | undefined {
  if (typeof data !== 'object' || data === null || !('writeToken' in data)) return undefined
  const { writeToken: token, ...answer } = data
  return typeof token === 'string' && /^[0-9]+$/.test(token) ? { token, answer } : undefined
}
