import type { MediaTrack } from '@bellhop/model'
import { drawPictures } from './draw-pictures.ts'
import type { DrawnPictures, PicturePaths } from './draw-pictures.ts'
import { openSource } from './source.ts'
import type { Source } from './source.ts'
import { trackOf } from './track.ts'
import { waveformOf } from './waveform.ts'
import type { Waveform } from './waveform.ts'

export interface ProbeTask {
  readonly address: string
  /** Null: facts alone. */
  readonly draw: PicturePaths | null
}

export interface MediaFacts {
  readonly container: string
  readonly durationSeconds: number
  readonly bitRate: number | null
  readonly tracks: readonly MediaTrack[]
}

export interface ProbedMedia extends MediaFacts {
  readonly pictures: DrawnPictures | null
  readonly waveform: Waveform | null
}

export async function probeMedia(
  { address, draw }: ProbeTask,
  onSeconds: (done: number, total: number) => void,
): Promise<ProbedMedia> {
  using source = openSource(address)
  const facts = factsOf(source)
  const onDone = (done: number) => onSeconds(Math.min(done, facts.durationSeconds), facts.durationSeconds)
  return {
    ...facts,
    pictures: draw ? await drawPictures(source, draw, onDone) : null,
    // Of a video it would take reading all of it.
    waveform: draw && !source.video ? await waveformOf(source, onDone) : null,
  }
}

export function factsOf(source: Source): MediaFacts {
  return {
    container: containerOf(source),
    durationSeconds: source.durationSeconds,
    bitRate: source.bitRate > 0 ? source.bitRate : null,
    tracks: source.streams.map((stream) => trackOf(stream)).filter((track) => track !== null),
  }
}

/** FFmpeg names families of containers; the brand in the head tells the one. */
function containerOf({ formatName, brand, streams }: Source): string {
  if (formatName.startsWith('mov')) return brand?.startsWith('qt') ? 'mov' : 'mp4'
  if (!formatName.startsWith('matroska')) return formatName
  const isWeb = streams.every((stream) => {
    const codec = trackOf(stream)?.codec
    return codec === undefined || /^(vp8|vp9|av1|opus|vorbis|webvtt)$/.test(codec)
  })
  return isWeb ? 'webm' : 'matroska'
}
