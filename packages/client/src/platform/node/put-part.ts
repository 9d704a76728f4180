import http from 'node:http'
import https from 'node:https'
import { KIB } from '@bellhop/model'
import type { PartContent } from '../../upload/source.ts'
import { putAnswer } from '../put-answer.ts'
import type { PutAnswer, PutRequest } from '../platform.ts'

/** One write to the socket: large enough to be cheap, small enough for progress and stall detection. */
const WRITE_BYTES = 512 * KIB
const MAX_ANSWER_BYTES = 64 * KIB
const agents = {
  'http:': new http.Agent({ keepAlive: true }),
  'https:': new https.Agent({ keepAlive: true }),
}

/**
 * `node:http` and not `fetch`: that copies each body, and tells nothing of what is on its way.
 */
export async function putPart({ url, headers, content, sizeBytes, onSent, signal }: PutRequest): Promise<PutAnswer> {
  signal.throwIfAborted()
  const { protocol } = new URL(url)
  const secure = protocol === 'https:'
  const request = (secure ? https : http).request(url, {
    method: 'PUT',
    headers: { ...headers, 'content-length': String(sizeBytes) },
    agent: secure ? agents['https:'] : agents['http:'],
    signal,
  })
  let refused = false
  request.once('response', () => {
    refused = true
  })
  const answered = answerOf(request)
  // The answer decides. A store that refuses early closes its side, and the write that then breaks says less.
  answered.catch(() => {})
  let sentBytes = 0
  try {
    for await (const piece of piecesOf(content)) {
      if (request.destroyed || refused) break
      await write(request, piece)
      sentBytes += piece.length
      onSent(sentBytes)
    }
    if (!request.destroyed) request.end()
  } catch (error) {
    request.destroy(error instanceof Error ? error : undefined)
  }
  return answered
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
    request.once('error', reject)
    request.once('response', (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        if (body.length < MAX_ANSWER_BYTES) body += text
      })
      response.once('error', reject)
      response.once('end', () => {
        resolve(putAnswer(response.statusCode ?? 0, body, response.headers['retry-after']))
        // What was not sent must not be taken for the next request.
        if (!request.writableFinished) request.destroy()
      })
    })
  })
}
