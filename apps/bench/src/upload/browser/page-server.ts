import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import sirv from 'sirv'
import type { UppyRequest } from './uppy-signer.ts'

const HOST = '127.0.0.1'

export interface PageServer extends AsyncDisposable {
  readonly origin: string
}

/** Answers `/sign` with the address for one request to the store, and everything else from the folder. */
export async function servePages(folder: string, sign: (request: UppyRequest) => Promise<string>): Promise<PageServer> {
  const serveFile = sirv(folder)
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.url !== '/sign') return serveFile(request, response)
    const url = await sign(JSON.parse(await text(request)) as UppyRequest)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ url }))
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  server.listen(0, HOST)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://${HOST}:${port}`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
