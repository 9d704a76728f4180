import { createHash } from 'node:crypto'
import type { Authorization } from './authorization.ts'
import { S3Error } from './errors.ts'
import { isSameSignature, type Signer } from './signer.ts'

const MAX_LINE_BYTES = 1024
const MAX_TRAILER_BYTES = 16 * 1024
const EMPTY_SHA256 = createHash('sha256').digest('hex')

export type ChunkedBody = {
  /** Whether each chunk and the trailer carry signatures. */
  isSigned: boolean
  source: AsyncIterable<Buffer>
  authorization: Authorization
  signer: Signer
  /** Receives the trailing headers, once they are verified. */
  onTrailer: (headers: Map<string, string>) => void
}

/**
 * Takes the `aws-chunked` framing off a body as its bytes pass by, and verifies the chunks' signatures, each of which
 * signs the one before it. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export async function* decodeAwsChunked(body: ChunkedBody): AsyncGenerator<Buffer> {
  const reader = new FrameReader(body.source)
  try {
    const lastSignature = yield* decodeChunks(body, reader)
    const trailer = await readTrailer(reader)
    if (body.isSigned && trailer.size > 0) await verifyTrailer(body, trailer, lastSignature)
    body.onTrailer(trailer)
  } finally {
    await reader.close()
  }
}

/** Returns the signature of the last chunk, which the trailer goes on from. */
async function* decodeChunks(body: ChunkedBody, reader: FrameReader): AsyncGenerator<Buffer, string> {
  let previous = body.authorization.signature
  for (;;) {
    const { size, signature } = parseChunkHeader(await reader.line(), body.isSigned)
    const hash = body.isSigned ? createHash('sha256') : undefined
    for (let left = size; left > 0;) {
      const bytes = await reader.take(left)
      hash?.update(bytes)
      left -= bytes.length
      yield bytes
    }
    if (hash) {
      const { longDate, scope, signedAt } = body.authorization
      const text = ['AWS4-HMAC-SHA256-PAYLOAD', longDate, scope, previous, EMPTY_SHA256, hash.digest('hex')].join('\n')
      previous = await verify(body.signer, text, signedAt, signature)
    }
    if (size === 0) return previous
    if ((await reader.line()) !== '') throw new S3Error('InvalidRequest', 'A chunk does not end where it says.')
  }
}

async function verifyTrailer(body: ChunkedBody, trailer: Map<string, string>, previous: string): Promise<void> {
  const signature = trailer.get('x-amz-trailer-signature') ?? ''
  trailer.delete('x-amz-trailer-signature')
  const lines = Array.from(trailer, ([name, value]) => `${name}:${value}\n`).join('')
  const { longDate, scope, signedAt } = body.authorization
  const hash = createHash('sha256').update(lines).digest('hex')
  await verify(
    body.signer,
    ['AWS4-HMAC-SHA256-TRAILER', longDate, scope, previous, hash].join('\n'),
    signedAt,
    signature,
  )
}

async function verify(signer: Signer, text: string, signedAt: Date, signature: string): Promise<string> {
  if (!isSameSignature(await signer.signText(text, signedAt), signature)) throw new S3Error('SignatureDoesNotMatch')
  return signature
}

function parseChunkHeader(line: string, isSigned: boolean): { size: number; signature: string } {
  const [, size, signature = ''] = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line) ?? []
  if (size === undefined || (isSigned && signature === '')) {
    throw new S3Error('InvalidRequest', 'A chunk of the aws-chunked body has no valid header.')
  }
  return { size: Number.parseInt(size, 16), signature }
}

async function readTrailer(reader: FrameReader): Promise<Map<string, string>> {
  const headers = new Map<string, string>()
  let bytes = 0
  for (let line = await reader.line(true); line !== ''; line = await reader.line(true)) {
    bytes += line.length
    if (bytes > MAX_TRAILER_BYTES) throw new S3Error('InvalidRequest', 'The trailer is too long.')
    const colon = line.indexOf(':')
    headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  return headers
}

/** Reads lines and runs of bytes from a stream of buffers without copying the runs. */
class FrameReader {
  readonly #source: AsyncIterator<Buffer>
  #buffer: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** At most `limit` bytes, at least one. */
  async take(limit: number): Promise<Buffer> {
    if (this.#buffer.length === 0 && !(await this.#more())) throw new S3Error('IncompleteBody')
    const bytes = this.#buffer.subarray(0, limit)
    this.#buffer = this.#buffer.subarray(bytes.length)
    return bytes
  }

  /** A line without its end; some clients leave out the last one of the body. */
  async line(endMayMiss = false): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf('\n')
      if (end >= 0) {
        const line = this.#buffer.subarray(0, end).toString('latin1')
        this.#buffer = this.#buffer.subarray(end + 1)
        return line.endsWith('\r') ? line.slice(0, -1) : line
      }
      if (this.#buffer.length > MAX_LINE_BYTES) throw new S3Error('InvalidRequest', 'A line of the body is too long.')
      if (await this.#more()) continue
      if (!endMayMiss) throw new S3Error('IncompleteBody')
      const rest = this.#buffer.toString('latin1').trim()
      this.#buffer = Buffer.alloc(0)
      return rest
    }
  }

  /** Lets go of the source, read to its end or not. */
  async close(): Promise<void> {
    await this.#source.return?.()
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next()
    if (next.done) return false
    this.#buffer = this.#buffer.length === 0 ? next.value : Buffer.concat([this.#buffer, next.value])
    return true
  }
}
