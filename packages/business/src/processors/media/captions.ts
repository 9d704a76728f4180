import { writeFileSync } from 'node:fs'
import { AVDISCARD_ALL } from 'node-av/constants'
import type { Packet, Stream } from 'node-av/lib'
import { MAX_CAPTION_BYTES } from './bounds.ts'
import type { Source } from './source.ts'
import { trackOf } from './track.ts'

export interface Caption {
  readonly path: string
  readonly language: string | null
  readonly title: string | null
}

/** The text of a packet, by the codec of its track. Subtitles that are pictures have none. */
const TEXTS: Readonly<Partial<Record<string, (data: Buffer) => string>>> = {
  subrip: (data) => data.toString('utf8'),
  webvtt: (data) => data.toString('utf8'),
  // Its length in two bytes, then the text, then how it looks.
  mov_text: (data) => data.toString('utf8', 2, 2 + data.readUInt16BE(0)),
  // Eight fields about looks, then the text, with more of it in braces.
  ass: (data) =>
    data
      .toString('utf8')
      .split(',')
      .slice(8)
      .join(',')
      .replaceAll(/\{[^}]*\}/g, '')
      .replaceAll(/\\[Nn]/g, '\n'),
}

/** Writes each track of subtitles as WebVTT; `pathOf` says where. Of containers with an index only these tracks are read. */
export async function writeCaptions(source: Source, pathOf: (index: number) => string): Promise<Caption[]> {
  const tracks = source.subtitles.flatMap((stream) => {
    const textOf = TEXTS[trackOf(stream)?.codec ?? '']
    return textOf ? [{ stream, textOf, cues: [] as string[], bytes: 0 }] : []
  })
  if (tracks.length === 0) return []
  for (const stream of source.streams) {
    if (!tracks.some((track) => track.stream.index === stream.index)) stream.discard = AVDISCARD_ALL
  }
  for await (const packet of source.packets(tracks.map(({ stream }) => stream))) {
    const track = tracks.find(({ stream }) => stream.index === packet.streamIndex)
    const cue = track && cueOf(packet, track.stream, source.startSeconds, track.textOf)
    if (!track || cue === null || cue === undefined || track.bytes > MAX_CAPTION_BYTES) continue
    track.cues.push(cue)
    track.bytes += cue.length
  }
  return tracks.map(({ stream, cues }, index) => {
    const path = pathOf(index)
    writeFileSync(path, `WEBVTT\n\n${cues.join('\n')}`)
    const title = stream.metadata?.get('title') ?? null
    return { path, language: trackOf(stream)?.language ?? null, title: title === '' ? null : title }
  })
}

function cueOf(
  { data, pts, duration }: Packet,
  { timeBase }: Stream,
  startSeconds: number,
  textOf: (data: Buffer) => string,
): string | null {
  if (!data || data.length < 3) return null
  const from = (Number(pts) * timeBase.num) / timeBase.den - startSeconds
  const to = from + (Number(duration) * timeBase.num) / timeBase.den
  const text = plain(textOf(data))
  return text === '' || to <= from || from < 0 ? null : `${clock(from)} --> ${clock(to)}\n${text}\n`
}

/** What WebVTT reads as its own is taken out or told in its way; an empty line would end the cue. */
function plain(text: string): string {
  return text
    .replaceAll(/<\/?(?:b|i|u|font)[^>]*>/gi, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('-->', '→')
    .replaceAll('\r', '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .join('\n')
}

/** `01:02:03.456` */
function clock(seconds: number): string {
  const ms = Math.round(seconds * 1_000)
  const parts = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1_000) % 60].map((part) =>
    String(Math.floor(part)).padStart(2, '0'),
  )
  return `${parts.join(':')}.${String(ms % 1_000).padStart(3, '0')}`
}
