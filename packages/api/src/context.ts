import type { Caller, JobHub, Platform, ViewHub } from '@bellhop/business'

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
  /** Resolves when the connection has room for more. */
  drained(signal: AbortSignal): Promise<void>
}
