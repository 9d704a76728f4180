import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { appRouter, serveHttpApi } from '@bellhop/api'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import { answerHealth } from './health.ts'
import { createMetrics } from './metrics.ts'
import { servePage } from './page.ts'
import { requestContext } from './request-context.ts'
import type { Services } from './request-context.ts'
import { issueSignInLink, signIn, signOut } from './sign-in.ts'

const MAX_BODY_BYTES = 1024 * 1024

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

/** Routes requests once `services` are there; until then every answer is "starting". */
export function createHttpServer(): { server: Server; serve(services: Services, pageDir: string): void } {
  let route: Handler = (_request, response) => {
    response.writeHead(503, { 'retry-after': '1', 'content-type': 'text/plain' }).end('Bellhop is starting.\n')
  }
  let connected: (socket: import('node:net').Socket) => void = () => {}
  const server = createServer((request, response) => void route(request, response))
  server.on('connection', (socket) => connected(socket))

  return {
    server,
    serve(services, pageDir) {
      const metrics = createMetrics(services)
      connected = metrics.connected
      route = routes(services, pageDir, metrics)
    },
  }
}

function routes(services: Services, pageDir: string, metrics: ReturnType<typeof createMetrics>): Handler {
  const { platform } = services
  const { publicEndpoint, endpoint } = platform.settings.objectStore
  const page = servePage(pageDir, new URL(publicEndpoint ?? endpoint).origin)
  const trpc = createHTTPHandler({
    router: appRouter,
    basePath: '/trpc/',
    maxBodySize: MAX_BODY_BYTES,
    createContext: ({ req, info }) => requestContext(services, req, { params: info.connectionParams ?? {} }),
  })
  const fixed: Readonly<Record<string, Handler>> = {
    'GET /healthz': (_request, response) => answerHealth(platform, response),
    'GET /livez': (_request, response) => void response.writeHead(200).end('alive\n'),
    'GET /metrics': (_request, response) => metrics.answer(response),
    'POST /auth/sign-in': (request, response) => signIn(platform, request, response),
    'POST /auth/sign-in-link': (request, response) => issueSignInLink(platform, request, response),
    'POST /auth/sign-out': (request, response) => signOut(platform, request, response),
  }
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const handler = fixed[`${request.method} ${pathname}`]
    if (handler) return handler(request, response)
    if (pathname.startsWith('/v1/')) return serveHttpApi(requestContext(services, request), request, response)
    if (pathname.startsWith('/trpc/')) return serveTrpc(request, response, trpc)
    return page(request, response)
  }
}

/** Other origins may call with an API key; cookies are neither asked for nor looked at then. */
function serveTrpc(request: IncomingMessage, response: ServerResponse, trpc: Handler): void | Promise<void> {
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('cache-control', 'no-store')
  if (request.method !== 'OPTIONS') return trpc(request, response)
  response
    .writeHead(204, {
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'authorization, content-type, x-bellhop-workspace, trpc-accept, last-event-id',
      'access-control-max-age': '86400',
    })
    .end()
}
