import { createHmac, createSecretKey, hash } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/**
 * Signs requests for others to make: AWS Signature Version 4 in the query string, for one method, one object, and just
 * the headers given, each of which is signed. The AWS SDK's presigner can sign neither content-type nor a payload hash
 * this way, and takes some 20 times as long, for it derives the day's key at every call and builds a whole request
 * (`pnpm bench keys`). A test holds the two together.
 * Source: docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export interface KeySigner {
  sign(request: SignableRequest): string
}

export interface SignableRequest {
  readonly method: 'GET' | 'PUT'
  /** Without a leading slash, not encoded. */
  readonly objectKey: string
  readonly query?: Readonly<Record<string, string>>
  /** Lower-case names. The bearer must send exactly these. */
  readonly headers?: Readonly<Record<string, string>>
  /** Of the body, lower-case hex; sent as x-amz-content-sha256. Left out, any bytes of the right length fit. */
  readonly sha256?: string
  readonly expiresInMs: number
  readonly now?: Date
}

export interface KeySignerOptions {
  /** As the bearers see it: scheme, host and port. */
  readonly endpoint: string
  readonly bucket: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const ALGORITHM = 'AWS4-HMAC-SHA256'

export function createKeySigner(options: KeySignerOptions): KeySigner {
  const endpoint = new URL(options.endpoint)
  const bucketPath = `${endpoint.pathname.replace(/\/$/, '')}/${encode(options.bucket)}`
  let today: SigningDay | undefined

  function signingDay(date: string): SigningDay {
    if (today?.date !== date) {
      const scope = `${date}/${options.region}/s3/aws4_request`
      const forDate = hmac(`AWS4${options.secretAccessKey}`, date)
      const forRegion = hmac(forDate, options.region)
      today = {
        date,
        scope,
        credential: encode(`${options.accessKeyId}/${scope}`),
        key: createSecretKey(hmac(hmac(forRegion, 's3'), 'aws4_request')),
      }
    }
    return today
  }

  return {
    sign({ method, objectKey, query = {}, headers = {}, sha256, expiresInMs, now = new Date() }) {
      const timestamp = now.toISOString().replace(/[-:]|\.\d{3}/g, '')
      const { scope, credential, key } = signingDay(timestamp.slice(0, 8))
      const signed: Record<string, string> = { host: endpoint.host, ...headers }
      if (sha256 !== undefined) signed['x-amz-content-sha256'] = sha256
      const names = Object.keys(signed).toSorted()
      const signedHeaders = names.join(';')
      const path = `${bucketPath}/${objectKey.split('/').map(encode).join('/')}`
      const canonicalQuery = [
        ...Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`),
        `X-Amz-Algorithm=${ALGORITHM}`,
        `X-Amz-Credential=${credential}`,
        `X-Amz-Date=${timestamp}`,
        `X-Amz-Expires=${Math.ceil(expiresInMs / 1000)}`,
        `X-Amz-SignedHeaders=${encode(signedHeaders)}`,
      ]
        .toSorted()
        .join('&')
      const canonicalHeaders = names.map((name) => `${name}:${signed[name]?.trim()}\n`).join('')
      const payload = sha256 ?? 'UNSIGNED-PAYLOAD'
      const canonicalRequest = `${method}\n${path}\n${canonicalQuery}\n${canonicalHeaders}\n${signedHeaders}\n${payload}`
      const toSign = `${ALGORITHM}\n${timestamp}\n${scope}\n${hash('sha256', canonicalRequest)}`
      const signature = createHmac('sha256', key).update(toSign).digest('hex')
      return `${endpoint.origin}${path}?${canonicalQuery}&X-Amz-Signature=${signature}`
    },
  }
}

/** What is the same for every key of one day (UTC). */
interface SigningDay {
  readonly date: string
  readonly scope: string
  /** Encoded for the query. */
  readonly credential: string
  /** A KeyObject: of a Buffer, Node would make one at every signature, 18 µs instead of 3. */
  readonly key: KeyObject
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

const UNRESERVED = /^[\w.~-]*$/

/** RFC 3986; encodeURIComponent leaves five more characters as they are. */
function encode(text: string): string {
  if (UNRESERVED.test(text)) return text
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
