import { AVMEDIA_TYPE_VIDEO } from 'node-av/constants'
import { FormatContext, Packet, avGetCodecString } from 'node-av/lib'
import type { Stream } from 'node-av/lib'
import { KEY_FRAME_SECONDS } from './bounds.ts'
import { engineOptions } from './engine-options.ts'
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
  const pictures = task.pictures.map((path) => openSource(path))
  const soundFile = task.sound === null ? null : (pictures[task.pictures.indexOf(task.sound)] ?? openSource(task.sound))
  try {
    const inputs = [pictures[0]?.video, soundFile?.audio].filter((stream) => stream !== undefined)
    const outputs = [
      ...(task.progressive ? [openOutput(task.progressive.path, task.progressive.format, inputs, FAST_START)] : []),
      ...(task.hls ? [openOutput(task.hls.playlistPath, 'hls', inputs, hlsOptions(task.hls.segmentsPath))] : []),
    ]
    const rate = new Rate()
    for await (const { packet, track, timeBase } of merged(pictures, soundFile)) {
      rate.count(packet, timeBase)
      for (const output of outputs) output.write(packet, track, timeBase)
    }
    for (const output of outputs) output.close()
    return { ...rate.told, codecs: inputs.map((stream) => codecOf(stream)).join(',') }
  } finally {
    for (const picture of pictures) picture[Symbol.dispose]()
    if (soundFile && !pictures.includes(soundFile)) soundFile[Symbol.dispose]()
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

/** Of all pictures in turn, and of the sound beside them, in order of time. */
async function* merged(pictures: readonly Source[], soundFile: Source | null): AsyncGenerator<Merged> {
  const [only] = pictures
  if (only && pictures.length === 1 && soundFile === only && only.video && only.audio) {
    const { video, audio } = only
    for await (const packet of only.packets([video, audio])) {
      const isPicture = packet.streamIndex === video.index
      yield { packet, track: isPicture ? 0 : 1, timeBase: (isPicture ? video : audio).timeBase }
    }
    return
  }
  const readers = [
    ...(pictures.length > 0 ? [pictureSequence(pictures)] : []),
    ...(soundFile ? [track(soundFile, soundFile.audio, pictures.length > 0 ? 1 : 0)] : []),
  ]
  const heads = await Promise.all(readers.map(async (reader) => ({ reader, next: await reader.next() })))
  for (;;) {
    const live = heads.filter(({ next }) => !next.done)
    const first = live.toSorted((one, other) => seconds(one.next.value!) - seconds(other.next.value!))[0]
    if (!first || first.next.done) return
    yield first.next.value
    first.next = await first.reader.next()
  }
}

async function* pictureSequence(pictures: readonly Source[]): AsyncGenerator<Merged> {
  for (const picture of pictures) yield* track(picture, picture.video, 0)
}

async function* track(source: Source, stream: Stream | undefined, index: number): AsyncGenerator<Merged> {
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
