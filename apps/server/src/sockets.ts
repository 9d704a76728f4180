import type { IncomingMessage, Server } from 'node:http'
import { appRouter } from '@bellhop/api'
import { applyWSSHandler } from '@trpc/server/adapters/ws'
import { WebSocketServer } from 'ws'
import { createMessageEncoder } from './message-encoder.ts'
import { requestContext } from './request-context.ts'
import type { Services } from './request-context.ts'
import { keepPulse } from './socket-pulse.ts'

const MAX_MESSAGE_BYTES = 256 * 1024
const PULSE_EVERY_MS = 15_000
const CLOSE_WITHIN_MS = 1_000

/** Serves the contract over WebSocket at /trpc. */
export function serveSockets(server: Server, services: Services): AsyncDisposable {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false })
  const encoder = createMessageEncoder()
  const handler = applyWSSHandler({
    wss: sockets,
    router: appRouter,
    createContext: ({ req, res, info }) =>
      requestContext(services, req, { connection: { socket: res, encoder }, params: info.connectionParams ?? {} }),
    experimental_encoder: encoder,
  })
  const pulse = keepPulse(sockets, PULSE_EVERY_MS)
  server.on('upgrade', (request, socket, head) => {
    if (new URL(request.url ?? '/', 'http://localhost').pathname !== '/trpc') {
      socket.destroy()
      return
    }
    sockets.handleUpgrade(request, socket, head, (upgraded) =>
      sockets.emit('connection', upgraded, handshakeOf(request)),
    )
  })
  return {
    [Symbol.asyncDispose]: async () => {
      pulse[Symbol.dispose]()
      handler.broadcastReconnectNotification()
      for (const socket of sockets.clients) socket.close(1001, 'The server is restarting.')
      await new Promise((resolve) => setTimeout(resolve, sockets.clients.size > 0 ? CLOSE_WITHIN_MS : 0))
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
    },
  }
}

/**
 * What tRPC and we look at of the request that became a socket. It is held for as long as the socket lives, thousands of
 * times; all else of the request is let go.
 */
function handshakeOf({ url, headers, socket }: IncomingMessage): Pick<IncomingMessage, 'url' | 'headers' | 'socket'> {
  const { host, origin, cookie, authorization } = headers
  const { 'sec-fetch-site': site, 'x-bellhop-workspace': workspace } = headers
  const looked = { host, origin, cookie, authorization, 'sec-fetch-site': site, 'x-bellhop-workspace': workspace }
  return { url, headers: looked, socket }
}
