import { KIB } from '@bellhop/model'

const SAMPLE_BYTES = 64 * KIB
/** Beside the first and the last: cheap on any disk, and enough to tell two recordings of the same length apart. */
const MIDDLE_SAMPLES = 3

/**
 * SHA-256 over the size and five samples of a file. It tells another file of the same size before a byte is sent; that
 * every byte is the same is what comparing the parts shows. Null where nothing hashes.
 */
export async function fingerprintOf(
  sizeBytes: number,
  read: (offset: number, sizeBytes: number) => Promise<Uint8Array>,
  sha256: (bytes: Uint8Array<ArrayBuffer>) => Promise<string | null>,
): Promise<string | null> {
  const offsets = Array.from({ length: MIDDLE_SAMPLES + 2 }, (_, index) =>
    Math.floor((Math.max(0, sizeBytes - SAMPLE_BYTES) * index) / (MIDDLE_SAMPLES + 1)),
  )
  const samples = await Promise.all(offsets.map((offset) => read(offset, Math.min(SAMPLE_BYTES, sizeBytes))))
  const size = new TextEncoder().encode(`${sizeBytes}\n`)
  const bytes = new Uint8Array(samples.reduce((sum, sample) => sum + sample.length, size.length))
  bytes.set(size)
  let at = size.length
  for (const sample of samples) {
    bytes.set(sample, at)
    at += sample.length
  }
  return sha256(bytes)
}
