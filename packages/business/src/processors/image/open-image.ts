import sharp from 'sharp'
import type { Sharp } from 'sharp'
import { MAX_IMAGE_PIXELS, MAX_RASTER_PIXELS, MAX_VARIANT_SIDE_PX } from './bounds.ts'
import { regionOf } from './crop.ts'
import type { Crop } from './crop.ts'
import type { ImageSource } from './image-source.ts'

interface Size {
  readonly maxWidthPx: number
  /** Default: what WebP can hold. */
  readonly maxHeightPx?: number
  readonly crop?: Crop | undefined
  /** All frames of an animation. */
  readonly moving?: boolean
}

/** An image whose first frame decodes to its end. */
export interface OpenImage {
  /** Within the size, never scaled up; 8-bit sRGB, upright, without metadata. */
  resized(size: Size): Sharp
  /** Waits for a pipeline of this image; where it reads the file, a failure to read it is said in words. */
  guard<T>(result: Promise<T>): Promise<T>
}

/**
 * Decodes the first frame once, to a raster `widestPx` wide at most, from which the sizes are made: for a photo of 12
 * megapixels in eight sizes that took 0.25–0.43 s, and 1.1–1.5 s with a decode for each. A raster beyond MAX_RASTER_PIXELS
 * is not kept: then, and for what moves, each is made from the file.
 */
export async function openImage(source: ImageSource, widestPx: number): Promise<OpenImage> {
  const { width, height, isDrawing, readable } = source
  const rasterPx = isDrawing ? widestPx : Math.min(widestPx, width)
  const fromFile = ({ moving, ...size }: Size) =>
    moving ? animated(source, size) : cut(source.still(width), source, size)
  if (!isDrawing && (height * rasterPx ** 2) / width > MAX_RASTER_PIXELS) return { resized: fromFile, guard: readable }
  const whole = source.still(rasterPx).resize({ width: rasterPx, withoutEnlargement: true })
  const { data, info } = await readable(whole.raw().toBuffer({ resolveWithObject: true }))
  const raw = { width: info.width, height: info.height, channels: info.channels }
  return {
    resized: (size) =>
      size.moving ? fromFile(size) : cut(sharp(data, { raw, limitInputPixels: MAX_IMAGE_PIXELS }), raw, size),
    guard: readable,
  }
}

function animated(source: ImageSource, size: Size): Sharp {
  return cut(source.moving(), source, size)
}

function cut(
  pipeline: Sharp,
  of: { readonly width: number; readonly height: number },
  { maxWidthPx, maxHeightPx = MAX_VARIANT_SIDE_PX, crop }: Size,
): Sharp {
  const part = crop ? pipeline.extract(regionOf(crop, of)) : pipeline
  return part.resize({ width: maxWidthPx, height: maxHeightPx, fit: 'inside', withoutEnlargement: true })
}
