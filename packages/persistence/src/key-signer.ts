import { createHash, createHmac } from 'node:crypto'

/**
 * Signs requests for others to make: AWS Signature Version 4 in the query string, for one method, one object, and just
 * the headers given, each of which is signed. The AWS SDK's presigner can sign neither content-type nor a payload hash
 * this way, and takes 0.4 ms a URL; with the day's key cached this takes 8 µs. A test holds the two together.
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
  const basePath = endpoint.pathname.replace(/\/$/, '')
  let day = ''
  let dayKey: Buffer = Buffer.alloc(0)

  function keyOf(date: string): Buffer {
    if (date !== day) {
      const forDate = hmac(`AWS4${options.secretAccessKey}`, date)
      const forRegion = hmac(forDate, options.region)
      dayKey = hmac(hmac(forRegion, 's3'), 'aws4_request')
      day = date
    }
    return dayKey
  }

  return {
    sign({ method, objectKey, query = {}, headers = {}, sha256, expiresInMs, now = new Date() }) {
      const timestamp = now.toISOString().replace(/[-:]|\.\d{3}/g, '')
      const date = timestamp.slice(0, 8)
      const scope = `${date}/${options.region}/s3/aws4_request`
      const signed = {
        host: endpoint.host,
        ...headers,
        ...(sha256 === undefined ? {} : { 'x-amz-content-sha256': sha256 }),
      }
      const names = Object.keys(signed).toSorted()
      const path = `${basePath}/${encode(options.bucket)}/${objectKey.split('/').map(encode).join('/')}`
      const canonicalQuery = Object.entries({
        ...query,
        'X-Amz-Algorithm': ALGORITHM,
        'X-Amz-Credential': `${options.accessKeyId}/${scope}`,
        'X-Amz-Date': timestamp,
        'X-Amz-Expires': String(Math.ceil(expiresInMs / 1000)),
        'X-Amz-SignedHeaders': names.join(';'),
      })
        .map(([name, value]) => `${encode(name)}=${encode(value)}`)
        .toSorted()
        .join('&')
      const canonicalRequest = [
        method,
        path,
        canonicalQuery,
        ...names.map((name) => `${name}:${signed[name as keyof typeof signed]?.trim()}`),
        '',
        names.join(';'),
        sha256 ?? 'UNSIGNED-PAYLOAD',
      ].join('\n')
      const digest = createHash('sha256').update(canonicalRequest).digest('hex')
      const signature = createHmac('sha256', keyOf(date))
        .update(`${ALGORITHM}\n${timestamp}\n${scope}\n${digest}`)
        .digest('hex')
      return `${endpoint.origin}${path}?${canonicalQuery}&X-Amz-Signature=${signature}`
    },
  }
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/** RFC 3986; encodeURIComponent leaves five more characters as they are. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
