import process from 'node:process'
import { AV_LOG_FATAL } from 'node-av/constants'
import { Log, avGetPixFmtName } from 'node-av/lib'
import type { Frame } from 'node-av/lib'
import { InputFault } from '../../src/processors/child/input-fault.ts'
import { DecodedTrack } from '../../src/processors/media/decoded-track.ts'
import { videoFilters } from '../../src/processors/media/encoding.ts'
import { makeRendition } from '../../src/processors/media/make-rendition.ts'
import type { PlannedRendition, RenditionTask } from '../../src/processors/media/make-rendition.ts'
import { factsOf } from '../../src/processors/media/probe-media.ts'
import type { MediaFacts } from '../../src/processors/media/probe-media.ts'
import { openSource } from '../../src/processors/media/source.ts'
import { pictureOf, trackOf } from '../../src/processors/media/track.ts'
import { mean, similarity } from './picture-likeness.ts'
import type { Luma } from './picture-likeness.ts'

const [WIDTH, HEIGHT] = [160, 96]

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
}

export interface Comparison extends Measured {
  readonly sourceFrameCount: number
  /** How far the time of a frame is from that of the same frame of the source, at most. */
  readonly shiftSeconds: number
  /** The mean of all of it, in relation to that of the source. */
  readonly brightness: number
  /** Of their frames, one by one, the mean. */
  readonly ssim: number
}

/** What a file is opened as, or why it is not. */
export type Opened = { readonly facts: MediaFacts } | { readonly code: string; readonly sentence: string }

interface Looks extends Measured {
  /** Of each frame, in seconds from the first. */
  readonly times: readonly number[]
  /** Of each `every`th frame. */
  readonly looks: readonly Luma[]
}

/** Decodes all of a file, every frame at one size, so that two can be compared. */
async function measure(path: string, every: number): Promise<Looks> {
  using source = openSource(path)
  const video = source.video!
  const shape = pictureOf(video)
  const small = videoFilters({ width: WIDTH, height: HEIGHT }, { ...shape, frameRate: null })
  using track = new DecodedTrack(video, { filters: `${small},format=gray`, threads: 1 })
  const times: number[] = []
  const looks: Luma[] = []
  const take = (frames: Iterable<Frame>) => {
    for (const { data, linesize, pts } of frames) {
      const index = times.push((Number(pts) * track.timeBase.num) / track.timeBase.den) - 1
      const [plane, line = WIDTH] = [data?.[0], linesize[0]]
      if (!plane || index % every !== 0) continue
      const bytes = new Uint8Array(WIDTH * HEIGHT)
      for (let y = 0; y < HEIGHT; y++) bytes.set(plane.subarray(y * line, y * line + WIDTH), y * WIDTH)
      looks.push({ width: WIDTH, height: HEIGHT, bytes })
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
    looks,
  }
}

async function compare({ source, encoded, every }: CompareRequest): Promise<Comparison> {
  const before = await measure(source, every)
  const { times, looks, ...after } = await measure(encoded, every)
  const pairs = looks.flatMap((look, index) => (before.looks[index] ? [[before.looks[index], look] as const] : []))
  const shifts = times.map((time, index) => Math.abs(time - (before.times[index] ?? time)))
  const brightness = (of: readonly Luma[]) => mean(of.map(({ bytes }) => mean(bytes)))
  return {
    ...after,
    sourceFrameCount: before.frameCount,
    shiftSeconds: shifts.reduce((one, other) => Math.max(one, other), 0),
    brightness: brightness(looks) / brightness(before.looks),
    ssim: mean(pairs.map(([one, other]) => similarity(one, other))),
  }
}

function open(path: string): Opened {
  try {
    using source = openSource(path)
    return { facts: factsOf(source) }
  } catch (error) {
    if (error instanceof InputFault) return { code: error.code, sentence: error.message }
    throw error
  }
}

export interface CompareRequest {
  readonly source: string
  readonly encoded: string
  readonly every: number
}
export type MeasureRequest = CompareRequest | { readonly open: readonly string[] } | { readonly render: RenditionTask }

async function answer(request: MeasureRequest): Promise<Comparison | Opened[] | PlannedRendition> {
  const silent = () => undefined
  if ('render' in request) return makeRendition(request.render, silent, silent)
  return 'open' in request ? request.open.map(open) : compare(request)
}

// Not `once`: it stays until it is killed.
process.on('message', (request) => {
  Log.setLevel(AV_LOG_FATAL)
  void answer(request as MeasureRequest)
    .catch((error: unknown) => String(error))
    .then((said) => process.send?.(said))
})
