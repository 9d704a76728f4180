import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'

export type BoundKey = {
  url: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string }
  /** Of the bytes that the address is good for, in hexadecimal. */
  sha256: string
}

/** A presigned PUT for these bytes and no others, which AWS's presigner cannot make: it signs no payload. */
export async function presignBytes({ url, region, credentials, sha256 }: BoundKey): Promise<string> {
  const signer = new SignatureV4({ service: 's3', region, credentials, sha256: Sha256, uriEscapePath: false })
  const { protocol, hostname, host, pathname } = new URL(url)
  const headers = { host, 'x-amz-content-sha256': sha256 }
  const { query = {} } = await signer.presign(
    { method: 'PUT', protocol, hostname, path: pathname, query: {}, headers },
    { expiresIn: 60, unhoistableHeaders: new Set(['x-amz-content-sha256']) },
  )
  const text = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
  return `${url}?${text.join('&')}`
}

class Sha256 {
  #hash: Hash | Hmac

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret))
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data))
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }

  reset(): void {
    this.#hash = createHash('sha256')
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
  if (typeof data === 'string') return data
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
}
