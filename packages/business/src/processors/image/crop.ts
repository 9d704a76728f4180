import type { Region } from 'sharp'

/** Fractions of the upright image. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** As fractions of the upright image, so that it is the same at every size of it. */
export interface Crop {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** The largest rectangle of that ratio, its middle as near to the point as the edges let it. */
export function cropTo(aspectRatio: number, image: { width: number; height: number }, focus: Point): Crop {
  const own = image.width / image.height
  const width = Math.min(1, aspectRatio / own)
  const height = Math.min(1, own / aspectRatio)
  return { left: within(focus.x - width / 2, 1 - width), top: within(focus.y - height / 2, 1 - height), width, height }
}

/** In whole pixels of an image of that size. */
export function regionOf(crop: Crop, { width, height }: { width: number; height: number }): Region {
  const size = { width: pixels(crop.width, width), height: pixels(crop.height, height) }
  return {
    ...size,
    left: within(Math.round(crop.left * width), width - size.width),
    top: within(Math.round(crop.top * height), height - size.height),
  }
}

function pixels(fraction: number, of: number): number {
  return Math.min(of, Math.max(1, Math.round(fraction * of)))
}

function within(value: number, most: number): number {
  return Math.max(0, Math.min(most, value))
}
