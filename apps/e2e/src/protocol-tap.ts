import { once } from 'node:events'
import { createServer, request as forward } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Every message of an upload, by who sends it to whom. */
export const STEPS = {
  'client → server': ['uploads.start', 'uploads.signParts', 'uploads.complete'],
  'client → store': ['UploadPart'],
  'server → store': ['CreateMultipartUpload', 'ListParts', 'CompleteMultipartUpload', 'GetObject'],
} as const
export type Step = (typeof STEPS)[keyof typeof STEPS][number]

/** Before the receiver has it; when half of its body is through; after it was done and before the answer is seen. */
export type Moment = 'before' | 'amid' | 'after'

interface Trap {
  readonly step: Step
  readonly moment: Moment
  readonly spring: () => void
}

/** Stands between two parties and lets everything pass, but for the one message that a trap waits for. */
export class ProtocolTap implements AsyncDisposable {
  readonly #target: () => string
  readonly #server = createServer((request, response) => this.#pass(request, response))
  #trap: Trap | undefined

  /** The target may move: a server that was killed comes back elsewhere. */
  constructor(target: () => string) {
    this.#target = target
    this.#server.on('checkContinue', (request, response) => this.#pass(request, response))
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Springs once: `spring` is called, and that message or its answer is lost. */
  set(trap: Trap): void {
    this.#trap = trap
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const trap = this.#trap?.step === stepOf(request) ? this.#trap : undefined
    if (trap) this.#trap = undefined
    const spring = () => {
      trap?.spring()
      request.socket.destroy()
    }
    if (trap?.moment === 'before') return spring()
    const upstream = forward(new URL(request.url ?? '/', this.#target()), {
      method: request.method ?? 'GET',
      headers: request.headers,
      agent: false,
    })
    upstream.on('error', () => response.destroy())
    upstream.once('continue', () => response.writeContinue())
    if (request.headers.expect) upstream.flushHeaders()
    request.once('close', () => {
      if (!request.complete) upstream.destroy()
    })
    const half = Number(request.headers['content-length'] ?? 0) / 2
    let taken = 0
    request.on('data', (chunk: Buffer) => {
      taken += chunk.length
      if (trap?.moment === 'amid' && taken >= half) {
        upstream.destroy()
        return spring()
      }
      if (!upstream.write(chunk)) {
        request.pause()
        upstream.once('drain', () => request.resume())
      }
    })
    request.once('end', () => upstream.end())
    upstream.once('response', (answer) => {
      if (trap?.moment === 'after') return void answer.resume().once('end', spring)
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
  }
}

function stepOf({ method, url = '' }: IncomingMessage): Step | undefined {
  const { pathname, searchParams: query } = new URL(url, 'http://tap')
  const procedure = /^\/trpc\/([\w.,]+)/.exec(pathname)?.[1]?.split(',')
  if (procedure) return STEPS['client → server'].find((step) => procedure.includes(step))
  if (method === 'PUT') return query.has('partNumber') ? 'UploadPart' : undefined
  if (method === 'POST') {
    if (query.has('uploads')) return 'CreateMultipartUpload'
    return query.has('uploadId') ? 'CompleteMultipartUpload' : undefined
  }
  if (method !== 'GET' || query.has('X-Amz-Signature')) return undefined
  if (query.has('uploadId')) return 'ListParts'
  return query.has('list-type') ? undefined : 'GetObject'
}
