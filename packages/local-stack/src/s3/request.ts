import type { IncomingMessage } from 'node:http'
import { authorize, type Authorization } from './authorization.ts'
import { S3Error } from './errors.ts'
import { parseTarget, type RequestTarget } from './request-target.ts'
import type { Signer } from './signer.ts'
import { overlook, type Without } from './weaker-store.ts'

const AUTHORIZATION_PARAMETERS = new Set([
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-expires',
  'x-amz-signature',
  'x-amz-signedheaders',
])

/** An authorised request: what it names, what it says, and its body still to be read. */
export type S3Request = {
  method: string
  target: RequestTarget
  /** Lower-case names; the `x-amz-` parameters of a presigned address count as headers. Values are Latin-1, as received. */
  headers: Record<string, string>
  authorization: Authorization
  signer: Signer
  receivedAt: Date
  /** Lets the client send its body; some wait for this. */
  body: () => AsyncIterable<Buffer>
}

/** Throws `S3Error` unless the request is signed as it stands. */
export async function readRequest(
  message: IncomingMessage,
  { signer, receivedAt, without }: { signer: Signer; receivedAt: Date; without: Without },
  allowBody: () => void,
): Promise<S3Request> {
  const method = message.method ?? 'GET'
  const target = parseTarget(message.url ?? '/')
  const headers = flatHeaders(message)
  const authorization = await authorize(signer, { method, target, headers, now: receivedAt, without })
  const body = () => {
    allowBody()
    return received(message)
  }
  const effective = authorization.presigned ? { ...hoistedHeaders(target.query), ...headers } : headers
  return overlook({ method, target, headers: effective, authorization, signer, receivedAt, body }, without)
}

/** The value of a query parameter; undefined when it is missing. Throws `InvalidArgument` when it is given twice. */
export function parameter({ target }: Pick<S3Request, 'target'>, name: string): string | undefined {
  const value = target.query[name]
  if (Array.isArray(value)) throw new S3Error('InvalidArgument', `The parameter ${name} is given more than once.`)
  return value
}

async function* received(message: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    // Left early, the connection must live on, or the client would not learn what was wrong with its body.
    for await (const chunk of message.iterator({ destroyOnReturn: false })) yield chunk as Buffer
  } catch (error) {
    throw message.complete ? error : new S3Error('IncompleteBody')
  }
}

function flatHeaders({ headersDistinct }: IncomingMessage): Record<string, string> {
  const entries = Object.entries(headersDistinct).map(([name, values]) => [name, (values ?? []).join(',')] as const)
  return Object.fromEntries(entries)
}

function hoistedHeaders(query: RequestTarget['query']): Record<string, string> {
  const hoisted: Record<string, string> = {}
  for (const [parameterName, value] of Object.entries(query)) {
    const name = parameterName.toLowerCase()
    if (!name.startsWith('x-amz-') || AUTHORIZATION_PARAMETERS.has(name)) continue
    hoisted[name] = Buffer.from(String(value)).toString('latin1')
  }
  return hoisted
}
