import {
  createTRPCClient,
  createWSClient,
  httpBatchLink,
  httpLink,
  httpSubscriptionLink,
  splitLink,
  wsLink,
} from '@trpc/client'
import type { AppRouter } from '@bellhop/api'
import { backOffMs } from './back-off.ts'
import type { Contract } from './contract.ts'
import type { EventSourceChoice } from './platform/platform.ts'
import { fallbackLink } from './fallback-link.ts'
import { ownWritesLink } from './own-writes-link.ts'
import type { OwnWrites } from './own-writes-link.ts'

export type Transport = 'auto' | 'ws' | 'sse'

export interface LinkOptions {
  readonly url: URL
  readonly apiKey: string | undefined
  readonly workspaceId: string | undefined
  readonly fetch: typeof globalThis.fetch
  readonly transport: Transport
  readonly ownWrites: OwnWrites
  readonly eventSource: (headers: Readonly<Record<string, string>>) => EventSourceChoice
}

export interface Connection {
  readonly contract: Contract
  close(): Promise<void>
}

/** An idle socket is closed after that; the next subscription opens it again. */
const IDLE_CLOSE_MS = 10_000
/** Reconnects: up to 0.5, 1, 2, … 10 s, the first as well: the clients of a server that restarts must not come all at once. */
const RECONNECT = { firstMs: 500, capMs: 10_000 }
/** Servers and proxies refuse longer request lines. */
const MAX_URL_CHARS = 2_000
const MAX_BATCH = 20

export function openConnection(options: LinkOptions): Connection {
  const url = new URL('trpc', withSlash(options.url)).href
  const headers = headersOf(options)
  const connectionParams = paramsOf(options)
  const socket = createWSClient({
    url: url.replace(/^http/, 'ws'),
    connectionParams,
    lazy: { enabled: true, closeMs: IDLE_CLOSE_MS },
    keepAlive: { enabled: true, intervalMs: 10_000, pongTimeoutMs: 5_000 },
    retryDelayMs: (attempt) => backOffMs(RECONNECT, attempt + 1, Math.random()),
  })
  const { EventSource, carriesHeaders } = options.eventSource(headers)
  const overSocket = wsLink<AppRouter>({ client: socket })
  const overEvents = httpSubscriptionLink<AppRouter, typeof globalThis.EventSource>({
    url,
    EventSource,
    ...(carriesHeaders ? {} : { connectionParams: () => connectionParams }),
  })
  const subscriptions = {
    auto: fallbackLink(socket, overSocket, overEvents),
    ws: overSocket,
    sse: overEvents,
  }[options.transport]
  const http = { url, headers, fetch: options.fetch }
  const client = createTRPCClient<AppRouter>({
    links: [
      ownWritesLink(options.ownWrites),
      splitLink({
        condition: (op) => op.type === 'subscription',
        true: subscriptions,
        // Completing an upload takes as long as the store does; nothing else may wait for it in a batch.
        false: splitLink({
          condition: (op) => op.path.startsWith('uploads.'),
          true: httpLink(http),
          false: httpBatchLink({ ...http, maxURLLength: MAX_URL_CHARS, maxItems: MAX_BATCH }),
        }),
      }),
    ],
  })
  return { contract: client, close: () => socket.close() }
}

function headersOf({ apiKey, workspaceId }: LinkOptions): Record<string, string> {
  return {
    ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
    ...(workspaceId ? { 'x-bellhop-workspace': workspaceId } : {}),
  }
}

function paramsOf({ apiKey, workspaceId }: LinkOptions): Record<string, string> {
  return { ...(apiKey ? { apiKey } : {}), ...(workspaceId ? { workspaceId } : {}) }
}

function withSlash(url: URL): URL {
  const base = new URL(url)
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  return base
}
