import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { systemCode } from '../local-stack-error.ts'
import { answerPreflight, corsHeaders } from './cors.ts'
import { S3Error } from './errors.ts'
import { readRequest } from './request.ts'
import type { S3Response } from './response.ts'
import { route } from './router.ts'
import type { Signer } from './signer.ts'
import type { Store } from './store.ts'
import type { Without } from './weaker-store.ts'
import { buildXml } from './xml.ts'

const MAX_DRAINED_BYTES = 64 * 1024 * 1024

/** One line for each answer; the address stands without its query, which may hold a signature. */
export type AccessLogEntry = {
  method: string
  path: string
  status: number
  code?: string
  ms: number
  error?: unknown
}

export type RequestHandlerOptions = {
  store: Store
  signer: Signer
  now: () => Date
  without: Without
  log: (entry: AccessLogEntry) => void
}

/** Answers one request, whatever comes of it. */
export async function handleRequest(
  { store, signer, now, log, without }: RequestHandlerOptions,
  message: IncomingMessage,
  response: ServerResponse,
  allowBody: () => void,
): Promise<void> {
  const startedAt = performance.now()
  const method = message.method ?? 'GET'
  const requestId = randomUUID()
  let failure: unknown
  let answer: S3Response
  try {
    answer =
      method === 'OPTIONS'
        ? answerPreflight(store, message, without)
        : await route(store, await readRequest(message, { signer, receivedAt: now(), without }, allowBody))
  } catch (error) {
    failure = error
    answer = describeFailure(error, message, requestId)
  }
  try {
    await send(response, method, {
      ...answer,
      headers: {
        ...corsHeaders(store, message, without),
        'x-amz-request-id': requestId,
        server: 'bellhop',
        ...answer.headers,
      },
    })
  } catch (error) {
    // The client went away, or the bytes could not be read; a cut connection is the one way left to say so.
    if (systemCode(error) !== 'ERR_STREAM_PREMATURE_CLOSE') failure ??= error
    response.destroy()
  } finally {
    await answer.release?.()
    drain(message)
  }
  const { code, error } = failure instanceof S3Error ? { code: failure.code } : { error: failure }
  log({
    method,
    path: (message.url ?? '/').split('?')[0] ?? '/',
    status: answer.status,
    ms: performance.now() - startedAt,
    ...(code !== undefined && { code }),
    ...(error !== undefined && { error }),
  })
}

async function send(
  response: ServerResponse,
  method: string,
  { status, headers = {}, body }: S3Response,
): Promise<void> {
  if (typeof body === 'string') headers['content-length'] = String(Buffer.byteLength(body))
  else if (body === undefined && method !== 'HEAD' && status !== 204 && status !== 304) headers['content-length'] = '0'
  response.writeHead(status, headers)
  if (method === 'HEAD' || body === undefined || typeof body === 'string') {
    response.end(method === 'HEAD' ? undefined : body)
    return
  }
  await pipeline(Readable.from(body, { objectMode: false, highWaterMark: 1 }), response)
}

/**
 * Takes what is left of a body that was refused early, or the client would see a broken connection and not the reason.
 * Of one that goes on for too long, the connection is cut.
 */
function drain(message: IncomingMessage): void {
  if (message.complete || message.destroyed) return
  let drainedBytes = 0
  message.on('data', (chunk: Buffer) => {
    drainedBytes += chunk.length
    if (drainedBytes > MAX_DRAINED_BYTES) message.destroy()
  })
  message.resume()
}

function describeFailure(error: unknown, message: IncomingMessage, requestId: string): S3Response {
  const known = error instanceof S3Error ? error : new S3Error('InternalError')
  const resource = (message.url ?? '/').split('?')[0]
  const content = { Code: known.code, Message: known.message, Resource: resource, RequestId: requestId }
  return {
    status: known.status,
    headers: { 'content-type': 'application/xml', ...known.headers },
    body: buildXml('Error', content),
  }
}
