import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'

export type RawResponse = {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
  code?: string
}

/** A request as it is written here, with nothing added by a client library. */
export async function rawRequest(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<RawResponse> {
  const { method = 'GET', headers = {}, body: sent } = options
  // Kept alive until the end of the answer, so that a server which answers early can still take the rest of the body.
  const agent = new Agent({ keepAlive: true })
  try {
    const outgoing = request(url, { method, headers, agent })
    outgoing.end(sent)
    const [response]: IncomingMessage[] = await once(outgoing, 'response')
    if (!response) throw new Error('A response event carries the response.')
    const body = await text(response)
    const code = /<Code>(\w+)<\/Code>/.exec(body)?.[1]
    const { statusCode: status = 0 } = response
    outgoing.on('error', () => {})
    return { status, headers: response.headers, body, ...(code !== undefined && { code }) }
  } finally {
    agent.destroy()
  }
}
