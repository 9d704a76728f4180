import { AVMEDIA_TYPE_VIDEO } from 'node-av/constants'
import { FormatContext, Packet, avGetCodecString } from 'node-av/lib'
import type { Stream } from 'node-av/lib'
import { KEY_FRAME_SECONDS } from './bounds.ts'
import { engineOptions } from './given-away.ts'
import { openSource } from './source.ts'
import type { Source } from './source.ts'

export interface JoinTask {
  /** One after the other; each holds the same picture track. Of sound alone: none. */
  readonly pictures: readonly string[]
  /** A file whose sound goes along with all of them. */
  readonly sound: string | null
  readonly progressive: { readonly path: string; readonly format: 'mp4' | 'ogg' } | null
  /** The media playlist names its one file of segments by its name; both lie in one folder. */
  readonly hls: { readonly playlistPath: string; readonly segmentsPath: string } | null
}

export interface Joined {
  /** Bits a second: of all, and of the worst second. */
  readonly bitRate: number
  readonly peakBitRate: number
  readonly durationSeconds: number
  /** RFC 6381. */
  readonly codecs: string
}

/** Puts encoded stretches into the files that are played, without encoding anything again. */
export async function joinStretches(task: JoinTask): Promise<Joined> {
  const [firstPath] = task.pictures
  using first = firstPath === undefined ? null : openSource(firstPath)
  using beside = task.sound === null || task.sound === firstPath ? null : openSource(task.sound)
  const soundFile = task.sound === null ? null : (beside ?? first)
  const inputs = [first?.video, soundFile?.audio].filter((stream) => stream !== undefined)
  const outputs = [
    ...(task.progressive ? [openOutput(task.progressive.path, task.progressive.format, inputs, FAST_START)] : []),
    ...(task.hls ? [openOutput(task.hls.playlistPath, 'hls', inputs, hlsOptions(task.hls.segmentsPath))] : []),
  ]
  const rate = new Rate()
  const packets =
    first && (soundFile === first || !soundFile) && task.pictures.length === 1
      ? ofOneFile(first)
      : ofManyFiles(first, task.pictures.slice(1), soundFile)
  for await (const { packet, track, timeBase } of packets) {
    rate.count(packet, timeBase)
    for (const output of outputs) output.write(packet, track, timeBase)
  }
  for (const output of outputs) output.close()
  verify(task, rate.told.durationSeconds)
  return { ...rate.told, codecs: inputs.map((stream) => codecOf(stream)).join(',') }
}

/** Of the length of what was joined. */
const LENGTH_TOLERANCE = 0.01
/** The padding of a codec, and the last frame of a slow video, whose length no container tells. */
const LENGTH_TOLERANCE_SECONDS = 0.15

/** What is handed out is opened as a stranger's file would be, and must be as long as what went into it. */
function verify({ progressive, hls }: JoinTask, expectedSeconds: number): void {
  for (const path of [progressive?.path, hls?.segmentsPath]) {
    if (path === undefined) continue
    using written = openSource(path)
    const difference = Math.abs(written.durationSeconds - expectedSeconds)
    if (difference <= expectedSeconds * LENGTH_TOLERANCE + LENGTH_TOLERANCE_SECONDS) continue
    throw new Error(`What was written is ${written.durationSeconds} s long, and should be ${expectedSeconds} s.`)
  }
}

const FAST_START = { movflags: '+faststart' }

function hlsOptions(segmentsPath: string): Record<string, string> {
  return {
    hls_segment_type: 'fmp4',
    hls_flags: 'single_file',
    hls_playlist_type: 'vod',
    hls_list_size: '0',
    hls_time: String(KEY_FRAME_SECONDS),
    hls_segment_filename: segmentsPath,
    // An edit list says where it begins, as in the MP4; moved up, pictures would begin some frames late.
    avoid_negative_ts: 'disabled',
  }
}

function codecOf({ codecpar, avgFrameRate }: Stream): string {
  return avGetCodecString(codecpar, avgFrameRate) ?? ''
}

interface Merged {
  readonly packet: Packet
  readonly track: number
  readonly timeBase: { readonly num: number; readonly den: number }
}

async function* ofOneFile(source: Source): AsyncGenerator<Merged> {
  const streams = [source.video, source.audio].filter((stream) => stream !== undefined)
  for await (const packet of source.packets(streams)) {
    const at = streams.findIndex(({ index }) => index === packet.streamIndex)
    const { timeBase } = streams[at]!
    yield { packet, track: at, timeBase }
  }
}

/** Of all pictures in turn, and of the sound beside them, in order of time. */
async function* ofManyFiles(
  first: Source | null,
  rest: readonly string[],
  soundFile: Source | null,
): AsyncGenerator<Merged> {
  const readers = [
    ...(first ? [pictureSequence(first, rest)] : []),
    ...(soundFile ? [trackOf(soundFile, soundFile.audio, first ? 1 : 0)] : []),
  ]
  const heads = await Promise.all(readers.map(async (reader) => ({ reader, next: await reader.next() })))
  for (;;) {
    const live = heads.flatMap((head) => (head.next.done === true ? [] : [{ head, value: head.next.value }]))
    const next = live.toSorted((one, other) => seconds(one.value) - seconds(other.value))[0]
    if (!next) return
    yield next.value
    next.head.next = await next.head.reader.next()
  }
}

/** One is open at a time: there may be hundreds. */
async function* pictureSequence(first: Source, rest: readonly string[]): AsyncGenerator<Merged> {
  yield* trackOf(first, first.video, 0)
  for (const path of rest) {
    using next = openSource(path)
    yield* trackOf(next, next.video, 0)
  }
}

async function* trackOf(source: Source, stream: Stream | undefined, index: number): AsyncGenerator<Merged> {
  if (!stream) return
  for await (const packet of source.packets([stream])) yield { packet, track: index, timeBase: stream.timeBase }
}

function seconds({ packet, timeBase }: Merged): number {
  return (Number(packet.dts) * timeBase.num) / timeBase.den
}

function openOutput(path: string, format: string, inputs: readonly Stream[], options: Record<string, string>) {
  const muxer = new FormatContext()
  if (muxer.allocOutputContext2(null, format, path) < 0) throw new Error(`The engine does not write ${format}.`)
  const streams = inputs.map((input) => {
    const stream = muxer.newStream(null)
    input.codecpar.copy(stream.codecpar)
    stream.codecpar.codecTag = 0
    stream.timeBase = input.timeBase
    if (input.codecpar.codecType === AVMEDIA_TYPE_VIDEO) stream.avgFrameRate = input.avgFrameRate
    return stream
  })
  const dictionary = engineOptions(options)
  // HLS opens its files itself.
  if (format !== 'hls' && muxer.openOutputSync() < 0) throw new Error(`${path} could not be opened for writing.`)
  const written = muxer.writeHeaderSync(dictionary)
  if (written < 0) throw new Error(`The head of ${format} could not be written (${written}).`)
  const lastDts = streams.map((): bigint | null => null)
  return {
    write(source: Packet, track: number, timeBase: Merged['timeBase']): void {
      const packet = source.clone()
      const stream = streams[track]
      if (!packet || !stream) throw new Error('There is no memory for a packet.')
      packet.rescaleTs(timeBase, stream.timeBase)
      packet.streamIndex = stream.index
      // Where two stretches meet, the first times of decoding of the second may lie before the last of the first.
      const last = lastDts[track] ?? null
      if (last !== null && packet.dts <= last) packet.dts = last + 1n
      if (packet.pts < packet.dts) packet.pts = packet.dts
      lastDts[track] = packet.dts
      const result = muxer.interleavedWriteFrameSync(packet)
      packet.free()
      if (result < 0) throw new Error(`${format} could not be written (${result}).`)
    },
    close(): void {
      const result = muxer.writeTrailerSync()
      if (result < 0) throw new Error(`The end of ${format} could not be written (${result}).`)
      if (format !== 'hls') muxer.closeOutputSync()
    },
  }
}

/** How many bits each second holds. */
class Rate {
  readonly #bySecond = new Map<number, number>()
  #bits = 0
  #from = Number.POSITIVE_INFINITY
  #to = Number.NEGATIVE_INFINITY

  count({ size, pts, duration }: Packet, { num, den }: Merged['timeBase']): void {
    const at = (Number(pts) * num) / den
    const second = Math.floor(at)
    this.#bits += size * 8
    this.#bySecond.set(second, (this.#bySecond.get(second) ?? 0) + size * 8)
    this.#from = Math.min(this.#from, at)
    this.#to = Math.max(this.#to, at + (Number(duration) * num) / den)
  }

  get told(): Omit<Joined, 'codecs'> {
    const durationSeconds = Math.max(this.#to - this.#from, 0.001)
    const bitRate = Math.max(1, Math.round(this.#bits / durationSeconds))
    const worst = [...this.#bySecond.values()].reduce((one, other) => Math.max(one, other), 0)
    return { durationSeconds, bitRate, peakBitRate: Math.max(bitRate, worst) }
  }
}
