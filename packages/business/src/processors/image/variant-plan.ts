import type { VariantFormat } from '@bellhop/model'
import { THUMBNAIL_SIDE_PX } from './bounds.ts'
import type { Crop } from './crop.ts'
import type { ImageSource } from './image-source.ts'

/** What is asked for: the job's input, without its file. */
export interface VariantPolicy {
  readonly widths: readonly number[]
  readonly formats: readonly VariantFormat[]
}

export interface VariantPlan {
  readonly role: 'thumbnail' | 'variant'
  readonly suffix: string
  readonly format: VariantFormat
  readonly maxWidthPx: number
  readonly maxHeightPx?: number
  readonly crop?: Crop | undefined
  readonly moving: boolean
  /** Relative to other plans of the same image. */
  readonly cost: number
}

const MOVING: ReadonlySet<VariantFormat> = new Set(['webp', 'gif'])
/** AVIF takes about this much longer than WebP for the same pixels (effort 3, two cores). */
const RELATIVE_COST: Readonly<Record<VariantFormat, number>> = { jpeg: 0.5, webp: 1, gif: 2, png: 2, avif: 6 }
const EXTENSIONS: Readonly<Record<VariantFormat, string>> = {
  jpeg: 'jpg',
  webp: 'webp',
  gif: 'gif',
  png: 'png',
  avif: 'avif',
}

/** The thumbnail first, then the cheap ones. The thumbnail shows the whole image, and stands still. */
export function planVariants(source: ImageSource, policy: VariantPolicy, crop: Crop | undefined): VariantPlan[] {
  const thumbnail: VariantPlan = {
    role: 'thumbnail',
    suffix: '-thumbnail.webp',
    format: 'webp',
    maxWidthPx: THUMBNAIL_SIDE_PX,
    maxHeightPx: THUMBNAIL_SIDE_PX,
    moving: false,
    cost: THUMBNAIL_SIDE_PX ** 2,
  }
  const widths = fittingWidths(source, policy.widths, crop)
  const variants = fittingFormats(source, policy.formats).flatMap((format) =>
    widths.map((maxWidthPx): VariantPlan => {
      const moving = source.frameCount > 1 && MOVING.has(format)
      return {
        role: 'variant',
        suffix: `-${maxWidthPx}.${EXTENSIONS[format]}`,
        format,
        maxWidthPx,
        crop,
        moving,
        cost: maxWidthPx ** 2 * RELATIVE_COST[format] * (moving ? source.frameCount : 1),
      }
    }),
  )
  return [thumbnail, ...variants.toSorted((a, b) => a.cost - b.cost)]
}

/** How wide the whole image must be for the widest of them. */
export function widestNeeded(source: ImageSource, policy: VariantPolicy, aspectRatio: number | undefined): number {
  const cropFraction = aspectRatio === undefined ? 1 : Math.min(1, (aspectRatio * source.height) / source.width)
  return Math.ceil(Math.max(...fittingWidths(source, policy.widths, undefined), THUMBNAIL_SIDE_PX) / cropFraction)
}

/** Those not wider than the source; its own width when all are. */
function fittingWidths(source: ImageSource, widths: readonly number[], crop: Crop | undefined): number[] {
  const asked = [...new Set(widths)]
  if (source.isDrawing) return asked
  const ownPx = Math.max(1, Math.round(source.width * (crop?.width ?? 1)))
  const fitting = asked.filter((width) => width <= ownPx)
  return fitting.length > 0 ? fitting : [ownPx]
}

function fittingFormats({ frameCount }: ImageSource, formats: readonly VariantFormat[]): VariantFormat[] {
  const asked = [...new Set(formats)]
  const moving = asked.filter((format) => MOVING.has(format))
  return frameCount > 1 && moving.length > 0 ? moving : asked
}
