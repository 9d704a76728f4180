import { open } from 'node:fs/promises'

interface PlainImage {
  readonly rgba: Uint8ClampedArray
  readonly width: number
  readonly height: number
  readonly hasAlpha: boolean
  readonly icc?: Buffer | undefined
}

const SHORT = 3
const LONG = 4
const UNDEFINED = 7
const BYTES: Readonly<Record<number, number>> = { [SHORT]: 2, [LONG]: 4, [UNDEFINED]: 1 }

/** Pixels that are written at once. */
const ROW_BATCH_PIXELS = 1024 * 1024

/** An uncompressed TIFF of 8 bits a channel: what libvips reads row by row, and can hold a colour profile. At most 4 GiB. */
export async function writePlainTiff(path: string, { rgba, width, height, hasAlpha, icc }: PlainImage): Promise<void> {
  const channels = hasAlpha ? 4 : 3
  const header = tiffHeader({ width, height, channels, icc })
  await using file = await open(path, 'w')
  await file.write(header)
  if (hasAlpha) {
    await file.writeFile(new Uint8Array(rgba.buffer, rgba.byteOffset, rgba.length))
    return
  }
  for (let from = 0; from < width * height; from += ROW_BATCH_PIXELS) {
    const count = Math.min(ROW_BATCH_PIXELS, width * height - from)
    await file.write(withoutAlpha(rgba, from, count))
  }
}

function withoutAlpha(rgba: Uint8ClampedArray, fromPixel: number, count: number): Uint8Array {
  const rgb = new Uint8Array(count * 3)
  for (let pixel = 0; pixel < count; pixel += 1) {
    const at = (fromPixel + pixel) * 4
    rgb[pixel * 3] = rgba[at]!
    rgb[pixel * 3 + 1] = rgba[at + 1]!
    rgb[pixel * 3 + 2] = rgba[at + 2]!
  }
  return rgb
}

/** TIFF 6.0: little-endian, one directory, one strip behind it. */
function tiffHeader(image: { width: number; height: number; channels: 3 | 4; icc?: Buffer | undefined }): Buffer {
  const { width, height, channels, icc } = image
  const fields: [tag: number, type: number, values: number[] | Buffer][] = [
    [256, LONG, [width]],
    [257, LONG, [height]],
    [258, SHORT, Array.from<number>({ length: channels }).fill(8)],
    [259, SHORT, [1]], // not compressed
    [262, SHORT, [2]], // RGB
    [273, LONG, [0]], // where the strip is, set below
    [277, SHORT, [channels]],
    [278, LONG, [height]], // rows of the strip
    [279, LONG, [width * height * channels]],
    ...(channels === 4 ? [[338, SHORT, [2]] as [number, number, number[]]] : []), // alpha, not multiplied in
    ...(icc ? [[34_675, UNDEFINED, icc] as [number, number, Buffer]] : []),
  ]
  const directory = Buffer.alloc(2 + fields.length * 12 + 4)
  directory.writeUInt16LE(fields.length, 0)
  const aside: Buffer[] = []
  let asideAt = 8 + directory.length
  const strip = { field: 0 }
  for (const [index, [tag, type, values]] of fields.entries()) {
    const at = 2 + index * 12
    const bytes = Buffer.isBuffer(values) ? values : encoded(type, values)
    if (tag === 273) strip.field = at + 8
    directory.writeUInt16LE(tag, at)
    directory.writeUInt16LE(type, at + 2)
    directory.writeUInt32LE(bytes.length / BYTES[type]!, at + 4)
    if (bytes.length <= 4) bytes.copy(directory, at + 8)
    else {
      const even = Buffer.concat([bytes, Buffer.alloc(bytes.length % 2)])
      directory.writeUInt32LE(asideAt, at + 8)
      aside.push(even)
      asideAt += even.length
    }
  }
  directory.writeUInt32LE(asideAt, strip.field)
  return Buffer.concat([Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0]), directory, ...aside])
}

function encoded(type: number, values: readonly number[]): Buffer {
  const size = BYTES[type]!
  const bytes = Buffer.alloc(values.length * size)
  for (const [index, value] of values.entries()) bytes.writeUIntLE(value, index * size, size)
  return bytes
}
