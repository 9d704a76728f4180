/**
 * Stands in for stores that keep less than S3 promises, so that what Bellhop makes of them can be tried. All of it is
 * here: the request is shown to the rest of the endpoint as a weaker store would have read it.
 */
import { S3Error } from './errors.ts'
import type { S3Request } from './request.ts'

/** What this endpoint does and a weaker store might not. */
export type StoreGuard =
  /** A body of another length than the key was signed for is refused. Without it, up to 16 bytes more are taken. */
  | 'signed-length'
  /** Another type is refused. Without it, a key for `application/octet-stream` is good for any. */
  | 'signed-type'
  /** Other bytes than those of a signed `x-amz-content-sha256` are refused. */
  | 'payload-sha256'
  /** Keys with a signed `x-amz-content-sha256` are taken at all. */
  | 'accepts-payload-sha256'
  /** `x-amz-checksum-*` is checked, kept and given back. */
  | 'checksums'
  /** … of multipart uploads too. */
  | 'composite-checksums'
  | 'if-none-match'
  | 'complete-if-none-match'
  | 'cors'
  /** Pages may read the ETag and range headers of answers. */
  | 'cors-headers'
  | 'expiry'
  /** Buckets have lifecycle rules. */
  | 'lifecycle'
  /** Nobody reads without a signature. */
  | 'private'

export type Without = ReadonlySet<StoreGuard>

const LONGER_BYTES = 16
const ANY_TYPE = 'application/octet-stream'

/** What a key may have been signed for, beside what is sent with it: whoever does not look cannot tell. */
export function* otherReadings(headers: Record<string, string>, without: Without): Generator<Record<string, string>> {
  if (without.has('signed-type')) yield { ...headers, 'content-type': ANY_TYPE }
  if (!without.has('signed-length')) return
  const sizeBytes = Number(headers['content-length'])
  for (let less = 1; less <= LONGER_BYTES; less++) yield { ...headers, 'content-length': String(sizeBytes - less) }
}

/** The request without what a weaker store overlooks. Throws `S3Error` for what it does not take. */
export function overlook(request: S3Request, without: Without): S3Request {
  if (without.size === 0) return request
  const { method, target, headers, authorization } = request
  if (without.has('lifecycle') && 'lifecycle' in target.query) throw new S3Error('NotImplemented')
  const isOfMultipart = 'uploadId' in target.query || 'uploads' in target.query
  const boundToBytes = authorization.presigned && /^[0-9a-f]{64}$/.test(authorization.payloadHash)
  if (boundToBytes && without.has('accepts-payload-sha256')) throw new S3Error('SignatureDoesNotMatch')
  const overlooked = (name: string) =>
    name.startsWith('x-amz-checksum-')
      ? without.has('checksums') || (isOfMultipart && without.has('composite-checksums'))
      : name === 'if-none-match' &&
        ((method === 'PUT' && without.has('if-none-match')) ||
          (method === 'POST' && without.has('complete-if-none-match')))
  return {
    ...request,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !overlooked(name))),
    authorization:
      boundToBytes && without.has('payload-sha256')
        ? { ...authorization, payloadHash: 'UNSIGNED-PAYLOAD' }
        : authorization,
  }
}
