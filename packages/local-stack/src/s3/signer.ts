import { createHash, createHmac, timingSafeEqual, type Hash, type Hmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'

export type Credentials = { accessKeyId: string; secretAccessKey: string; region: string }

export type CanonicalRequest = {
  method: string
  /** As it stands in the canonical request: percent-encoded once. */
  path: string
  query: Record<string, string | string[]>
  headers: Record<string, string>
  signedHeaders: string[]
  payloadHash: string
  signedAt: Date
}

const SHA256_HEADER = 'x-amz-content-sha256'
// The signer adds the first by itself and takes the payload's hash from the second; either counts only if it was signed.
const HEADERS_OF_THE_SIGNER = ['x-amz-date', SHA256_HEADER]

/** Computes what a holder of the secret would have signed, with the published signer. */
export class Signer {
  readonly credentials: Credentials
  readonly #signer: SignatureV4

  constructor(credentials: Credentials) {
    this.credentials = credentials
    this.#signer = new SignatureV4({
      service: 's3',
      region: credentials.region,
      credentials,
      sha256: NodeSha256,
      uriEscapePath: false,
      applyChecksum: false,
    })
  }

  async signRequest(request: CanonicalRequest): Promise<string> {
    const signed = new Set(request.signedHeaders)
    const { headers } = await this.#signer.sign(
      {
        method: request.method,
        protocol: 'http:',
        hostname: request.headers['host'] ?? '',
        path: request.path,
        query: request.query,
        headers: { ...request.headers, [SHA256_HEADER]: request.payloadHash },
      },
      {
        signingDate: request.signedAt,
        signableHeaders: signed,
        unsignableHeaders: new Set(HEADERS_OF_THE_SIGNER.filter((name) => !signed.has(name))),
      },
    )
    return headers['authorization']?.split('Signature=')[1] ?? ''
  }

  async signText(text: string, signedAt: Date): Promise<string> {
    return this.#signer.sign(text, { signingDate: signedAt })
  }
}

export function isSameSignature(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

class NodeSha256 {
  #hash: Hash | Hmac
  readonly #secret: Buffer | undefined

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret === undefined ? undefined : toBuffer(secret)
    this.#hash = this.#start()
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(toBuffer(data))
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }

  reset(): void {
    this.#hash = this.#start()
  }

  #start(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret)
  }
}

function toBuffer(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data)
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data)
}
