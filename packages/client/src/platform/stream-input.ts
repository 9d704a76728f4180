import { LIMITS } from '@bellhop/model'
import { BellhopError } from '../bellhop-error.ts'
import { StreamSource } from '../upload/stream-source.ts'
import type { SourceOptions } from './platform.ts'

/** A web stream as what `for await` takes; Safari's cannot be iterated. */
export async function* streamOf(
  input: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (!(input instanceof ReadableStream)) {
    yield* input
    return
  }
  const reader = input.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

/**
 * A stream as a source. Where its length is not told, as much as one PUT may carry is read first: a stream that ends within
 * it has a known length after all, and goes up as a file does.
 */
export async function streamSource(
  input: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  { name = 'unnamed', sizeBytes }: SourceOptions,
  sha256: (bytes: Uint8Array<ArrayBuffer>) => Promise<string | null>,
): Promise<StreamSource> {
  const stream = streamOf(input)
  if (sizeBytes !== undefined) {
    if (Number.isSafeInteger(sizeBytes) && sizeBytes >= 0) return new StreamSource(stream, { name, sizeBytes, sha256 })
    throw new BellhopError(
      'INVALID_INPUT',
      `Expected \`sizeBytes\` to be a whole number of bytes from 0, got \`${String(sizeBytes)}\`.`,
    )
  }
  const head: Uint8Array[] = []
  let headBytes = 0
  while (headBytes <= LIMITS.singlePutBelowBytes) {
    const { done, value } = await stream.next()
    if (done) return new StreamSource(chain(head), { name, sizeBytes: headBytes, sha256 })
    head.push(value)
    headBytes += value.length
  }
  return new StreamSource(chain(head, stream), { name, sizeBytes: null, sha256 })
}

/** Each chunk of the head is let go of when it is taken. */
async function* chain(head: Uint8Array[], rest?: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for (let chunk = head.shift(); chunk; chunk = head.shift()) yield chunk
    if (rest) yield* rest
  } finally {
    await rest?.return(undefined)
  }
}
