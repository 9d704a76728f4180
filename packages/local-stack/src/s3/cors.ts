import type { IncomingMessage } from 'node:http'
import { type CorsRule, DEFAULT_CORS, matchCors } from './cors-rule.ts'
import { parseTarget } from './request-target.ts'
import { S3Error } from './errors.ts'
import type { S3Response } from './response.ts'
import type { Store } from './store.ts'
import type { Without } from './weaker-store.ts'

/** Answers a browser's question whether a page may send the request that it is about to. */
export function answerPreflight(store: Store, message: IncomingMessage, without: Without): S3Response {
  const { origin, 'access-control-request-method': method, 'access-control-request-headers': wanted } = message.headers
  if (origin === undefined || method === undefined)
    throw new S3Error('InvalidRequest', 'Insufficient information. Origin request header needed.')
  const headers = (wanted ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  const match = matchCors(rulesFor(store, message, without), { origin, method, headers })
  if (!match) throw new S3Error('AccessDenied', 'CORSResponse: This CORS request is not allowed.')
  const { rule } = match
  return {
    status: 200,
    headers: {
      ...originHeaders(match.origin),
      'access-control-allow-methods': rule.allowedMethods.join(', '),
      ...(headers.length > 0 && { 'access-control-allow-headers': headers.join(', ') }),
      ...(rule.maxAgeSeconds !== undefined && { 'access-control-max-age': String(rule.maxAgeSeconds) }),
    },
  }
}

/** What lets a page read the answer to its request. Errors too, or a page could not tell what went wrong. */
export function corsHeaders(store: Store, message: IncomingMessage, without: Without): Record<string, string> {
  const { origin } = message.headers
  if (origin === undefined) return {}
  const match = matchCors(rulesFor(store, message, without), { origin, method: message.method ?? 'GET', headers: [] })
  if (!match) return { vary: 'Origin' }
  const exposed = without.has('cors-headers') ? '' : match.rule.exposeHeaders.join(', ')
  return { ...originHeaders(match.origin), ...(exposed !== '' && { 'access-control-expose-headers': exposed }) }
}

function originHeaders(origin: string): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  }
}

function rulesFor(store: Store, message: IncomingMessage, without: Without): CorsRule[] {
  if (without.has('cors')) return []
  try {
    const { bucket } = parseTarget(message.url ?? '/')
    return store.find(bucket)?.info.cors ?? DEFAULT_CORS
  } catch {
    return DEFAULT_CORS
  }
}
