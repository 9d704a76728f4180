import http from 'node:http'
import https from 'node:https'
import { KIB, MIB } from '@bellhop/model'
import { wait } from '../../back-off.ts'
import type { PartContent } from '../../upload/source.ts'
import { putAnswer } from '../put-answer.ts'
import type { PutAnswer, PutRequest } from '../platform.ts'

/** One write to the socket: large enough to be cheap, small enough for progress and stall detection. */
const WRITE_BYTES = MIB
const MAX_ANSWER_BYTES = 64 * KIB
/** A store that does not know the question is sent the body all the same. */
const CONTINUE_MS = 1_000

const agents = {
  'http:': new http.Agent({ keepAlive: true }),
  'https:': new https.Agent({ keepAlive: true }),
}

/**
 * `node:http` and not `fetch`: that copies each body, and tells nothing of what is on its way.
 */
export async function putPart({
  url,
  headers,
  content,
  sizeBytes,
  askFirst,
  onSent,
  signal,
}: PutRequest): Promise<PutAnswer> {
  signal.throwIfAborted()
  const secure = url.startsWith('https:')
  const request = (secure ? https : http).request(url, {
    method: 'PUT',
    headers: { ...headers, 'content-length': String(sizeBytes), ...(askFirst ? { expect: '100-continue' } : {}) },
    agent: secure ? agents['https:'] : agents['http:'],
    signal,
  })
  let answering = false
  const answered = answerOf(request)
  // The answer decides; a write that breaks beside it says less.
  answered.catch(() => {})
  request.once('response', () => {
    answering = true
  })
  try {
    if (askFirst) await invited(request, signal)
    let sentBytes = 0
    for await (const piece of piecesOf(content)) {
      if (request.destroyed || answering) break
      await write(request, piece)
      sentBytes += piece.length
      onSent(sentBytes)
    }
    if (!request.destroyed && !answering) request.end()
  } catch (error) {
    request.destroy(error instanceof Error ? error : undefined)
  }
  return answered
}

async function invited(request: http.ClientRequest, signal: AbortSignal): Promise<void> {
  const heard = new AbortController()
  for (const event of ['continue', 'response', 'close']) request.once(event, () => heard.abort())
  request.flushHeaders()
  await wait(CONTINUE_MS, AbortSignal.any([signal, heard.signal])).catch(() => {})
}

function write(request: http.ClientRequest, piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const onResponse = () => resolve()
    request.once('response', onResponse)
    request.write(piece, (error) => {
      request.off('response', onResponse)
      if (error) reject(error)
      else resolve()
    })
  })
}

async function* piecesOf(content: PartContent): AsyncGenerator<Uint8Array> {
  switch (content.kind) {
    case 'bytes':
      for (let at = 0; at < content.bytes.length; at += WRITE_BYTES) yield content.bytes.subarray(at, at + WRITE_BYTES)
      return
    case 'blob':
      yield* content.blob.stream()
      return
    case 'stream':
      yield* content.open()
  }
}

function answerOf(request: http.ClientRequest): Promise<PutAnswer> {
  return new Promise((resolve, reject) => {
    request.on('error', reject)
    request.once('response', (response) => {
      const { socket } = response
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        if (body.length < MAX_ANSWER_BYTES) body += text
      })
      response.once('error', reject)
      response.once('end', () => {
        const { statusCode = 0 } = response
        const { etag, 'retry-after': retryAfter } = response.headers
        resolve(putAnswer(statusCode, body, { etag, retryAfter }))
        // Who refuses may not have read the body, and would take the next request for the rest of it.
        if (statusCode >= 300 || !request.writableFinished) socket.destroy()
      })
    })
  })
}
