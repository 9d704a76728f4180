import { createServer, request as sendRequest } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** What a request asks of the store, by S3's name for it; `Other` is what no test has needed to name. */
export type StoreOperation =
  | 'AbortMultipartUpload'
  | 'CompleteMultipartUpload'
  | 'CreateMultipartUpload'
  | 'DeleteObjects'
  | 'GetObject'
  | 'HeadObject'
  | 'ListMultipartUploads'
  | 'ListObjects'
  | 'ListParts'
  | 'PutObject'
  | 'UploadPart'
  | 'Other'

/** What goes wrong with one request. */
export type StoreFault =
  /** Answered here; the store never hears of it. */
  | { readonly kind: 'refuse'; readonly status: number; readonly code: string }
  /** The store does it, and the connection breaks before its answer. */
  | { readonly kind: 'swallow' }
  /** 200 with `<Error>` in the body; `does` says whether the store did it. */
  | { readonly kind: 'error-body'; readonly does: boolean }
  | { readonly kind: 'empty-etag' }
  /** The connection breaks, on both sides, when so many bytes of the request were sent on. */
  | { readonly kind: 'cut-request'; readonly afterBytes: number }
  /** … or so many of the answer. */
  | { readonly kind: 'cut-answer'; readonly afterBytes: number }
  /** One bit of the request's body is another when it reaches the store. */
  | { readonly kind: 'flip-request'; readonly atByte: number }
  /** The store does it; its answer waits for this. */
  | { readonly kind: 'hold'; readonly until: Promise<unknown> }

export interface PlannedFault {
  /** Requests that it has befallen. */
  readonly hits: number
}

/** A proxy in front of an object store that lets one request after another go wrong, as it is told. */
export interface FlakyStore extends AsyncDisposable {
  /** Give it as the store's endpoint. Signatures hold: the Host header goes on as it came. */
  readonly url: string
  /** The next `times` requests for the operation meet this fault. Faults of one operation come one after the other. */
  plan(operation: StoreOperation, fault: StoreFault, times?: number): PlannedFault
  /** Nothing more goes wrong. */
  mend(): void
  /** How many requests for the operation have come. */
  seen(operation: StoreOperation): number
  /** Sends requests on to the store at this address from now on. */
  target(url: string): void
}

interface Planned {
  readonly operation: StoreOperation
  readonly fault: StoreFault
  left: number
  hits: number
}

export async function startFlakyStore(targetUrl: string): Promise<FlakyStore> {
  let target = new URL(targetUrl)
  let planned: Planned[] = []
  const seen = new Map<StoreOperation, number>()

  const server = createServer({ requestTimeout: 0 }, (message, response) => {
    const operation = operationOf(message)
    seen.set(operation, (seen.get(operation) ?? 0) + 1)
    const plan = planned.find((each) => each.operation === operation && each.left > 0)
    if (plan) {
      plan.left--
      plan.hits++
    }
    // Whatever breaks on one side breaks on the other: that is what a proxy in between looks like.
    forward(target, message, response, plan?.fault).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    plan(operation, fault, times = 1) {
      const plan = { operation, fault, left: times, hits: 0 }
      planned.push(plan)
      return plan
    },
    mend() {
      planned = []
    },
    seen: (operation) => seen.get(operation) ?? 0,
    target(url) {
      target = new URL(url)
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function forward(
  target: URL,
  message: IncomingMessage,
  response: ServerResponse,
  fault: StoreFault | undefined,
): Promise<void> {
  if (fault?.kind === 'refuse' || (fault?.kind === 'error-body' && !fault.does)) {
    message.resume()
    await once(message, 'end')
    const [status, code] = fault.kind === 'refuse' ? [fault.status, fault.code] : [200, 'InternalError']
    response.writeHead(status, { 'content-type': 'application/xml' }).end(errorBody(code))
    return
  }
  const upstream = sendRequest({
    host: target.hostname,
    port: target.port,
    method: message.method,
    path: message.url,
    headers: message.headers,
  })
  const answered = once(upstream, 'response') as Promise<[IncomingMessage]>
  // Awaited below; if the request breaks first, that is what is reported.
  answered.catch(() => {})
  const onTheWay =
    fault?.kind === 'cut-request' ? [cut(fault.afterBytes)] : fault?.kind === 'flip-request' ? [flip(fault.atByte)] : []
  await pipeline([message, ...onTheWay, upstream])
  const [answer] = await answered
  switch (fault?.kind) {
    case 'swallow':
      answer.resume()
      await once(answer, 'end')
      response.destroy()
      return
    case 'error-body':
      answer.resume()
      await once(answer, 'end')
      response.writeHead(200, { 'content-type': 'application/xml' }).end(errorBody('InternalError'))
      return
    case 'hold':
      await fault.until
      break
    default:
  }
  const headers = { ...answer.headers }
  if (fault?.kind === 'empty-etag') {
    headers.etag = ''
    delete headers['content-length']
  }
  response.writeHead(answer.statusCode ?? 502, headers)
  const back =
    fault?.kind === 'cut-answer' ? [cut(fault.afterBytes)] : fault?.kind === 'empty-etag' ? [withoutEtag()] : []
  await pipeline([answer, ...back, response])
}

function operationOf({ method, url, headers }: IncomingMessage): StoreOperation {
  const { pathname, searchParams: query } = new URL(url ?? '/', 'http://store')
  const ofObject = pathname.split('/').filter(Boolean).length > 1
  switch (method) {
    case 'GET':
      if (query.has('uploadId')) return 'ListParts'
      if (query.has('uploads')) return 'ListMultipartUploads'
      return ofObject ? 'GetObject' : query.has('list-type') ? 'ListObjects' : 'Other'
    case 'HEAD':
      return ofObject ? 'HeadObject' : 'Other'
    case 'PUT':
      if (!ofObject || 'x-amz-copy-source' in headers) return 'Other'
      return query.has('partNumber') ? 'UploadPart' : 'PutObject'
    case 'POST':
      if (query.has('uploadId')) return 'CompleteMultipartUpload'
      if (query.has('uploads')) return 'CreateMultipartUpload'
      return query.has('delete') ? 'DeleteObjects' : 'Other'
    case 'DELETE':
      return query.has('uploadId') ? 'AbortMultipartUpload' : 'Other'
    default:
      return 'Other'
  }
}

/** Lets so many bytes pass and then breaks. */
function cut(afterBytes: number): Transform {
  let left = afterBytes
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      this.push(chunk.subarray(0, left))
      left -= chunk.length
      if (left > 0) done()
      // A turn later, so that what was let pass is on its way.
      else setImmediate(() => done(new Error('The connection was cut.')))
    },
  })
}

function flip(atByte: number): Transform {
  let position = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const at = atByte - position
      position += chunk.length
      if (at >= 0 && at < chunk.length) chunk[at] = (chunk[at] ?? 0) ^ 1
      done(null, chunk)
    },
  })
}

function withoutEtag(): Transform {
  const chunks: Buffer[] = []
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
    flush(done) {
      done(
        null,
        Buffer.concat(chunks)
          .toString('utf8')
          .replace(/<ETag>.*?<\/ETag>/g, '<ETag></ETag>'),
      )
    },
  })
}

function errorBody(code: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>A fault of the test.</Message></Error>`
}
