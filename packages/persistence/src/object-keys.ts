import { GetObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { KeyBinding, SignedRequest } from '@bellhop/model'
import { createKeySigner } from './key-signer.ts'
import { openS3Client } from './s3-client.ts'
import type { ObjectStoreOptions } from './s3-client.ts'

/** A key for one PUT: of a whole object, or of one part of a multipart upload. */
export interface PutKey {
  readonly objectKey: string
  readonly sizeBytes: number
  readonly mediaType: string
  /** Binds the key to these bytes, lower-case hex. */
  readonly sha256: string | undefined
  /** How: as strongly as the store keeps it. */
  readonly binding: KeyBinding
  readonly expiresInMs: number
  readonly target: { readonly uploadToken: string } | { readonly storeUploadId: string; readonly partNumber: number }
}

export interface GetKey {
  readonly objectKey: string
  readonly expiresInMs: number
  readonly mediaType: string
  readonly contentDisposition: string
  /** Rounds the moment of signing down to this, so that the same question gets the same URL and a browser caches it. */
  readonly stableForMs?: number
}

/** Carries the upload's id in the object's metadata, so that a lost answer of the store is settled by asking. */
export const TOKEN = 'bellhop-upload'

/** Signs requests for clients to make, at the store's address as they see it. */
export function issueObjectKeys(options: ObjectStoreOptions) {
  const { bucket } = options
  const endpoint = options.publicEndpoint ?? options.endpoint
  const s3 = openS3Client(endpoint, options)
  const signer = createKeySigner({ ...options, endpoint })
  const inside = createKeySigner(options)

  return {
    signPut({ objectKey, sizeBytes, mediaType, sha256, binding, expiresInMs, target }: PutKey): SignedRequest {
      const bound: Record<string, string> = { 'content-length': String(sizeBytes), 'content-type': mediaType }
      // A whole object is created once (If-None-Match) and carries its upload's token; a part has neither.
      if ('uploadToken' in target) {
        bound['if-none-match'] = '*'
        bound[`x-amz-meta-${TOKEN}`] = target.uploadToken
      }
      if (sha256 !== undefined && binding === 'store-sha256') {
        bound['x-amz-checksum-sha256'] = Buffer.from(sha256, 'hex').toString('base64')
      }
      const payload = sha256 !== undefined && binding !== 'none' ? { sha256 } : {}
      const query: Record<string, string> =
        'uploadToken' in target
          ? { 'x-id': 'PutObject' }
          : { partNumber: String(target.partNumber), uploadId: target.storeUploadId, 'x-id': 'UploadPart' }
      const url = signer.sign({ method: 'PUT', objectKey, expiresInMs, headers: bound, query, ...payload })
      // A browser sets content-length itself, from the body, and lets no script do it.
      const { 'content-length': _, ...headers } = bound
      return {
        method: 'PUT',
        url,
        headers: payload.sha256 === undefined ? headers : { ...headers, 'x-amz-content-sha256': payload.sha256 },
        expiresInMs,
      }
    },

    /** For a process of our own, at the store's address as we see it; any range of the object, as often as it likes. */
    signRead(objectKey: string, expiresInMs: number): string {
      return inside.sign({ method: 'GET', objectKey, expiresInMs })
    },

    async signGet({
      objectKey,
      expiresInMs,
      mediaType,
      contentDisposition,
      stableForMs,
    }: GetKey): Promise<SignedRequest> {
      const now = Date.now()
      const signedAt = stableForMs === undefined ? now : now - (now % stableForMs)
      const url = await getSignedUrl(
        s3,
        new GetObjectCommand({
          Bucket: bucket,
          Key: objectKey,
          ResponseContentType: mediaType,
          ResponseContentDisposition: contentDisposition,
          ResponseCacheControl:
            stableForMs === undefined ? 'private, no-store' : `private, max-age=${Math.floor(stableForMs / 1000)}`,
        }),
        { expiresIn: Math.ceil((expiresInMs + (stableForMs ?? 0)) / 1000), signingDate: new Date(signedAt) },
      )
      return { method: 'GET', url, headers: {}, expiresInMs }
    },

    [Symbol.dispose](): void {
      s3.destroy()
    },
  }
}
