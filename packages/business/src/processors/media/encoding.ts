import { availableParallelism } from 'node:os'
import { AVCOL_PRI_BT709, AVCOL_TRC_BT709 } from 'node-av/constants'
import { KEY_FRAME_SECONDS, MAX_CODEC_THREADS, MIN_FRAME_SECONDS } from './bounds.ts'
import type { EncoderSettings, PictureColor } from './encoded-track.ts'
import type { VideoTrack } from './track.ts'

type VideoCodec = 'h264' | 'vp9' | 'av1'
type AudioCodec = 'aac' | 'opus'

/** What a rendition's picture is to be. */
export interface PicturePlan {
  readonly codec: VideoCodec
  /** Even, in pixels. */
  readonly width: number
  readonly height: number
  /** Bits a second. */
  readonly maxRate: number
}

export interface SoundPlan {
  readonly codec: AudioCodec
  readonly channels: 1 | 2
}

export const CODEC_THREADS = Math.min(availableParallelism(), MAX_CODEC_THREADS)

/**
 * Constant quality under a ceiling of bits. `veryfast` is where x264 gives the most for a second of a processor: at the same
 * quality `medium` takes 2.5 times as long for files an eighth smaller.
 */
const VIDEO: Readonly<Record<VideoCodec, Omit<EncoderSettings, 'color'>>> = {
  h264: {
    encoder: 'libx264',
    options: { preset: 'veryfast', crf: '23', profile: 'high', 'forced-idr': '1' },
  },
  vp9: {
    encoder: 'libvpx-vp9',
    options: { crf: '33', deadline: 'good', 'cpu-used': '5', 'row-mt': '1', 'tile-columns': '1' },
  },
  av1: { encoder: 'libsvtav1', options: { preset: '10', crf: '35' } },
}

/** `color` is that of the source, unless it is HDR. */
export function videoEncoder(
  { codec, maxRate }: PicturePlan,
  { dynamicRange }: Pick<VideoTrack, 'dynamicRange'>,
  color: PictureColor,
): EncoderSettings {
  const { encoder, options } = VIDEO[codec]
  // SVT takes a ceiling in its own way, and VP9 as the rate that it is set to.
  const ceiling: Readonly<Record<VideoCodec, Record<string, string>>> = {
    h264: { maxrate: String(maxRate), bufsize: String(maxRate * 2) },
    vp9: { b: String(maxRate) },
    av1: { 'svtav1-params': `mbr=${Math.round(maxRate / 1_000)}` },
  }
  return {
    encoder,
    options: { ...options, ...ceiling[codec] },
    maxStillSeconds: KEY_FRAME_SECONDS,
    color: dynamicRange === 'sdr' ? color : { colorPrimaries: AVCOL_PRI_BT709, colorTrc: AVCOL_TRC_BT709 },
  }
}

/** Bits a second of a channel. */
const CHANNEL_RATE = 64_000
const FRAME_SAMPLES: Readonly<Record<AudioCodec, number>> = { aac: 1_024, opus: 960 }
export const SAMPLE_RATE = 48_000

export function audioEncoder({ codec, channels }: SoundPlan): EncoderSettings {
  return { encoder: codec === 'aac' ? 'aac' : 'libopus', options: { b: String(channels * CHANNEL_RATE) } }
}

export function audioFilters({ codec, channels }: SoundPlan): string {
  const sampleFormat = codec === 'aac' ? 'fltp' : 'flt'
  return (
    // Gaps are filled, so that sound and picture stay together.
    `aresample=${SAMPLE_RATE}:async=1000,` +
    `aformat=sample_fmts=${sampleFormat}:channel_layouts=${channels === 1 ? 'mono' : 'stereo'},` +
    // A short one is padded: only the last may be short, and filters that begin anew give one in the middle.
    `asetnsamples=n=${FRAME_SAMPLES[codec]}:p=1`
  )
}

/** Frames a second that are left of so many. */
export function pacedRate<R extends number | null>(frameRate: R): R | number {
  return frameRate === null ? frameRate : frameRate / Math.max(1, Math.ceil(frameRate * MIN_FRAME_SECONDS - 1e-6))
}

export function videoFilters(
  { width, height }: Pick<PicturePlan, 'width' | 'height'>,
  { rotation, frameRate, dynamicRange }: Pick<VideoTrack, 'rotation' | 'frameRate' | 'dynamicRange'>,
): string {
  return [
    // None is made up, as would be for the hours that a file may claim between two frames.
    ...(pacedRate(frameRate) === frameRate
      ? []
      : [`select='isnan(prev_selected_t)+gte(t-prev_selected_t,${MIN_FRAME_SECONDS})'`]),
    ...{ 0: [], 90: ['transpose=clock'], 180: ['hflip', 'vflip'], 270: ['transpose=cclock'] }[rotation],
    ...(dynamicRange === 'sdr' ? [] : TO_SDR),
    `scale=${width}:${height}:flags=bicubic`,
    'setsar=1',
    'format=yuv420p',
  ].join(',')
}

/** Of white paper, and of the brightest that most films have, in candela a square metre (ITU-R BT.2408). */
const HDR_WHITE = 203
const HDR_PEAK = 1_000
/** Light up to this share of white stays as it is; what is brighter is pressed together. */
const HDR_KEPT = 0.3

/** Screens that show HDR are few, and those that do not show it grey. */
const TO_SDR = [
  `zscale=transfer=linear:npl=${HDR_WHITE}`,
  'format=gbrpf32le',
  'zscale=primaries=bt709',
  `tonemap=mobius:param=${HDR_KEPT}:peak=${HDR_PEAK / HDR_WHITE}:desat=0`,
  'zscale=transfer=bt709:matrix=bt709:range=tv',
]
