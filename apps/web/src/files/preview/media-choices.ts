import type { FileDetail, FileId, OutputId } from '@bellhop/model'
import type { HlsLevel } from './hls-level.ts'

/** Something that plays the whole. */
export type MediaChoice = FileChoice | LevelChoice | { readonly kind: 'automatic'; readonly id: 'automatic' }

/** A file to play: a rendition, or what was uploaded. */
export interface FileChoice {
  readonly kind: 'file'
  readonly id: FileId | OutputId
  /** Pixels of the shorter side; null: sound, or the original. */
  readonly pixels: number | null
  readonly mediaType: string
}

/** One size of HLS. */
interface LevelChoice {
  readonly kind: 'level'
  readonly id: OutputId
  readonly pixels: number
}

const AUTOMATIC = { kind: 'automatic', id: 'automatic' } as const

/** The best first: HLS, which changes its size by itself, before whole files, and the original last. */
export function mediaChoices(files: readonly FileChoice[], levels: readonly HlsLevel[]): MediaChoice[] {
  if (levels.length === 0) return [...files]
  const sizes = levels.map(({ id, pixels }): LevelChoice => ({ kind: 'level', id, pixels }))
  return [AUTOMATIC, ...sizes, ...files.filter(isOriginal)]
}

export function isOriginal(choice: MediaChoice): boolean {
  return choice.id.startsWith('file_')
}

/** The best first. The original comes last, where the browser says that it may play it: its codecs are known to the file alone. */
export function fileChoices(file: FileDetail, canPlay: (mediaType: string) => boolean): FileChoice[] {
  const newest = new Map<string, FileChoice>()
  for (const { id, role, mediaType, width, height } of file.outputs) {
    if (role !== 'rendition' || !canPlay(mediaType)) continue
    const pixels = width === undefined || height === undefined ? null : Math.min(width, height)
    const key = `${pixels} ${mediaType}`
    const known = newest.get(key)
    if (known === undefined || known.id < id) newest.set(key, { kind: 'file', id, pixels, mediaType })
  }
  const renditions = [...newest.values()].toSorted((a, b) => (b.pixels ?? 0) - (a.pixels ?? 0))
  const original: FileChoice = { kind: 'file', id: file.id, pixels: null, mediaType: file.mediaType }
  return canPlay(file.mediaType) ? [...renditions, original] : renditions
}

/** QuickTime and Matroska hold mostly what browsers play inside of MP4 and WebM, but are not said to be playable. */
const TRIED = new Set(['video/quicktime', 'video/x-matroska', 'video/matroska', 'audio/matroska'])

export function browserCanPlay(mediaType: string): boolean {
  return TRIED.has(mediaType) || document.createElement('video').canPlayType(mediaType) !== ''
}
