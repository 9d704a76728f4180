import { once } from 'node:events'
import { request } from 'node:http'

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
  const { method = 'GET', headers = {}, body } = options
  const outgoing = request(url, { method, headers, agent: false })
  outgoing.end(body)
  const [response] = (await once(outgoing, 'response')) as [import('node:http').IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1]
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: text,
    ...(code !== undefined && { code }),
  }
}
