import { Sha256 } from '@aws-crypto/sha256-js'
import type { SignedRequest } from '@bellhop/model'
import { SignatureV4 } from '@smithy/signature-v4'

export interface KeyRequest {
  readonly method: 'PUT' | 'GET'
  readonly path: string
  readonly query?: Record<string, string>
  readonly headers?: Record<string, string>
  readonly expiresInMs: number
  /** When it was signed; an old one has expired. */
  readonly signedAt?: Date
}

/** Valet keys by a published signer: every header that is given is signed. */
export class KeyMaker {
  /** Where the bearers find the store. */
  endpoint: URL
  readonly #signer: SignatureV4

  constructor(endpoint: string, credentials: { accessKeyId: string; secretAccessKey: string }) {
    this.endpoint = new URL(endpoint)
    this.#signer = new SignatureV4({
      service: 's3',
      region: 'us-east-1',
      credentials,
      sha256: Sha256,
      uriEscapePath: false,
      applyChecksum: false,
    })
  }

  async make({ method, path, query = {}, headers = {}, expiresInMs, signedAt }: KeyRequest): Promise<SignedRequest> {
    const { protocol, hostname, host } = this.endpoint
    const signed = await this.#signer.presign(
      {
        method,
        protocol,
        hostname,
        path,
        query,
        headers: { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers },
      },
      {
        expiresIn: Math.ceil(expiresInMs / 1000),
        unhoistableHeaders: new Set(Object.keys(headers)),
        ...(signedAt ? { signingDate: signedAt } : {}),
      },
    )
    const text = Object.entries(signed.query ?? {}).map(
      ([name, value]) => `${name}=${encodeURIComponent(String(value))}`,
    )
    return { method, url: `${this.endpoint.origin}${path}?${text.join('&')}`, headers, expiresInMs }
  }
}
