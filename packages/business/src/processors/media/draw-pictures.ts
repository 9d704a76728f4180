import { writeFileSync } from 'node:fs'
import { Codec, CodecContext, Packet } from 'node-av/lib'
import type { FFEncoderCodec } from 'node-av/constants'
import type { Frame } from 'node-av/lib'
import { FILMSTRIP_COLUMNS, FILMSTRIP_FRAMES, FILMSTRIP_FRAME_PX, POSTER_WIDTH_PX } from './bounds.ts'
import { DecodedTrack } from './decoded-track.ts'
import { engineOptions } from './given-away.ts'
import { videoFilters } from './encoding.ts'
import type { Source } from './source.ts'
import { pictureOf } from './track.ts'

export interface DrawnPictures {
  readonly poster: { readonly width: number; readonly height: number; readonly atSeconds: number }
  readonly filmstrip: {
    readonly columns: number
    readonly rows: number
    readonly frameCount: number
    readonly frameWidth: number
    readonly frameHeight: number
    readonly intervalSeconds: number
  }
}

export interface PicturePaths {
  readonly posterPath: string
  readonly filmstripPath: string
}

const POSTER_AT = 0.1
const POSTER_LATEST_SECONDS = 30
const FILMSTRIP_EVERY_SECONDS = 2

/**
 * Draws a poster and a filmstrip from key frames alone, each sought for by itself: of ten gibibytes a few hundred megabytes
 * are read. Null where no picture can be decoded.
 */
export async function drawPictures(
  source: Source,
  paths: PicturePaths,
  onSeconds: (done: number) => void,
): Promise<DrawnPictures | null> {
  const { video, durationSeconds } = source
  if (!video) return null
  const picture = pictureOf(video)
  // Each frame is asked for by itself, whatever their rate.
  const upright = { ...picture, frameRate: null }
  const posterSize = within(picture, POSTER_WIDTH_PX)
  const atSeconds = Math.min(durationSeconds * POSTER_AT, POSTER_LATEST_SECONDS)
  {
    using track = new DecodedTrack(video, { filters: videoFilters(posterSize, upright), threads: 1 })
    const isDrawn = await drawAt(source, track, atSeconds, (frame) => writeWebp(track, frame, paths.posterPath))
    if (!isDrawn) return null
  }
  const frameCount = Math.min(FILMSTRIP_FRAMES, Math.max(1, Math.ceil(durationSeconds / FILMSTRIP_EVERY_SECONDS)))
  const columns = Math.min(frameCount, FILMSTRIP_COLUMNS)
  const rows = Math.ceil(frameCount / columns)
  const intervalSeconds = Math.max(durationSeconds, 0.001) / frameCount
  const { width: frameWidth, height: frameHeight } = within(picture, FILMSTRIP_FRAME_PX)
  const filters = `${videoFilters({ width: frameWidth, height: frameHeight }, upright)},tile=${columns}x${rows}`
  using track = new DecodedTrack(video, { filters, threads: 1 })
  let isWritten = false
  const write = (frame: Frame) => {
    if (!isWritten) writeWebp(track, frame, paths.filmstripPath)
    isWritten = true
  }
  for (let index = 0; index < frameCount; index++) {
    await drawAt(source, track, index * intervalSeconds, write)
    onSeconds(Math.min((index + 1) * intervalSeconds, durationSeconds))
  }
  for (const frame of track.rest()) write(frame)
  return {
    poster: { ...posterSize, atSeconds },
    filmstrip: { columns, rows, frameCount, frameWidth, frameHeight, intervalSeconds },
  }
}

/** Packets that may come before a key frame after a seek. */
const PACKETS_TO_KEY = 600

/** The key frame at or before that time; the first there is, where the file cannot be sought in. */
async function drawAt(
  source: Source,
  track: DecodedTrack,
  seconds: number,
  onFrame: (frame: Frame) => void,
): Promise<boolean> {
  source.seek(track.stream, seconds)
  let looked = 0
  for await (const packet of source.packets([track.stream])) {
    if (packet.isKeyframe) {
      for (const frame of track.framesAlone(packet)) onFrame(frame)
      return true
    }
    if (++looked > PACKETS_TO_KEY) break
  }
  return false
}

/** At most so many pixels wide, even, never larger than it is. */
function within(
  { width, height }: { width: number; height: number },
  maxPx: number,
): { width: number; height: number } {
  const scale = Math.min(1, maxPx / width, maxPx / height)
  return { width: even(width * scale), height: even(height * scale) }
}

function even(length: number): number {
  return Math.max(2, Math.round(length / 2) * 2)
}

const WEBP_QUALITY = '75'

function writeWebp({ sink }: DecodedTrack, frame: Frame, path: string): void {
  const codec = Codec.findEncoderByName('libwebp' as FFEncoderCodec)
  if (!codec) throw new Error('The engine has no encoder of WebP.')
  using encoder = new CodecContext()
  encoder.allocContext3(codec)
  encoder.width = frame.width
  encoder.height = frame.height
  encoder.pixelFormat = sink.buffersinkGetFormat() as typeof encoder.pixelFormat
  encoder.timeBase = sink.buffersinkGetTimeBase()
  const opened = encoder.open2Sync(codec, engineOptions({ quality: WEBP_QUALITY }))
  using packet = new Packet()
  packet.alloc()
  encoder.sendFrameSync(frame)
  encoder.sendFrameSync(null)
  if (opened < 0 || encoder.receivePacketSync(packet) < 0 || !packet.data) throw new Error('WebP could not be encoded.')
  writeFileSync(path, packet.data)
}
