import { once } from 'node:events'
import { createServer, request as forward } from 'node:http'
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Transform } from 'node:stream'
import { setTimeout } from 'node:timers/promises'

export type Fault =
  /** Closes the connection after this many bytes of the body. */
  | { readonly cutAfterBytes: number }
  /** Answers instead of the store. */
  | { readonly answer: number; readonly code?: string }
  /** Takes the body at that rate. */
  | { readonly bytesPerSecond: number }
  /** Never answers. */
  | { readonly silent: true }
  /** Passes other bytes on than came. */
  | { readonly garble: true }
  /** Ends the answer after this many bytes. */
  | { readonly cutAnswerAfterBytes: number }
  /** One bit of the answer's body is another when it arrives. */
  | { readonly flipAnswerAt: number }
  /** The store never hears of the Range header, as if it knew none. */
  | { readonly dropRange: true }

export interface SeenRequest {
  readonly method: string
  readonly url: URL
  readonly part: number
  readonly headers: IncomingMessage['headers']
}

/** Stands before the store as the network does. `fault` chooses what happens to a request; undefined lets it through. */
export class FlakyProxy implements AsyncDisposable {
  fault: (request: SeenRequest) => Fault | undefined = () => undefined
  readonly seen: SeenRequest[] = []
  /** Requests that carry bytes right now, and the most there were. */
  inFlight = 0
  mostInFlight = 0
  /** Sends requests on to there. */
  target: URL
  readonly #server

  constructor(target: string) {
    this.target = new URL(target)
    this.#server = createServer((request, response) => this.#handle(request, response))
    this.#server.on('checkContinue', (request, response) => this.#handle(request, response))
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.target)
    const part = Number(url.searchParams.get('partNumber') ?? 1)
    const seen = { method: request.method ?? '', url, part, headers: request.headers }
    this.seen.push(seen)
    this.inFlight += 1
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight)
    response.once('close', () => {
      this.inFlight -= 1
    })
    const fault = this.fault(seen)
    if (fault && 'silent' in fault) return void request.resume()
    if (fault && 'answer' in fault) {
      request.resume()
      const body = fault.code ? `<Error><Code>${fault.code}</Code></Error>` : ''
      response.writeHead(fault.answer, { 'content-type': 'application/xml', connection: 'close' }).end(body)
      return
    }
    this.#pass(request, response, fault)
  }

  #pass(request: IncomingMessage, response: ServerResponse, fault: Fault | undefined): void {
    const upstream = forward(new URL(request.url ?? '/', this.target), {
      method: request.method ?? 'GET',
      headers: fault && 'dropRange' in fault ? withoutRange(request.headers) : request.headers,
    })
    upstream.on('error', () => response.destroy())
    upstream.once('continue', () => response.writeContinue())
    if (request.headers.expect) upstream.flushHeaders()
    request.on('error', () => upstream.destroy())
    request.once('close', () => {
      if (!request.complete) upstream.destroy()
    })
    void carry(request, upstream, fault).catch(() => {
      upstream.destroy()
      response.destroy()
    })
    upstream.once('response', (answer) => {
      if (fault && 'cutAnswerAfterBytes' in fault && fault.cutAnswerAfterBytes === 0) {
        return void answer.resume().once('end', () => response.destroy())
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      if (fault && 'flipAnswerAt' in fault) return void answer.pipe(flip(fault.flipAnswerAt)).pipe(response)
      if (!fault || !('cutAnswerAfterBytes' in fault)) return void answer.pipe(response)
      let given = 0
      answer.on('data', (chunk: Buffer) => {
        given += chunk.length
        response.write(chunk)
        if (given >= fault.cutAnswerAfterBytes) response.destroy()
      })
      answer.once('end', () => response.end())
    })
  }
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

function withoutRange({ range: _range, ...headers }: IncomingMessage['headers']): IncomingMessage['headers'] {
  return headers
}

/** The body, chunk by chunk, as the fault has it. */
async function carry(request: IncomingMessage, upstream: ClientRequest, fault: Fault | undefined): Promise<void> {
  let taken = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    taken += chunk.length
    if (fault && 'cutAfterBytes' in fault && taken >= fault.cutAfterBytes) throw new Error('Cut.')
    const bytes = fault && 'garble' in fault ? Buffer.alloc(chunk.length) : chunk
    if (!upstream.write(bytes)) await once(upstream, 'drain')
    if (fault && 'bytesPerSecond' in fault) await setTimeout((chunk.length / fault.bytesPerSecond) * 1000)
  }
  upstream.end()
}
