import type { Caller, JobHub, Platform, Shortcut, ViewHub } from '@bellhop/business'
import type { SubscriptionCall } from './subscription-call.ts'

/** What `tracked(id, data)` tells. */
export interface ToldItem {
  readonly id: string
  readonly data: object
}

/** What the server gives every request. Nothing here has asked the database yet. */
export interface RequestContext {
  readonly platform: Platform
  readonly jobHub: JobHub
  readonly viewHub: ViewHub
  /** Names this request in the log and in its error. */
  readonly requestId: string
  /**
   * Who asks; rejects with UNAUTHENTICATED. Looked up on first use, and again for each subscription, so that a context
   * that lives as long as its socket never throws and never goes stale.
   */
  identify(): Promise<Caller>
  /** Whether the connection takes more now. Only a WebSocket needs it: it has no backpressure of its own. */
  hasRoom(): boolean
  /**
   * Sends an item of one subscription of this connection at once, past its iteration. Undefined where the transport has none
   * such: then all items go through the iteration.
   */
  shortcutOf?(call: SubscriptionCall): Shortcut<ToldItem>
  /** Resolves when the connection has room for more. */
  drained(signal: AbortSignal): Promise<void>
}
