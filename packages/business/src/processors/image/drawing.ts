import { readFile, stat } from 'node:fs/promises'
import sharp from 'sharp'
import type { Metadata } from 'sharp'
import { MAX_DRAWING_S, MAX_IMAGE_PIXELS, MAX_RASTER_PIXELS, MAX_SVG_BYTES, MAX_VARIANT_SIDE_PX } from './bounds.ts'
import { drawingTooLarge, drawingUnreadable } from './image-error.ts'
import type { ImageSource } from './image-source.ts'

/** Dots an inch at which a drawing has the size that it says. */
const OWN_DENSITY = 72
const OPEN = { limitInputPixels: MAX_IMAGE_PIXELS, failOn: 'error' } as const

/**
 * An SVG, drawn by librsvg, which runs no script and speaks to no network. It is given bytes without an address, and so
 * refuses every reference to a file or to another document too.
 */
export async function openDrawing(path: string): Promise<ImageSource> {
  const { size } = await stat(path)
  if (size > MAX_SVG_BYTES) throw drawingTooLarge(size, MAX_SVG_BYTES)
  const text = await readFile(path)
  const { width, height, hasAlpha } = await readSize(text)
  const most = Math.min(Math.sqrt(MAX_RASTER_PIXELS / (width * height)), MAX_VARIANT_SIDE_PX / Math.max(width, height))
  return {
    width,
    height,
    format: 'svg',
    hasAlpha,
    frameCount: 1,
    isDrawing: true,
    rights: {},
    still: (widthPx) =>
      sharp(text, { ...OPEN, density: OWN_DENSITY * Math.min(most, Math.max(1, widthPx / width)) })
        .timeout({ seconds: MAX_DRAWING_S })
        .toColourspace('srgb'),
    moving: () => {
      throw new Error('A drawing has one frame.')
    },
    readable: async (result) => {
      try {
        return await result
      } catch (error) {
        throw drawingUnreadable(error)
      }
    },
  }
}

async function readSize(text: Buffer): Promise<Metadata> {
  try {
    return await sharp(text, OPEN).metadata()
  } catch (error) {
    throw drawingUnreadable(error)
  }
}
