import type { IncomingMessage } from 'node:http'
import type { Credentials } from '@bellhop/business'

const BEARER = /^Bearer (\S+)$/i
/** One for all; nobody writes to it. */
const NO_COOKIE = new Headers()

/** What the request, or the parameters of its WebSocket, show of the sender. */
export function credentialsOf(
  request: IncomingMessage,
  publicUrl: string,
  params: Readonly<Record<string, unknown>> = {},
): Credentials {
  const bearer = BEARER.exec(request.headers.authorization ?? '')?.[1]
  const cookie = mayUseCookie(request, publicUrl) ? request.headers.cookie : undefined
  return {
    apiKey: text(params['apiKey']) ?? bearer ?? null,
    headers: cookie === undefined ? NO_COOKIE : new Headers({ cookie }),
    workspaceId: text(params['workspaceId']) ?? text(request.headers['x-bellhop-workspace']) ?? null,
    address: request.socket.remoteAddress ?? null,
  }
}

/**
 * A cookie counts only from our own page: anybody's page can make a browser send it along, over HTTP and in the
 * handshake of a WebSocket alike.
 */
export function mayUseCookie(request: IncomingMessage, publicUrl: string): boolean {
  const { origin, host } = request.headers
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  if (origin === undefined) return true
  return (
    origin === new URL(publicUrl).origin ||
    (host !== undefined && (origin === `http://${host}` || origin === `https://${host}`))
  )
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
