import type { JobInput, MediaTrack, ParsedJobInput, RenditionSize } from '@bellhop/model'
import { KEY_FRAME_SECONDS } from './bounds.ts'
import type { PicturePlan, SoundPlan } from './encoding.ts'
import type { MediaFacts } from './probe-media.ts'
import type { VideoTrack } from './track.ts'

type RenditionName = JobInput<'video.rendition'>['rendition']

/** What is made where nobody says otherwise. */
const LADDER: readonly RenditionSize[] = ['1080p', '720p', '480p', '240p']

/** Renditions of this source, the largest first. None is larger than it; of a small one there is its own size. */
export function renditionsOf(
  { tracks }: MediaFacts,
  { renditions }: Pick<ParsedJobInput<'video.encode'>, 'renditions'>,
): RenditionName[] {
  const video = videoOf(tracks)
  if (!video) return ['aac', 'opus']
  const asked = [...new Set(renditions ?? LADDER)].filter((name) => Number.parseInt(name, 10) <= shortSide(video))
  return asked.length === 0
    ? ['source']
    : asked.toSorted((one, other) => Number.parseInt(other, 10) - Number.parseInt(one, 10))
}

/** Bits a second of a picture of 1920 × 1080 at 30 frames; smaller ones take more for each pixel. */
const FULL_HD_RATE = 5_000_000
const FULL_HD_PIXELS = 1920 * 1080
const RATE_BY_PIXELS = 0.75
const LEAST_RATE = 150_000
const CODEC_RATE = { h264: 1, vp9: 0.65, av1: 0.55 } as const
/** Of more than 30 frames a second. */
const FAST_RATE = 1.4

export function picturePlan(
  { tracks }: Pick<MediaFacts, 'tracks'>,
  { rendition, codec }: Pick<ParsedJobInput<'video.rendition'>, 'rendition' | 'codec'>,
): PicturePlan | null {
  const video = videoOf(tracks)
  if (!video || rendition === 'aac' || rendition === 'opus') return null
  const scale = rendition === 'source' ? 1 : Math.min(1, Number.parseInt(rendition, 10) / shortSide(video))
  const [width, height] = [even(video.width * scale), even(video.height * scale)]
  const pace = (video.frameRate ?? 0) > 31 ? FAST_RATE : 1
  const rate = FULL_HD_RATE * CODEC_RATE[codec] * pace * ((width * height) / FULL_HD_PIXELS) ** RATE_BY_PIXELS
  return { codec, width, height, maxRate: Math.max(LEAST_RATE, Math.round(rate / 1_000) * 1_000) }
}

export function soundPlan(
  { tracks }: Pick<MediaFacts, 'tracks'>,
  { rendition }: Pick<ParsedJobInput<'video.rendition'>, 'rendition'>,
): SoundPlan | null {
  const audio = tracks
    .filter((track) => track.kind === 'audio')
    .toSorted((one, other) => other.channels - one.channels)[0]
  return audio ? { codec: rendition === 'opus' ? 'opus' : 'aac', channels: audio.channels > 1 ? 2 : 1 } : null
}

export interface Stretch {
  readonly fromSeconds: number
  /** Null: to the end. */
  readonly toSeconds: number | null
  readonly seconds: number
}

/** A killed worker costs so much at most, and a job of its own pays off. */
const STRETCH_SECONDS = 30 * KEY_FRAME_SECONDS
const STRETCH_FRAMES = 3_600
/** Jobs of one rendition; of longer videos the stretches are longer. */
const STRETCHES_MAX = 200

/** One, of what is short or is sound alone. They meet where a key frame is set. */
export function stretchesOf({ durationSeconds, tracks }: MediaFacts): Stretch[] {
  const frameRate = videoOf(tracks)?.frameRate ?? 25
  const least = Math.max(STRETCH_SECONDS, STRETCH_FRAMES / frameRate, durationSeconds / STRETCHES_MAX)
  const length = Math.ceil(least / KEY_FRAME_SECONDS) * KEY_FRAME_SECONDS
  // The last is up to half longer, rather than a short one of its own.
  const count = videoOf(tracks) ? Math.max(1, Math.round(durationSeconds / length)) : 1
  return Array.from({ length: count }, (_, index) => {
    const fromSeconds = index * length
    const isLast = index === count - 1
    return {
      fromSeconds,
      toSeconds: isLast ? null : fromSeconds + length,
      seconds: isLast ? Math.max(durationSeconds - fromSeconds, 0.001) : length,
    }
  })
}

export function videoOf(tracks: readonly MediaTrack[]): VideoTrack | undefined {
  return tracks
    .filter((track) => track.kind === 'video')
    .toSorted((one, other) => other.width * other.height - one.width * one.height)[0]
}

function shortSide({ width, height }: VideoTrack): number {
  return Math.min(width, height)
}

function even(length: number): number {
  return Math.max(2, Math.round(length / 2) * 2)
}
