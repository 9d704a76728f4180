import { BellhopError } from '../bellhop-error.ts'
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

export function streamSize({ sizeBytes }: SourceOptions): number {
  if (sizeBytes !== undefined && Number.isSafeInteger(sizeBytes) && sizeBytes >= 0) return sizeBytes
  throw new BellhopError(
    'INVALID_INPUT',
    `A stream needs \`sizeBytes\`, a whole number of bytes from 0, got \`${String(sizeBytes)}\`.`,
  )
}
