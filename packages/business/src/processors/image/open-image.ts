import sharp from 'sharp'
import type { Metadata, Sharp } from 'sharp'
import { MAX_IMAGE_PIXELS, MAX_RASTER_PIXELS, MAX_VARIANT_SIDE_PX } from './bounds.ts'
import { imageDamaged, imageTooLarge, imageUnreadable } from './image-error.ts'

/** Only these are read, whatever else libvips knows: a PDF or an SVG named `.png` runs a renderer on a stranger's text. */
const LOADERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'].map((name) => `VipsForeignLoad${name}`)

const OPEN = { sequentialRead: true, limitInputPixels: MAX_IMAGE_PIXELS, failOn: 'error' } as const

/** An image that decodes to its end: sizes are pixels after its orientation was applied. */
export interface OpenImage {
  readonly width: number
  readonly height: number
  readonly format: string
  readonly hasAlpha: boolean
  /** Within `maxWidthPx` × `maxHeightPx`, never scaled up; 8-bit sRGB, upright, without metadata. */
  resized(maxWidthPx: number, maxHeightPx?: number): Sharp
  /** Waits for a pipeline of this image; where it reads the file, a failure to read it is said in words. */
  guard<T>(result: Promise<T>): Promise<T>
}

/**
 * Decodes the first frame once, to a raster of the widest size that is wanted, from which the others are made: for a photo
 * of 12 megapixels in eight sizes that took 0.25–0.43 s, and 1.1–1.5 s with a decode for each. A raster beyond MAX_RASTER_PIXELS is not kept.
 */
export async function openImage(path: string, widest: (sourceWidthPx: number) => number): Promise<OpenImage> {
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: LOADERS })
  const metadata = await readMetadata(path)
  const { width, height } = metadata.autoOrient
  const fromFile = () => sharp(path, OPEN).autoOrient().toColourspace('srgb')
  const widestPx = Math.min(widest(width), width)
  const facts = { width, height, format: formatName(metadata), hasAlpha: metadata.hasAlpha }
  if ((height * widestPx ** 2) / width > MAX_RASTER_PIXELS) {
    return {
      ...facts,
      resized: (maxWidthPx, maxHeightPx) => within(fromFile(), maxWidthPx, maxHeightPx),
      guard: readable,
    }
  }
  const { data, info } = await readable(
    within(fromFile(), widestPx, Number.POSITIVE_INFINITY).raw().toBuffer({ resolveWithObject: true }),
  )
  const raw = { width: info.width, height: info.height, channels: info.channels }
  return {
    ...facts,
    resized: (maxWidthPx, maxHeightPx) => within(sharp(data, { raw }), maxWidthPx, maxHeightPx),
    guard: (result) => result,
  }
}

async function readMetadata(path: string): Promise<Metadata> {
  try {
    return await sharp(path, OPEN).metadata()
  } catch (error) {
    if (isTooLarge(error)) throw imageTooLarge()
    throw imageUnreadable()
  }
}

function within(pipeline: Sharp, maxWidthPx: number, maxHeightPx = MAX_VARIANT_SIDE_PX): Sharp {
  const height = Number.isFinite(maxHeightPx) ? { height: maxHeightPx } : {}
  return pipeline.resize({ width: maxWidthPx, ...height, fit: 'inside', withoutEnlargement: true })
}

async function readable<T>(result: Promise<T>): Promise<T> {
  try {
    return await result
  } catch (error) {
    if (isTooLarge(error)) throw imageTooLarge()
    // What is written goes through the same pipeline: a full disk is not the image's fault.
    if (error instanceof Error && /writ|space left|system error/i.test(error.message)) throw error
    throw imageDamaged(error)
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && /exceeds pixel limit|image dimension/i.test(error.message)
}

function formatName({ format, compression }: Metadata): string {
  return format === 'heif' ? (compression === 'av1' ? 'avif' : 'heif') : format
}
