import { createWSClient, type TRPCWebSocketClient } from '@trpc/client'

/** `websocket` first; `events` (SSE) when something on the way does not let WebSockets through. */
export type Road = 'websocket' | 'events'
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'polling'

/** WebSockets that fail before one has ever opened, until the road is changed. */
const FAILURES_BEFORE_EVENTS = 2
/** 0.25, 0.5, 1, 2, 4, 8, 8 … s, each times 0.5 to 1.5, so that many tabs do not come back in one moment. */
const RETRY_MS = { first: 250, max: 8_000 }

/** Which road this tab's subscriptions take, and how it goes. One per page. */
export class LiveRoad {
  /** Opens with the first subscription, so that a page that is not signed in opens none. */
  readonly socket: TRPCWebSocketClient
  readonly #listeners = new Set<() => void>()
  #road: Road = 'websocket'
  #connection: Connection = 'connecting'
  #failures = 0
  #hasOpened = false

  constructor(connectionParams: () => Record<string, string>) {
    this.socket = createWSClient({
      url: () => `${location.origin.replace(/^http/, 'ws')}/trpc`,
      connectionParams,
      lazy: { enabled: true, closeMs: 1_000 },
      keepAlive: { enabled: true, intervalMs: 10_000, pongTimeoutMs: 5_000 },
      retryDelayMs: (attempt) => Math.min(RETRY_MS.first * 2 ** attempt, RETRY_MS.max) * (0.5 + Math.random()),
      onOpen: () => {
        this.#hasOpened = true
      },
      onError: () => {
        this.#failures += 1
        if (!this.#hasOpened && this.#failures === FAILURES_BEFORE_EVENTS) this.#set('events', this.#connection)
      },
    })
  }

  get road(): Road {
    return this.#road
  }

  get connection(): Connection {
    return this.#connection
  }

  /** Told by the feed, which is there as long as the frame is. */
  report(feed: 'up' | 'down'): void {
    if (feed === 'up') this.#set(this.#road, 'live')
    else if (this.#road === 'events') this.#set(this.#road, 'polling')
    else if (this.#connection === 'live') this.#set(this.#road, 'reconnecting')
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #set(road: Road, connection: Connection): void {
    if (road === this.#road && connection === this.#connection) return
    this.#road = road
    this.#connection = connection
    for (const listener of this.#listeners) listener()
  }
}
