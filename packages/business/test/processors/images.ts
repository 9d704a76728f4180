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

/** Two frames, the first green. */
export async function animatedGif(): Promise<Buffer> {
  const frames = ['#00ff00', '#ff00ff'].map((background) => ({
    create: { width: 40, height: 30, channels: 3 as const, background },
  }))
  const pngs = await Promise.all(frames.map((frame) => sharp(frame).png().toBuffer()))
  return sharp(pngs, { join: { animated: true } })
    .gif()
    .toBuffer()
}

export async function pixel(path: string | Buffer, left: number, top: number): Promise<number[]> {
  const { data } = await sharp(path)
    .extract({ left, top, width: 1, height: 1 })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return [...data]
}
