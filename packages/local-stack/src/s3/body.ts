import { createHash } from 'node:crypto'
import { decodeAwsChunked } from './aws-chunked.ts'
import {
  asChecksumAlgorithm,
  CHECKSUM_ALGORITHMS,
  type Checksum,
  type ChecksumAlgorithm,
  checksumHeader,
  startChecksum,
} from './checksums.ts'
import { S3Error } from './errors.ts'
import type { S3Request } from './request.ts'

const EXTRA_CHECKSUM_HEADERS = new Set(['x-amz-checksum-algorithm', 'x-amz-checksum-mode', 'x-amz-checksum-type'])
const MD5_BYTES = 16

/** What was learnt of a body while it passed by; complete once all of its bytes have. */
type BodyDigest = { md5: string; checksum?: Checksum }
export type VerifiedBody = { chunks: AsyncIterable<Buffer>; digest: () => BodyDigest }

type Payload = { isChunked: boolean; isSigned: boolean; sha256?: string }
type Expectations = { sizeBytes: number; sha256?: string; md5?: Buffer; checksum?: Checksum }

/**
 * The body's bytes, which end with an error where they are not what the request has promised: its length, signed SHA-256,
 * Content-MD5, or `x-amz-checksum-*`. `algorithm` asks for a checksum that the client does not send.
 */
export async function verifiedBody(
  request: S3Request,
  maxBytes: number,
  algorithm?: ChecksumAlgorithm,
): Promise<VerifiedBody> {
  const { headers } = request
  const payload = payloadOf(request.authorization.payloadHash)
  const sizeBytes = declaredSize(headers, payload)
  if (sizeBytes > maxBytes) throw new S3Error('EntityTooLarge')
  const sent = sentChecksum(headers)
  const trailing = trailingAlgorithm(headers, payload)
  const expected: Expectations = { sizeBytes, sha256: payload.sha256, md5: contentMd5(headers), checksum: sent }
  const onTrailer = (trailer: Map<string, string>) => {
    if (!trailing) return
    const value = trailer.get(checksumHeader(trailing))
    if (value === undefined)
      throw new S3Error('InvalidRequest', 'The trailer lacks the checksum that x-amz-trailer names.')
    expected.checksum = { algorithm: trailing, value }
  }
  const { authorization, signer } = request
  const source = payload.isChunked
    ? decodeAwsChunked({ isSigned: payload.isSigned, source: request.body(), authorization, signer, onTrailer })
    : request.body()
  return verify(source, expected, sent?.algorithm ?? trailing ?? algorithm)
}

/** Bytes from within the store, with what is to be known of them as a body. */
export async function ownBody(
  source: AsyncIterable<Buffer>,
  sizeBytes: number,
  algorithm?: ChecksumAlgorithm,
): Promise<VerifiedBody> {
  return verify(source, { sizeBytes }, algorithm)
}

/** A small body as text, verified in the same way. */
export async function readText(request: S3Request, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of (await verifiedBody(request, maxBytes)).chunks) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

async function verify(
  source: AsyncIterable<Buffer>,
  expected: Expectations,
  algorithm: ChecksumAlgorithm | undefined,
): Promise<VerifiedBody> {
  const md5 = createHash('md5')
  const running = algorithm && (await startChecksum(algorithm))
  // Where the checksum is one of the same kind, the bytes are hashed once for both.
  const isShared = expected.sha256 !== undefined && algorithm === 'SHA256'
  const signed = expected.sha256 === undefined || isShared ? undefined : createHash('sha256')
  let digest: BodyDigest | undefined

  async function* chunks(): AsyncGenerator<Buffer> {
    let sizeBytes = 0
    for await (const chunk of source) {
      sizeBytes += chunk.length
      if (sizeBytes > expected.sizeBytes)
        throw new S3Error('IncompleteBody', 'The body is longer than its declared length.')
      md5.update(chunk)
      signed?.update(chunk)
      running?.update(chunk)
      yield chunk
    }
    if (sizeBytes !== expected.sizeBytes) throw new S3Error('IncompleteBody')
    const sum = running?.digest()
    const sha256 = isShared ? sum : signed?.digest()
    if (sha256 && sha256.toString('hex') !== expected.sha256) throw new S3Error('XAmzContentSHA256Mismatch')
    const md5Bytes = md5.digest()
    if (expected.md5 && !expected.md5.equals(md5Bytes)) throw new S3Error('BadDigest')
    const checksum = algorithm && sum && { algorithm, value: sum.toString('base64') }
    if (expected.checksum && expected.checksum.value !== checksum?.value) {
      throw new S3Error('BadDigest', `The ${algorithm} that you specified did not match the calculated checksum.`)
    }
    digest = { md5: md5Bytes.toString('hex'), ...(checksum && { checksum }) }
  }

  return {
    chunks: chunks(),
    digest: () => {
      if (!digest) throw new Error('A body is known once all of its bytes were read.')
      return digest
    },
  }
}

function payloadOf(hash: string): Payload {
  if (/^[0-9a-f]{64}$/.test(hash)) return { isChunked: false, isSigned: true, sha256: hash }
  switch (hash) {
    case 'UNSIGNED-PAYLOAD':
      return { isChunked: false, isSigned: false }
    case 'STREAMING-UNSIGNED-PAYLOAD-TRAILER':
      return { isChunked: true, isSigned: false }
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD':
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER':
      return { isChunked: true, isSigned: true }
    default:
      throw new S3Error(
        'InvalidArgument',
        'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-…, or a valid sha256 value.',
      )
  }
}

function declaredSize(headers: Record<string, string>, { isChunked }: Payload): number {
  const text = headers[isChunked ? 'x-amz-decoded-content-length' : 'content-length']
  if (text !== undefined) {
    if (!/^\d{1,15}$/.test(text)) throw new S3Error('InvalidArgument', 'The content length is not a number of bytes.')
    return Number(text)
  }
  // A request without a body may leave out its length.
  if (!isChunked && headers['transfer-encoding'] === undefined) return 0
  throw new S3Error('MissingContentLength')
}

function contentMd5(headers: Record<string, string>): Buffer | undefined {
  const text = headers['content-md5']
  if (text === undefined) return undefined
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== MD5_BYTES) throw new S3Error('InvalidDigest')
  return bytes
}

export function sentChecksum(headers: Record<string, string>): Checksum | undefined {
  const names = Object.keys(headers).filter(
    (name) => name.startsWith('x-amz-checksum-') && !EXTRA_CHECKSUM_HEADERS.has(name),
  )
  if (names.length > 1) throw new S3Error('InvalidRequest', 'Expecting a single x-amz-checksum- header.')
  const [name] = names
  if (name === undefined) return undefined
  return { algorithm: algorithmOfHeader(name), value: headers[name] ?? '' }
}

function trailingAlgorithm(headers: Record<string, string>, { isChunked }: Payload): ChecksumAlgorithm | undefined {
  const name = headers['x-amz-trailer']
  return isChunked && name !== undefined ? algorithmOfHeader(name.trim().toLowerCase()) : undefined
}

function algorithmOfHeader(name: string): ChecksumAlgorithm {
  const algorithm = asChecksumAlgorithm(name.replace('x-amz-checksum-', ''))
  if (!algorithm)
    throw new S3Error('NotImplemented', `${name} is not known here; use one of ${CHECKSUM_ALGORITHMS.join(', ')}.`)
  return algorithm
}
