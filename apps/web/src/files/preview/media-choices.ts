import type { FileDetail, FileId, OutputId } from '@bellhop/model'

/** Something that plays the whole: a rendition, or the file itself. */
export interface MediaChoice {
  readonly id: FileId | OutputId
  /** Pixels of the shorter side; null: sound, or the original. */
  readonly pixels: number | null
  readonly mediaType: string
}

/** The best first. The original comes last, where the browser says that it may play it: its codecs are known to the file alone. */
export function mediaChoices(file: FileDetail, canPlay: (mediaType: string) => boolean): MediaChoice[] {
  const newest = new Map<string, MediaChoice>()
  for (const { id, role, mediaType, width, height } of file.outputs) {
    if (role !== 'rendition' || !canPlay(mediaType)) continue
    const pixels = width === undefined || height === undefined ? null : Math.min(width, height)
    const key = `${pixels} ${mediaType}`
    const known = newest.get(key)
    if (known === undefined || known.id < id) newest.set(key, { id, pixels, mediaType })
  }
  const renditions = [...newest.values()].toSorted((a, b) => (b.pixels ?? 0) - (a.pixels ?? 0))
  const original = { id: file.id, pixels: null, mediaType: file.mediaType }
  return canPlay(file.mediaType) ? [...renditions, original] : renditions
}

/** QuickTime and Matroska hold mostly what browsers play inside of MP4 and WebM, but are not said to be playable. */
const TRIED = new Set(['video/quicktime', 'video/x-matroska', 'video/matroska'])

export function browserCanPlay(mediaType: string): boolean {
  return TRIED.has(mediaType) || document.createElement('video').canPlayType(mediaType) !== ''
}
