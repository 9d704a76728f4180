import type { MediaTrack } from '@bellhop/model'
import {
  AVCOL_TRC_ARIB_STD_B67,
  AVCOL_TRC_SMPTE2084,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_SUBTITLE,
  AV_PKT_DATA_DISPLAYMATRIX,
} from 'node-av/constants'
import { avGetCodecName } from 'node-av/lib'
import type { Rational, Stream } from 'node-av/lib'
import { isVideo } from './source.ts'

export type VideoTrack = Extract<MediaTrack, { kind: 'video' }>

/** Of streams that people see or hear; covers, time codes and data are none. */
export function trackOf(stream: Stream): MediaTrack | null {
  const { codecpar, metadata } = stream
  const named = {
    codec: avGetCodecName(codecpar.codecId) ?? 'unknown',
    language: languageOf(metadata?.get('language')),
  }
  if (isVideo(stream)) return { kind: 'video', ...named, ...pictureOf(stream) }
  if (codecpar.codecType === AVMEDIA_TYPE_AUDIO && codecpar.sampleRate > 0) {
    return { kind: 'audio', ...named, channels: Math.max(1, codecpar.channels), sampleRate: codecpar.sampleRate }
  }
  return codecpar.codecType === AVMEDIA_TYPE_SUBTITLE ? { kind: 'subtitle', ...named } : null
}

export function pictureOf(stream: Stream): Omit<VideoTrack, 'kind' | 'codec' | 'language'> {
  const { codecpar } = stream
  const rotation = rotationOf(stream)
  const aspect = ratio(stream.sampleAspectRatio) ?? ratio(codecpar.sampleAspectRatio) ?? 1
  const wide = Math.max(1, Math.round(codecpar.width * aspect))
  const isTurned = rotation === 90 || rotation === 270
  const { colorTrc } = codecpar
  return {
    width: isTurned ? codecpar.height : wide,
    height: isTurned ? wide : codecpar.height,
    rotation,
    frameRate: ratio(stream.avgFrameRate) ?? ratio(stream.rFrameRate),
    dynamicRange: colorTrc === AVCOL_TRC_SMPTE2084 ? 'pq' : colorTrc === AVCOL_TRC_ARIB_STD_B67 ? 'hlg' : 'sdr',
  }
}

/** A matrix of 3 × 3 fixed-point numbers, of which the first column says how far it turns, counter-clockwise. */
function rotationOf({ codecpar }: Stream): VideoTrack['rotation'] {
  const matrix = codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX)
  if (!matrix || matrix.length < 36) return 0
  const [a, b] = [matrix.readInt32LE(0), matrix.readInt32LE(4)]
  const quarters = Math.round(Math.atan2(b, a) / (Math.PI / 2))
  return [0, 90, 180, 270][(quarters + 4) % 4] as VideoTrack['rotation']
}

function ratio({ num, den }: Rational): number | null {
  return num > 0 && den > 0 ? num / den : null
}

/** ISO 639; `und` says nothing. */
function languageOf(language: string | null | undefined): string | null {
  return language && language !== 'und' && /^[a-z]{2,8}(-\w{2,8})*$/i.test(language) ? language : null
}
