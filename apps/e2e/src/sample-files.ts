import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import sharp from 'sharp'

export interface SampleFile {
  readonly path: string
  readonly sizeBytes: number
  /** Lower-case hex. */
  readonly sha256: string
}

const MIB = 1024 * 1024
const CITIES = ['Seoul', 'Busan', 'Lisbon', 'Nairobi', 'Osaka', 'Porto', 'Quito', 'Turin']
const ROWS_PER_WRITE = 20_000

/** A JPEG with the noise of a camera, so that it is as large as a photo is. */
export async function writePhoto(path: string, width: number, height: number): Promise<SampleFile> {
  const noise = { type: 'gaussian', mean: 128, sigma: 24 } as const
  await sharp({ create: { width, height, channels: 3, background: '#808080', noise } })
    .jpeg({ quality: 90 })
    .toFile(path)
  return { path, sizeBytes: (await stat(path)).size, sha256: await sha256Of(path) }
}

/** A table of orders, at least that large. The same rows at every call. */
export async function writeOrders(path: string, sizeBytes: number): Promise<SampleFile & { readonly rows: number }> {
  const hash = createHash('sha256')
  await using file = await open(path, 'w')
  let written = 0
  let rows = 0
  let text = 'order_id,ordered_at,city,quantity,price,returned\n'
  while (written < sizeBytes) {
    const last = rows + ROWS_PER_WRITE
    for (; rows < last; rows += 1) text += orderRow(rows)
    const chunk = Buffer.from(text)
    hash.update(chunk)
    await file.write(chunk)
    written += chunk.length
    text = ''
  }
  return { path, sizeBytes: written, sha256: hash.digest('hex'), rows }
}

export function orderRow(index: number): string {
  const mixed = (index * 2_654_435_761) % 4_294_967_296
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `2026-${two(1 + (index % 12))}-${two(1 + (mixed % 28))}`
  const time = `${two(mixed % 24)}:${two(index % 60)}:${two(mixed % 60)}`
  const price = ((mixed % 100_000) / 100).toFixed(2)
  return `${index},${day} ${time},${CITIES[mixed % CITIES.length]},${1 + (mixed % 9)},${price},${mixed % 20 === 0}\n`
}

/** Bytes that no two parts have in common, so that a part in the wrong place is found out. */
export async function writeNoise(path: string, sizeBytes: number): Promise<SampleFile> {
  const hash = createHash('sha256')
  const block = randomBytes(MIB)
  await using file = await open(path, 'w')
  for (let written = 0; written < sizeBytes; written += block.length) {
    block.writeDoubleBE(written)
    const chunk = block.subarray(0, Math.min(block.length, sizeBytes - written))
    hash.update(chunk)
    await file.write(chunk)
  }
  return { path, sizeBytes, sha256: hash.digest('hex') }
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: MIB }), hash)
  return hash.digest('hex')
}
