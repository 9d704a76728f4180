import type { JobKindName, ParsedJobInput, PresetRecord, VariantFormat, VariantQuality } from '@bellhop/model'
import { VARIANT_FORMATS, VARIANT_QUALITIES } from '@bellhop/model'

/** Kinds that are about files, so that a preset of them makes sense. What has no form of its own is set as JSON. */
export const PRESET_KINDS = ['image.variants', 'video.encode'] as const satisfies readonly JobKindName[]
export type PresetKind = (typeof PRESET_KINDS)[number]

/** Width over height, as the form offers them. */
export const RATIOS = { whole: undefined, square: 1, wide: 16 / 9, photo: 3 / 2, upright: 4 / 5 } as const
export type RatioName = keyof typeof RATIOS
const RATIO_SLACK = 0.001

type Policy = Omit<ParsedJobInput<'image.variants'>, 'fileId'>

/** What the form for images holds. */
export interface ImageDraft {
  /** As it is typed: `640, 1280`. */
  readonly widths: string
  readonly formats: readonly VariantFormat[]
  readonly quality: VariantQuality
  readonly ratio: RatioName
  readonly rights: boolean
}

export const NEW_IMAGE_DRAFT: ImageDraft = {
  widths: '640, 1280, 1920',
  formats: ['webp', 'avif'],
  quality: 'balanced',
  ratio: 'whole',
  rights: false,
}

const MIN_WIDTH_PX = 16
const MAX_WIDTH_PX = 8192
const MAX_WIDTHS = 8

/** Null when what is typed is not one to eight whole numbers from 16 to 8,192. */
export function parseWidths(text: string): number[] | null {
  const widths = text
    .split(/[\s,;]+/)
    .filter((part) => part !== '')
    .map(Number)
  const good = widths.every((width) => Number.isInteger(width) && width >= MIN_WIDTH_PX && width <= MAX_WIDTH_PX)
  return good && widths.length > 0 && widths.length <= MAX_WIDTHS ? [...new Set(widths)] : null
}

/** Null when the form cannot show all that is set: then it is left to JSON. */
export function draftOf({ kind, settings }: PresetRecord): ImageDraft | null {
  if (kind !== 'image.variants') return null
  const { widths, formats, quality, aspectRatio, metadata, ...others } = settings as Partial<Policy>
  const ratio = ratioName(aspectRatio)
  if (Object.keys(others).length > 0 || ratio === null) return null
  return {
    widths: Array.isArray(widths) ? widths.join(', ') : NEW_IMAGE_DRAFT.widths,
    formats: VARIANT_FORMATS.filter((format) => (formats ?? NEW_IMAGE_DRAFT.formats).includes(format)),
    quality: VARIANT_QUALITIES.find((each) => each === quality) ?? NEW_IMAGE_DRAFT.quality,
    ratio,
    rights: metadata === 'rights',
  }
}

export function settingsOf(draft: ImageDraft, widths: readonly number[]): Record<string, unknown> {
  const aspectRatio = RATIOS[draft.ratio]
  return {
    widths,
    formats: draft.formats,
    quality: draft.quality,
    ...(aspectRatio !== undefined && { aspectRatio }),
    ...(draft.rights && { metadata: 'rights' }),
  }
}

/** Null where the form offers no such ratio. */
export function ratioName(ratio: number | undefined): RatioName | null {
  const found = Object.entries(RATIOS).find(([, value]) =>
    value === undefined || ratio === undefined ? value === ratio : Math.abs(value - ratio) < RATIO_SLACK,
  )
  return (found?.[0] as RatioName | undefined) ?? null // -- the keys of the table
}
