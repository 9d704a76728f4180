import type { FileDetail, JobOutput, OutputFile } from '@bellhop/model'
import { isInlineSafe } from '@bellhop/model'
import type { PreviewId } from '../preview-loader.ts'

/** Of an original that is shown as it is. Above it the largest variant has to do. */
const MAX_ORIGINAL_BYTES = 48 * 1024 * 1024
/** Between the ratios of a whole picture and of a size of it, which is in whole pixels. */
const RATIO_SLACK = 0.02

/** Something that shows the whole picture, so many pixels wide. */
export interface PictureSource {
  readonly id: PreviewId
  readonly width: number
}

/** The narrowest first: WebP, which every browser shows, not cut by a preset; at last the original, where it may be shown. */
export function pictureSources(file: FileDetail, output: JobOutput<'image.variants'>): PictureSource[] {
  const sizes = output.files
    .filter((each) => each.mediaType === 'image/webp' && isWhole(each, output))
    .filter((each) => output.frameCount === undefined || output.frameCount === 1 || each.role !== 'thumbnail')
    .map(({ id, width = 0 }) => ({ id, width }))
    .toSorted((a, b) => a.width - b.width)
  const widest = sizes.at(-1)?.width ?? 0
  const original = isInlineSafe(file.mediaType) && file.sizeBytes <= MAX_ORIGINAL_BYTES && output.width > widest
  return original ? [...sizes, { id: file.id, width: output.width }] : sizes
}

/** The narrowest that is wide enough, else the widest. */
export function sourceFor(sources: readonly PictureSource[], widthPx: number): PictureSource | undefined {
  return sources.find(({ width }) => width >= widthPx) ?? sources.at(-1)
}

function isWhole({ width = 0, height = 0 }: OutputFile, whole: { width: number; height: number }): boolean {
  // Of a few pixels a ratio says little.
  if (Math.min(width, height) < 8) return true
  return Math.abs((width * whole.height) / (height * whole.width) - 1) < RATIO_SLACK
}
