import { join } from 'node:path'
import type { ParsedJobInput } from '@bellhop/model'
import type { JoinTask } from './join-stretches.ts'

/** What becomes of a rendition. */
export type RenditionFiles = Pick<JoinTask, 'progressive' | 'hls'>

export type RenditionWish = Pick<ParsedJobInput<'video.rendition'>, 'rendition' | 'codec' | 'formats'>

/** As the muxer writes it into the playlist, until its own name stands there. */
export const SEGMENTS = 'segments.mp4'

export function renditionFiles(
  { rendition, formats }: RenditionWish,
  folder: string,
  isVideo: boolean,
): RenditionFiles {
  const isOgg = rendition === 'opus'
  const format = isOgg ? 'ogg' : 'mp4'
  const hls = { playlistPath: join(folder, 'playlist.m3u8'), segmentsPath: join(folder, SEGMENTS) }
  const isWanted = formats.includes('mp4') || isOgg || !isVideo
  return {
    progressive: isWanted ? { path: join(folder, `progressive.${format}`), format } : null,
    hls: formats.includes('hls') && !isOgg ? hls : null,
  }
}

/** Where it is encoded, before it is joined into these. */
export function encodedPath(folder: string): string {
  return join(folder, 'encoded.mp4')
}
