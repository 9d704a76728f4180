import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What becomes of a request on its way to the store. */
export type Fate =
  | 'pass'
  /** The store answers that it may not be done. */
  | 'deny'
  /** The store does it, and nobody hears of it. */
  | 'cut-answer'

export interface StoreProxy extends AsyncDisposable {
  readonly url: string
}

/** Stands before a store as it is, and lets happen to each request what the test decides. */
export async function startStoreProxy(
  store: string,
  decide: (message: IncomingMessage) => Fate,
  /** Changes headers of answers on their way back. */
  change: (headers: IncomingMessage['headers']) => IncomingMessage['headers'] = (headers) => headers,
): Promise<StoreProxy> {
  const server = createServer((message, response) => {
    const fate = decide(message)
    if (fate === 'deny') return deny(message, response)
    const { method, headers, url } = message
    const onward = request(new URL(url ?? '/', store), { method, headers, agent: false }, (answer) => {
      if (fate === 'cut-answer') {
        answer.resume().once('end', () => message.socket.destroy())
        return
      }
      response.sendDate = false
      response.writeHead(answer.statusCode ?? 500, change(answer.headers))
      answer.pipe(response)
    })
    onward.once('error', () => response.destroy())
    message.pipe(onward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function deny(message: IncomingMessage, response: ServerResponse): void {
  message.resume().once('end', () => {
    response.writeHead(403, { 'content-type': 'application/xml' })
    response.end('<Error><Code>AccessDenied</Code><Message>Access Denied.</Message></Error>')
  })
}
