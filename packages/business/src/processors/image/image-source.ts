import { join } from 'node:path'
import sharp from 'sharp'
import type { Metadata, Sharp } from 'sharp'
import { MAX_ANIMATION_PIXELS, MAX_FRAMES, MAX_HEIC_PIXELS, MAX_IMAGE_PIXELS } from './bounds.ts'
import { decodeHeic } from './decode-heic.ts'
import { animationTooLarge, imageDamaged, imageTooLarge, imageUnreadable, tooManyFrames } from './image-error.ts'
import { readRights } from './rights.ts'
import type { Rights } from './rights.ts'
import { openDrawing } from './drawing.ts'

/** Only these are read, whatever else libvips knows. A drawing only where the file is one by its type. */
const LOADERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'].map((name) => `VipsForeignLoad${name}`)
const DRAWING_LOADERS = ['VipsForeignLoadSvg']
/** Formats whose further images are frames of one film, not pages or sizes. */
const MOVING: ReadonlySet<string> = new Set(['gif', 'webp'])

const OPEN = { sequentialRead: true, limitInputPixels: MAX_IMAGE_PIXELS, failOn: 'error' } as const

/** An image whose bounds have been looked at, and of which nothing is decoded yet, but for HEIC. Pixels are those after its orientation was applied. */
export interface ImageSource {
  readonly width: number
  readonly height: number
  readonly format: string
  readonly hasAlpha: boolean
  /** 1: it does not move. */
  readonly frameCount: number
  /** Drawn anew in every size, so none is an enlargement. */
  readonly isDrawing: boolean
  readonly rights: Rights
  /** Its first frame, upright, in sRGB, decoded as it is read. A drawing is drawn at least `widthPx` wide where that is possible. */
  still(widthPx: number): Sharp
  /** All frames, of an animation only. */
  moving(): Sharp
  /** Waits for a pipeline that reads it; a failure to read it is said in words. */
  readable<T>(result: Promise<T>): Promise<T>
}

/** @throws InputFault IMAGE_CORRUPT, IMAGE_TOO_LARGE */
export async function openSource(path: string, mediaType: string, scratchDir: string): Promise<ImageSource> {
  const isDrawing = mediaType === 'image/svg+xml'
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: isDrawing ? DRAWING_LOADERS : LOADERS })
  if (isDrawing) return openDrawing(path)
  const metadata = await readMetadata(path)
  const rights = readRights(metadata.exif)
  const pages = metadata.pages ?? 1
  if (pages > MAX_FRAMES) throw tooManyFrames(pages)
  const format = formatName(metadata)
  const { width, height } = metadata.autoOrient
  const pixels = width * height
  const maxPixels = format === 'heic' ? MAX_HEIC_PIXELS : MAX_IMAGE_PIXELS
  if (pixels > maxPixels) throw imageTooLarge(width, height, maxPixels)
  const frameCount = MOVING.has(format) ? pages : 1
  if (frameCount > 1 && pixels * frameCount > MAX_ANIMATION_PIXELS) throw animationTooLarge(width, height, frameCount)
  const facts = { width, height, format, hasAlpha: metadata.hasAlpha, frameCount, isDrawing, rights, readable }
  const from = format === 'heic' ? await decodeHeic(path, join(scratchDir, 'decoded.tif'), metadata) : path
  return {
    ...facts,
    still: () => sharp(from, OPEN).autoOrient().toColourspace('srgb'),
    // No orientation: no program writes it into animations, and libvips turns no frames.
    moving: () => sharp(from, { ...OPEN, animated: true }).toColourspace('srgb'),
  }
}

async function readMetadata(path: string): Promise<Metadata> {
  try {
    // Its bounds are read here, and judged by the caller, who can name them.
    return await sharp(path, { ...OPEN, limitInputPixels: false }).metadata()
  } catch {
    throw imageUnreadable()
  }
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
  if (format !== 'heif') return format
  return compression === 'av1' ? 'avif' : 'heic'
}
