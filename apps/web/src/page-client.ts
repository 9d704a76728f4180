import { QueryCache, QueryClient } from '@tanstack/react-query'
import { ownWritesLink } from '@bellhop/client/own-writes'
import type { OwnWrites } from '@bellhop/client'
import { httpBatchLink, httpSubscriptionLink, splitLink, wsLink } from '@trpc/client'
import { workspaceHeaders, workspaceParams } from './account/workspace.ts'
import type { LiveRoad } from './live/live-road.ts'
import { trpc } from './trpc.ts'
import { isRetryable, isUnauthenticated } from './words/error-sentence.ts'

const RETRIES = 3
/** Changes are announced by the feed; this only bounds what a missed announcement can cost. */
const STALE_MS = 60_000
const URL_MAX = 2_000

/** `writes`: of the SDK too, so that what it uploaded is in the catalog that the page reads. */
export function pageClient(road: LiveRoad, writes: OwnWrites) {
  return trpc.createClient({
    links: [
      ownWritesLink(writes),
      splitLink({
        condition: (operation) => operation.type === 'subscription',
        true: splitLink({
          condition: () => road.road === 'websocket',
          true: wsLink({ client: road.socket }),
          false: httpSubscriptionLink({ url: '/trpc', connectionParams: () => workspaceParams() }),
        }),
        false: httpBatchLink({ url: '/trpc', maxURLLength: URL_MAX, headers: () => workspaceHeaders() }),
      }),
    ],
  })
}

/** `onUnauthenticated`: the session has ended, or there never was one. */
export function pageCache(onUnauthenticated: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (isUnauthenticated(error)) onUnauthenticated()
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: STALE_MS,
        retry: (failures, error) => failures < RETRIES && isRetryable(error),
      },
      mutations: {
        onError: (error) => {
          if (isUnauthenticated(error)) onUnauthenticated()
        },
      },
    },
  })
}
