import sharp from 'sharp'

const MAX_BYTES = 300_000
/** From fine to coarse; the first that fits is taken. */
const TRIES = [
  { scale: 1, palette: false },
  { scale: 1, palette: true },
  { scale: 0.75, palette: true },
  { scale: 0.5, palette: true },
]

/** The picture as a PNG of at most 300 kB: in all its colours where they fit, else in 256. */
export async function smallPng(picture: Buffer): Promise<Buffer> {
  const { width } = await sharp(picture).metadata()
  for (const { scale, palette } of TRIES) {
    const small = await sharp(picture)
      .resize(Math.round(width * scale))
      .png({ palette, compressionLevel: 9, ...(palette ? { effort: 10 } : {}) })
      .toBuffer()
    if (small.length <= MAX_BYTES) return small
  }
  throw new Error(`A screenshot does not fit ${MAX_BYTES} bytes.`)
}
