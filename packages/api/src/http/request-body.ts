import type { IncomingMessage } from 'node:http'
import { AppError } from '@bellhop/model'

/** An input of 64 KiB, written with escapes, and what stands round it. */
const MAX_BODY_BYTES = 256 * 1024

/** The body as JSON. @throws AppError INVALID_INPUT */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/json\b/i.test(type)) {
    throw new AppError('INVALID_INPUT', 'Send the body as JSON, with `content-type: application/json`.')
  }
  const chunks: Buffer[] = []
  let sizeBytes = 0
  // Not destroyed when it is too long: its connection has yet to carry the refusal.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length
    if (sizeBytes > MAX_BODY_BYTES) {
      throw new AppError('INVALID_INPUT', `The body is longer than ${MAX_BODY_BYTES / 1024} KiB.`)
    }
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch (cause) {
    throw new AppError('INVALID_INPUT', 'The body is not JSON.', { cause })
  }
}
