import { encode } from 'blurhash'
import sharp from 'sharp'
import { ATTENTION_SIDE_PX, SAMPLE_SIDE_PX } from './bounds.ts'
import type { Point } from './crop.ts'
import { dominantColor } from './dominant-color.ts'
import type { OpenImage } from './open-image.ts'

const COMPONENTS_X = 4
const COMPONENTS_Y = 3
/** Below it there is too little to say where the eye goes. */
const MIN_ATTENTION_PX = 4

/** What stands in for an image while it loads. */
export interface Impression {
  readonly blurhash: string
  readonly dominantColor: string
}

export async function impressionOf(image: OpenImage): Promise<Impression> {
  const small = image.resized({ maxWidthPx: SAMPLE_SIDE_PX, maxHeightPx: SAMPLE_SIDE_PX })
  const { data, info } = await image.guard(small.ensureAlpha().raw().toBuffer({ resolveWithObject: true }))
  const pixels = new Uint8ClampedArray(data)
  const color = dominantColor(pixels)
  fillTransparent(pixels, color)
  return { blurhash: encode(pixels, info.width, info.height, COMPONENTS_X, COMPONENTS_Y), dominantColor: color }
}

/** A blurhash has no transparency: what shows through would be black, and is what the rest is instead. */
function fillTransparent(rgba: Uint8ClampedArray, color: string): void {
  const below = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
  for (let at = 0; at + 3 < rgba.length; at += 4) {
    const alpha = (rgba[at + 3] ?? 255) / 255
    for (const [channel, value] of below.entries()) {
      rgba[at + channel] = (rgba[at + channel] ?? 0) * alpha + value * (1 - alpha)
    }
  }
}

/** Where the eye goes first, by libvips: contrast, colour, skin. Of what is too small to say, the middle. */
export async function focusOf(image: OpenImage): Promise<Point> {
  const small = image.resized({ maxWidthPx: ATTENTION_SIDE_PX, maxHeightPx: ATTENTION_SIDE_PX })
  const { data, info } = await image.guard(small.flatten().raw().toBuffer({ resolveWithObject: true }))
  const { width, height, channels } = info
  const side = Math.floor(Math.min(width, height) / 2)
  if (side < MIN_ATTENTION_PX) return { x: 0.5, y: 0.5 }
  const { info: found } = await sharp(data, { raw: { width, height, channels } })
    .resize({ width: side, height: side, fit: 'cover', position: sharp.strategy.attention })
    .raw()
    .toBuffer({ resolveWithObject: true })
  // The point is told in pixels of the image as it was made smaller, before the cut.
  const scale = side / Math.min(width, height)
  return { x: fraction(found.attentionX, width * scale), y: fraction(found.attentionY, height * scale) }
}

function fraction(at: number | undefined, of: number): number {
  if (at === undefined) return 0.5
  return Math.round((Math.max(0, Math.min(of, at)) / of) * 1_000) / 1_000
}
