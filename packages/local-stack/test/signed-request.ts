import { createHash } from 'node:crypto'
import { rawRequest, type RawResponse } from '@bellhop/testkit/object-store-conformance'
import { Signer } from '../src/s3/signer.ts'

export type Account = { endpoint: string; accessKeyId: string; secretAccessKey: string; region?: string }

export type SignedRequest = {
  method?: string
  path: string
  headers?: Record<string, string>
  body?: string | Buffer
  payloadHash?: string
  at?: Date
  /** Header names that are sent but not signed. */
  unsigned?: string[]
}

/** A request signed by hand, so that each part of the signature can be bent. */
export async function signedRequest(account: Account, request: SignedRequest): Promise<RawResponse> {
  const { signature, headers } = await sign(account, request)
  return rawRequest(account.endpoint + request.path, {
    method: request.method ?? 'GET',
    headers: { ...headers, authorization: signature.header },
    ...(request.body !== undefined && { body: request.body }),
  })
}

export async function sign(
  { endpoint, region = 'us-east-1', ...keys }: Account,
  request: SignedRequest,
): Promise<{
  signature: { header: string; value: string; longDate: string; scope: string }
  headers: Record<string, string>
}> {
  const { method = 'GET', path, body = '', at = new Date(), unsigned = [] } = request
  const payloadHash = request.payloadHash ?? createHash('sha256').update(body).digest('hex')
  const longDate = at.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const headers: Record<string, string> = {
    host: new URL(endpoint).host,
    'x-amz-date': longDate,
    'x-amz-content-sha256': payloadHash,
    ...request.headers,
  }
  const signedHeaders = Object.keys(headers)
    .filter((name) => !unsigned.includes(name))
    .toSorted()
  const url = new URL(endpoint + path)
  const value = await new Signer({ region, ...keys }).signRequest({
    method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: Object.fromEntries(signedHeaders.map((name) => [name, headers[name] ?? ''])),
    signedHeaders,
    payloadHash,
    signedAt: new Date(Math.floor(at.getTime() / 1000) * 1000),
  })
  const scope = `${longDate.slice(0, 8)}/${region}/s3/aws4_request`
  const header = `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${signedHeaders.join(';')}, Signature=${value}`
  return { signature: { header, value, longDate, scope }, headers }
}
