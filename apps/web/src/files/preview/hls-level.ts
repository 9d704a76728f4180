import type { JobOutput, OutputId, Rendition } from '@bellhop/model'

/** A finished rendition that is cut for HLS. */
export interface HlsLevel {
  /** Of its media playlist. */
  readonly id: OutputId
  /** Of the shorter side. */
  readonly pixels: number
  /** What its playlist may name, by the name. */
  readonly outputs: ReadonlyMap<string, OutputId>
  readonly rendition: Rendition
}

type RenditionOutput = Pick<JobOutput<'video.rendition'>, 'rendition' | 'files'>

/**
 * The largest first, all of one codec: where there are several, of that which has the most sizes that can play, so that a
 * player can go from each to each. Of outputs of one size the newest.
 */
export function hlsLevels(outputs: readonly RenditionOutput[], canPlay: (mediaType: string) => boolean): HlsLevel[] {
  const byCodec = new Map<string, Map<number, HlsLevel>>()
  for (const { rendition, files } of outputs) {
    const { hls, video, codecs } = rendition
    if (hls === null || video === null || !canPlay(`video/mp4; codecs="${codecs}"`)) continue
    const sizes = byCodec.get(video.codec) ?? new Map<number, HlsLevel>()
    byCodec.set(video.codec, sizes)
    const pixels = Math.min(video.width, video.height)
    const known = sizes.get(pixels)
    if (known !== undefined && known.id > hls.playlist) continue
    const named = files.filter(({ id }) => id === hls.segments)
    sizes.set(pixels, {
      id: hls.playlist,
      pixels,
      outputs: new Map(named.map(({ name, id }) => [name, id])),
      rendition,
    })
  }
  const most = [...byCodec.values()].toSorted((a, b) => b.size - a.size)[0]
  return [...(most?.values() ?? [])].toSorted((a, b) => b.pixels - a.pixels)
}

/** A master playlist of these alone, so that what is finished plays while the rest is encoded. */
export function masterOf(levels: readonly HlsLevel[], addressOf: (level: HlsLevel) => string): string {
  const streams = levels.map((level) => {
    const { bitRate, peakBitRate, codecs, video } = level.rendition
    const picture = video && `,RESOLUTION=${video.width}x${video.height},FRAME-RATE=${video.frameRate.toFixed(3)}`
    return `#EXT-X-STREAM-INF:BANDWIDTH=${peakBitRate},AVERAGE-BANDWIDTH=${bitRate}${picture ?? ''},CODECS="${codecs}"\n${addressOf(level)}`
  })
  return `#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n${streams.join('\n')}\n`
}

/** The playlist with the address of each output in the place of its name. Throws when it names anything else. */
export function withAddresses(playlist: string, level: HlsLevel, addressOf: (id: OutputId) => string): string {
  const replaced = (name: string) => {
    const id = level.outputs.get(decodeURIComponent(name))
    if (id === undefined) throw new Error(`The playlist names ${name}, which is no output of its rendition.`)
    return addressOf(id)
  }
  return playlist
    .split('\n')
    .map((line) => {
      if (line.startsWith('#')) return line.replace(/URI="([^"]*)"/, (_, name: string) => `URI="${replaced(name)}"`)
      return line.trim() === '' ? line : replaced(line.trim())
    })
    .join('\n')
}
