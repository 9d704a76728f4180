import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'

/** Red above, blue below: tells which way up it is. */
export function twoHalves(width: number, height: number) {
  const half = { create: { width, height: Math.floor(height / 2), channels: 3 as const, background: '#0000ff' } }
  return sharp({ create: { width, height, channels: 3, background: '#ff0000' } }).composite([
    { input: half, gravity: 'south' },
  ])
}

/** Noise, softened as a photo's detail is; 12 megapixels by default. */
export async function photo(width = 4000, height = 3000): Promise<Buffer> {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 50 }
  const grain = sharp({ create: { width: width / 8, height: height / 8, channels: 3, background: '#000', noise } })
  return sharp(await grain.png().toBuffer())
    .resize(width, height)
    .jpeg({ quality: 88 })
    .toBuffer()
}

/** A film of 40 × 30 pixels, a colour a frame. */
export async function frames(colors: readonly string[]) {
  const pngs = await Promise.all(
    colors.map((background) =>
      sharp({ create: { width: 40, height: 30, channels: 3, background } })
        .png()
        .toBuffer(),
    ),
  )
  return sharp(pngs, { join: { animated: true } })
}

/** Red, green, blue and yellow, clockwise from the upper left but for the last two: tells every orientation. */
export async function quadrants(width: number, height: number) {
  const half = { width: width / 2, height: height / 2 }
  const parts = await Promise.all(
    ['#e02020', '#20e020', '#2020e0', '#e0e020'].map(async (background, index) => ({
      input: await sharp({ create: { ...half, channels: 3, background } })
        .png()
        .toBuffer(),
      left: (index % 2) * half.width,
      top: Math.floor(index / 2) * half.height,
    })),
  )
  return sharp({ create: { width, height, channels: 3, background: '#000' } }).composite(parts)
}

/** Says that it is that large, and has a row of nothing. */
export function pngBomb(width: number, height: number): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 6], 8)
  const chunks = [chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.alloc(1024))), chunk('IEND', Buffer.alloc(0))]
  return Uint8Array.from(Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...chunks]))
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** So many frames of one pixel. */
export function gifBomb(count: number): Buffer {
  const start = Buffer.from('GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff', 'latin1')
  const frame = Buffer.from('\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00', 'latin1')
  return Buffer.concat([start, ...Array.from({ length: count }, () => frame), Buffer.from(';')])
}

/** So many pages of one black pixel, each a directory of its own behind the one before. */
export function tiffBomb(pages: number): Buffer {
  const FIELDS: readonly (readonly [tag: number, type: number, value: number])[] = [
    [256, 3, 1],
    [257, 3, 1],
    [258, 3, 8],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 8],
    [277, 3, 1],
    [278, 3, 1],
    [279, 4, 1],
  ]
  const size = 2 + FIELDS.length * 12 + 4
  const file = Buffer.alloc(10 + pages * size)
  file.set([0x49, 0x49, 42, 0, 10], 0)
  for (let page = 0; page < pages; page += 1) {
    const at = 10 + page * size
    file.writeUInt16LE(FIELDS.length, at)
    for (const [index, [tag, type, value]] of FIELDS.entries()) {
      const field = at + 2 + index * 12
      file.writeUInt16LE(tag, field)
      file.writeUInt16LE(type, field + 2)
      file.writeUInt32LE(1, field + 4)
      file.writeUInt32LE(value, field + 8)
    }
    file.writeUInt32LE(page + 1 < pages ? at + size : 0, at + size - 4)
  }
  return file
}

export async function pixel(path: string | Buffer, left: number, top: number): Promise<number[]> {
  const { data } = await sharp(path)
    .extract({ left, top, width: 1, height: 1 })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return [...data]
}
