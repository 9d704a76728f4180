import process from 'node:process'
import { AV_LOG_FATAL } from 'node-av/constants'
import { Log, avGetPixFmtName } from 'node-av/lib'
import type { Frame } from 'node-av/lib'
import { DecodedTrack } from '../../src/processors/media/decoded-track.ts'
import { videoFilters } from '../../src/processors/media/encoding.ts'
import { openSource } from '../../src/processors/media/source.ts'
import { pictureOf, trackOf } from '../../src/processors/media/track.ts'

export interface Measured {
  readonly durationSeconds: number
  readonly frameCount: number
  readonly width: number
  readonly height: number
  readonly audioCodec: string | null
  /** FFmpeg's name, which tells the bits too. */
  readonly pixelFormat: string
  /** By their numbers in ITU-T H.273; 1 is BT.709, 2 is untold. */
  readonly color: { readonly primaries: number; readonly transfer: number; readonly matrix: number }
  /** Of each frame, in seconds from the first. */
  readonly times: readonly number[]
  /** Brightness of those frames that were asked for, as many pixels as was. */
  readonly luma: readonly (readonly number[])[]
}

/** Decodes all of a file, every frame at one size, so that two can be compared. */
async function measure(path: string, width: number, height: number, every: number): Promise<Measured> {
  using source = openSource(path)
  const video = source.video!
  const shape = pictureOf(video)
  using track = new DecodedTrack(video, {
    filters: `${videoFilters({ width, height }, { ...shape, frameRate: null })},format=gray`,
    threads: 1,
  })
  const times: number[] = []
  const luma: number[][] = []
  const take = (frames: Iterable<Frame>) => {
    for (const { data, linesize, pts } of frames) {
      times.push((Number(pts) * track.timeBase.num) / track.timeBase.den)
      const [plane, line = width] = [data?.[0], linesize[0]]
      if (!plane || (times.length - 1) % every !== 0) continue
      luma.push(
        Array.from({ length: width * height }, (_, at) => plane[Math.floor(at / width) * line + (at % width)] ?? 0),
      )
    }
  }
  for await (const packet of source.packets([video])) take(track.frames(packet))
  take(track.rest())
  const sound = source.audio && trackOf(source.audio)
  const { durationSeconds } = source
  const { colorPrimaries: primaries, colorTrc: transfer, colorSpace: matrix, format } = video.codecpar
  return {
    durationSeconds,
    frameCount: times.length,
    width: shape.width,
    height: shape.height,
    audioCodec: sound?.codec ?? null,
    pixelFormat: avGetPixFmtName(format as never) ?? '',
    color: { primaries, transfer, matrix },
    times: times.map((time) => time - (times[0] ?? 0)),
    luma,
  }
}

// Not `once`: it stays until it is killed.
process.on('message', (message) => {
  Log.setLevel(AV_LOG_FATAL)
  const { paths, width, height, every } = message as { paths: string[]; width: number; height: number; every: number }
  void Promise.all(paths.map((path) => measure(path, width, height, every)))
    .catch(() => null)
    .then((measured) => process.send?.(measured))
})
