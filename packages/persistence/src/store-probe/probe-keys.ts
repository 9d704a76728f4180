import { hash } from 'node:crypto'
import type { KeyBinding, SignedRequest } from '@bellhop/model'
import { createKeySigner } from '../key-signer.ts'
import { issueObjectKeys } from '../object-keys.ts'
import type { PutKey } from '../object-keys.ts'
import type { ObjectStoreOptions } from '../s3-client.ts'
import type { BearerAnswer, MultipartTarget, ProbeGround } from './probe-ground.ts'

export const BODY = new TextEncoder().encode('bellhop doctor')
/** As long, and other bytes. */
export const OTHER_BODY = new TextEncoder().encode('bellhop d0ctor')
export const BODY_SHA256 = hash('sha256', BODY)
export const BODY_SHA256_BASE64 = Buffer.from(BODY_SHA256, 'hex').toString('base64')
const MEDIA_TYPE = 'application/octet-stream'
const LIFE_MS = 60_000

/** Keys for the doctor to misuse, made by what makes all others, and requests signed by hand for what those never are. */
export class ProbeKeys implements Disposable {
  readonly #ground: ProbeGround
  readonly #issuer: ReturnType<typeof issueObjectKeys>
  readonly #signer: ReturnType<typeof createKeySigner>

  constructor(ground: ProbeGround, store: ObjectStoreOptions) {
    this.#ground = ground
    this.#issuer = issueObjectKeys(store)
    this.#signer = createKeySigner({ ...store, endpoint: store.publicEndpoint ?? store.endpoint })
  }

  /** For `BODY`, as a whole object or as part 1 of an upload. */
  forPut(target: string | MultipartTarget, binding: KeyBinding = 'none'): SignedRequest {
    const bound = { sizeBytes: BODY.length, mediaType: MEDIA_TYPE, sha256: BODY_SHA256, binding, expiresInMs: LIFE_MS }
    return this.#issuer.signPut({ ...bound, ...placeOf(this.#ground, target) })
  }

  forGet(objectKey: string): Promise<SignedRequest> {
    const { mediaType, contentDisposition } = { mediaType: MEDIA_TYPE, contentDisposition: 'attachment' }
    return this.#issuer.signGet({ objectKey, mediaType, contentDisposition, expiresInMs: LIFE_MS })
  }

  /** For `BODY`, with these headers signed beside length and type, and no hash of the payload. */
  forPutWith(target: string | MultipartTarget, headers: Record<string, string>): SignedRequest {
    const { objectKey, target: place } = placeOf(this.#ground, target)
    const query: Record<string, string> =
      'uploadToken' in place ? {} : { partNumber: String(place.partNumber), uploadId: place.storeUploadId }
    const signed = { 'content-type': MEDIA_TYPE, ...headers }
    const url = this.#signer.sign({
      method: 'PUT',
      objectKey,
      query,
      headers: { 'content-length': String(BODY.length), ...signed },
      expiresInMs: LIFE_MS,
    })
    return { method: 'PUT', url, headers: signed, expiresInMs: LIFE_MS }
  }

  /** One that was good for a minute, an hour ago. */
  forGetExpired(objectKey: string): string {
    const now = new Date(Date.now() - 3_600_000)
    return this.#signer.sign({ method: 'GET', objectKey, expiresInMs: LIFE_MS, now })
  }

  /** Sends what the key is for, or something else. */
  send(
    key: SignedRequest,
    { body = BODY, headers = {} }: { body?: Uint8Array<ArrayBuffer>; headers?: Record<string, string> } = {},
  ): Promise<BearerAnswer> {
    return this.#ground.fetch(key.url, { method: key.method, headers: { ...key.headers, ...headers }, body })
  }

  [Symbol.dispose](): void {
    this.#issuer[Symbol.dispose]()
  }
}

/** What a store makes of a request. Throws `Undecided` where that cannot be told. */
export function isTaken({ status, code }: BearerAnswer): boolean {
  if (status >= 200 && status < 300) return true
  // 501 is a refusal too: of a header that the store does not know.
  if ((status >= 400 && status < 500 && status !== 429 && status !== 408) || status === 501) return false
  throw new Undecided(`The store answered ${status}${code === undefined ? '' : ` ${code}`}.`)
}

/** The store did neither take nor refuse; the message says what it did. */
export class Undecided extends Error {
  override readonly name = 'Undecided'
}

function placeOf(ground: ProbeGround, target: string | MultipartTarget): Pick<PutKey, 'objectKey' | 'target'> {
  if (typeof target === 'string') return { objectKey: ground.objectKey(target), target: { uploadToken: 'doctor' } }
  return { objectKey: target.Key ?? '', target: { storeUploadId: target.UploadId ?? '', partNumber: 1 } }
}
