import type { TRPCLink, TRPCWebSocketClient } from '@trpc/client'
import type { AppRouter } from '@bellhop/api'
import type { Unsubscribable } from '@trpc/server/observable'
import { observable } from '@trpc/server/observable'

/** Failed openings in a row, when no subscription ever started over the socket: something between forbids it. */
const FAILURES_AT_FIRST = 2
/** The same after it has worked once: then the server is more likely restarting. */
const FAILURES_LATER = 8

/**
 * Subscriptions over the WebSocket until that cannot be opened, then over Server-Sent Events, for good. Subscriptions that
 * are under way move over, each from the last event that it delivered.
 */
export function fallbackLink(
  socket: TRPCWebSocketClient,
  overSocket: TRPCLink<AppRouter>,
  overEvents: TRPCLink<AppRouter>,
): TRPCLink<AppRouter> {
  let failures = 0
  let worked = false
  let fellBack = false
  const movers = new Set<() => void>()

  socket.connectionState.subscribe({
    next({ state, error }) {
      if (fellBack || state !== 'connecting' || !error) return
      failures += 1
      if (failures < (worked ? FAILURES_LATER : FAILURES_AT_FIRST)) return
      fellBack = true
      // Before the socket ends them: closing it completes its subscriptions.
      for (const move of movers) move()
      socket.close().catch(() => {})
    },
  })

  return (runtime) => {
    const first = overSocket(runtime)
    const second = overEvents(runtime)
    return ({ op, next }) =>
      observable((observer) => {
        let lastEventId: string | undefined
        let inner: Unsubscribable | undefined
        /** Which of the links speaks: what the one before still says is not passed on. */
        let turn = 0
        const open = (link: typeof first) => {
          const input = lastEventId === undefined ? op.input : { ...(op.input as object), lastEventId }
          turn += 1
          const mine = turn
          inner = link({ op: { ...op, input }, next }).subscribe({
            next(envelope) {
              if (turn !== mine) return
              const { result } = envelope
              if (result.type === 'data' || result.type === undefined || result.type === 'started') {
                failures = 0
                worked = true
              }
              if ('id' in result && typeof result.id === 'string') lastEventId = result.id
              observer.next(envelope)
            },
            error: (error) => {
              if (turn === mine) observer.error(error)
            },
            complete: () => {
              if (turn === mine) observer.complete()
            },
          })
        }
        const move = () => {
          const old = inner
          open(second)
          old?.unsubscribe()
        }
        if (fellBack) open(second)
        else {
          movers.add(move)
          open(first)
        }
        return () => {
          movers.delete(move)
          inner?.unsubscribe()
        }
      })
  }
}
