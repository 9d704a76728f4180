import type { Rendition } from '@bellhop/model'
import type { Caption } from './captions.ts'

export const HLS_TYPE = 'application/vnd.apple.mpegurl'

const HEAD = ['#EXTM3U', '#EXT-X-VERSION:7']
const SUBTITLES = 'subtitles'

/** Subtitles as the master playlist names them. */
export interface NamedCaption extends Pick<Caption, 'language' | 'title'> {
  /** Of their media playlist. */
  readonly playlistName: string
}

/** RFC 8216. Null where none of the renditions is for HLS. */
export function masterPlaylist(
  renditions: readonly Rendition[],
  captions: readonly NamedCaption[],
  nameOf: (id: string) => string,
): string | null {
  const streams = renditions.flatMap(({ hls, video, bitRate, peakBitRate, codecs }) => {
    if (!hls) return []
    const picture = video
      ? [`RESOLUTION=${video.width}x${video.height}`, `FRAME-RATE=${video.frameRate.toFixed(3)}`]
      : []
    const facts = [
      `BANDWIDTH=${peakBitRate}`,
      `AVERAGE-BANDWIDTH=${bitRate}`,
      ...picture,
      `CODECS="${codecs}"`,
      ...(captions.length > 0 ? [`SUBTITLES="${SUBTITLES}"`] : []),
    ]
    return [`#EXT-X-STREAM-INF:${facts.join(',')}`, encodeURIComponent(nameOf(hls.playlist))]
  })
  if (streams.length === 0) return null
  return lines([...HEAD, '#EXT-X-INDEPENDENT-SEGMENTS', ...captions.map(subtitlesTag), ...streams])
}

/** The media playlist of subtitles: all of them are one segment. */
export function captionsPlaylist(fileName: string, durationSeconds: number): string {
  return lines([
    ...HEAD,
    `#EXT-X-TARGETDURATION:${Math.ceil(durationSeconds)}`,
    '#EXT-X-PLAYLIST-TYPE:VOD',
    `#EXTINF:${durationSeconds.toFixed(3)},`,
    encodeURIComponent(fileName),
    '#EXT-X-ENDLIST',
  ])
}

function subtitlesTag({ language, title, playlistName }: NamedCaption, index: number): string {
  const tag = language === null ? null : languageTag(language)
  const facts = [
    'TYPE=SUBTITLES',
    `GROUP-ID="${SUBTITLES}"`,
    // No two of a group are called the same.
    `NAME="${index + 1}${[language, title].map((word) => (word === null ? '' : ` ${quotable(word)}`)).join('')}"`,
    ...(tag === null ? [] : [`LANGUAGE="${tag}"`]),
    'DEFAULT=NO',
    'AUTOSELECT=YES',
    `URI="${encodeURIComponent(playlistName)}"`,
  ]
  return `#EXT-X-MEDIA:${facts.join(',')}`
}

/** `kor` is `ko` in BCP 47. Null where it is no language there. */
function languageTag(language: string): string | null {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? null
  } catch {
    return null
  }
}

/** A quoted string has no quote and no end of a line in it. */
function quotable(text: string): string {
  return text.replaceAll(/["\p{Cc}]/gu, ' ').trim()
}

function lines(of: readonly string[]): string {
  return `${of.join('\n')}\n`
}
