import type { Packet } from 'node-av/lib'
import { FormatContext } from 'node-av/lib'
import { MAX_MEDIA_SECONDS } from './bounds.ts'
import { DecodedTrack } from './decoded-track.ts'
import { EncodedTrack } from './encoded-track.ts'
import { CODEC_THREADS, audioEncoder, audioFilters, videoEncoder, videoFilters } from './encoding.ts'
import type { PicturePlan, SoundPlan } from './encoding.ts'
import { mediaEmpty, mediaTooLong } from './media-error.ts'
import { openSource } from './source.ts'
import type { Source } from './source.ts'
import { pictureOf } from './track.ts'

export interface EncodeTask extends Encoding {
  readonly address: string
}

export interface Encoding {
  /** Where what is encoded goes, an MP4 whose index is at its end. */
  readonly path: string
  readonly picture: PicturePlan | null
  readonly sound: SoundPlan | null
  /** A stretch of the source, in seconds from its start; up to its end without `toSeconds`. */
  readonly fromSeconds: number
  readonly toSeconds: number | null
}

export interface EncodedStretch {
  readonly durationSeconds: number
  readonly frameCount: number
}

/** Bytes that an encoder may write beyond its ceiling, which holds on average only. */
const OVERSHOOT = 3
const OVERSHOOT_BYTES = 16 * 1024 * 1024

/** Encodes a stretch of a source. `onSeconds` hears how far it is. */
export async function encodeStretch(
  task: EncodeTask,
  onSeconds: (done: number, total: number) => void,
): Promise<EncodedStretch> {
  using source = openSource(task.address)
  return await encodeFrom(source, task, onSeconds)
}

export async function encodeFrom(
  source: Source,
  task: Encoding,
  onSeconds: (done: number, total: number) => void,
): Promise<EncodedStretch> {
  const seconds = Math.max(0, (task.toSeconds ?? source.durationSeconds) - task.fromSeconds)
  using tracks = openTracks(source, task)
  const muxer = new FormatContext()
  if (muxer.allocOutputContext2(null, 'mp4', task.path) < 0) throw new Error('The engine does not write MP4.')
  const outputs = tracks.all.map(
    ({ decoded, settings }) => new EncodedTrack(muxer, decoded.sink, settings, CODEC_THREADS),
  )
  if (muxer.openOutputSync() < 0 || muxer.writeHeaderSync(null) < 0) {
    throw new Error(`The file ${task.path} could not be opened for writing.`)
  }
  const pairs = tracks.all.map(({ decoded }, index) => [decoded, outputs[index]!] as const)
  await run(source, task, pairs, muxer, (done) => onSeconds(Math.min(done, seconds), seconds))
  for (const output of outputs) output.finish(muxer)
  if (muxer.writeTrailerSync() < 0) throw new Error('The end of what was encoded could not be written.')
  muxer.closeOutputSync()
  const begun = outputs.filter(({ firstSeconds }) => firstSeconds !== null)
  const from = Math.min(...begun.map(({ firstSeconds }) => firstSeconds ?? 0))
  const to = Math.max(...begun.map(({ endSeconds }) => endSeconds))
  const frameCount = task.picture ? (outputs[0]?.frameCount ?? 0) : 0
  for (const output of outputs) output[Symbol.dispose]()
  // Of a file that is shorter than it says, the last stretches are empty.
  if (begun.length === 0 && task.fromSeconds === 0) throw mediaEmpty()
  return { durationSeconds: begun.length === 0 ? 0 : to - from, frameCount }
}

async function run(
  source: Source,
  { fromSeconds, toSeconds, picture }: Encoding,
  tracks: readonly (readonly [DecodedTrack, EncodedTrack])[],
  muxer: FormatContext,
  onSeconds: (done: number) => void,
): Promise<void> {
  const open = new Set(tracks)
  const feed = (track: readonly [DecodedTrack, EncodedTrack], packet: Packet | null): void => {
    const [decoded, encoded] = track
    const { num, den } = decoded.timeBase
    for (const frame of packet ? decoded.frames(packet) : decoded.rest()) {
      const seconds = (Number(frame.pts) * num) / den - source.startSeconds
      if (toSeconds !== null && seconds >= toSeconds - 1e-6) {
        open.delete(track)
        break
      }
      if (seconds >= fromSeconds - 1e-6) encoded.encode(muxer, frame, source.startSeconds)
    }
    const mostBytes = picture ? (picture.maxRate / 8) * OVERSHOOT * Math.max(0, encoded.endSeconds - fromSeconds) : 0
    if (picture && encoded.writtenBytes > mostBytes + OVERSHOOT_BYTES)
      throw new Error('An encoder writes far too much.')
    if (encoded.endSeconds > MAX_MEDIA_SECONDS) throw mediaTooLong(encoded.endSeconds)
    onSeconds(Math.max(0, encoded.endSeconds - fromSeconds))
  }
  const byStream = new Map(tracks.map((track) => [track[0].stream.index, track]))
  const streams = tracks.map(([{ stream }]) => stream)
  for await (const packet of source.packets(streams, fromSeconds)) {
    const track = byStream.get(packet.streamIndex)
    if (track && open.has(track)) feed(track, packet)
    if (open.size === 0) return
  }
  for (const track of open) feed(track, null)
}

function openTracks(source: Source, { picture, sound }: Encoding) {
  const all = [
    ...(picture && source.video
      ? [
          {
            decoded: new DecodedTrack(source.video, {
              filters: videoFilters(picture, pictureOf(source.video)),
              threads: CODEC_THREADS,
            }),
            settings: videoEncoder(picture, pictureOf(source.video), source.video.codecpar),
          },
        ]
      : []),
    ...(sound && source.audio
      ? [
          {
            decoded: new DecodedTrack(source.audio, { filters: audioFilters(sound), threads: 1 }),
            settings: audioEncoder(sound),
          },
        ]
      : []),
  ]
  return {
    all,
    [Symbol.dispose]: () => {
      for (const { decoded } of all) decoded[Symbol.dispose]()
    },
  }
}
