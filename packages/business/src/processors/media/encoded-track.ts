import { AV_CODEC_FLAG_GLOBAL_HEADER, AV_PICTURE_TYPE_I, AV_PICTURE_TYPE_NONE } from 'node-av/constants'
import { Codec, CodecContext, Frame, Packet } from 'node-av/lib'
import type { FilterContext, FormatContext, Rational, Stream } from 'node-av/lib'
import { KEY_FRAME_SECONDS } from './bounds.ts'
import { engineOptions } from './given-away.ts'

/** What a filter does not tell of the frames that it gives. */
export type PictureColor = Pick<CodecContext, 'colorPrimaries' | 'colorTrc'>

export interface EncoderSettings {
  /** FFmpeg's name. */
  readonly encoder: string
  /** FFmpeg's own options of it. */
  readonly options: Readonly<Record<string, string>>
  /** Of pictures. */
  readonly color?: PictureColor
  /** A picture that stands for longer is repeated. */
  readonly maxStillSeconds?: number
}

/** Encodes what a track's filters give, and writes it as one stream of a file. */
export class EncodedTrack implements Disposable {
  readonly #encoder = new CodecContext()
  readonly #stream: Stream
  readonly #packet = new Packet()
  readonly #timeBase: Rational
  readonly #isVideo: boolean
  readonly #maxStillSeconds: number | undefined
  #lastPts: bigint | null = null
  #keyFrames = -1
  readonly #last = new Frame()
  /** Of what was encoded, from the start of the source. */
  firstSeconds: number | null = null
  endSeconds = 0
  frameCount = 0
  writtenBytes = 0

  constructor(
    to: FormatContext,
    sink: FilterContext,
    { encoder: name, options, color, maxStillSeconds }: EncoderSettings,
    threads: number,
  ) {
    const codec = Codec.findEncoderByName(name as never)
    if (!codec) throw new Error(`The engine has no encoder ${name}.`)
    this.#maxStillSeconds = maxStillSeconds
    const encoder = this.#encoder
    encoder.allocContext3(codec)
    this.#timeBase = sink.buffersinkGetTimeBase()
    encoder.timeBase = this.#timeBase
    this.#isVideo = sink.buffersinkGetWidth() > 0
    if (this.#isVideo) describePicture(encoder, sink)
    else describeSound(encoder, sink)
    if (color) {
      encoder.colorPrimaries = color.colorPrimaries
      encoder.colorTrc = color.colorTrc
    }
    encoder.threadCount = threads
    encoder.flags = (encoder.flags | AV_CODEC_FLAG_GLOBAL_HEADER) as typeof encoder.flags
    const settings = engineOptions(options)
    const opened = encoder.open2Sync(codec, settings)
    if (opened < 0) throw new Error(`The encoder ${name} cannot be used as it is set (${opened}).`)
    this.#stream = to.newStream(null)
    this.#stream.codecpar.fromContext(encoder)
    this.#stream.timeBase = this.#timeBase
    if (this.#isVideo) this.#stream.avgFrameRate = encoder.framerate
    this.#packet.alloc()
    this.#last.alloc()
  }

  /** `startSeconds` of the source becomes 0. Frames that do not follow the one before are left out. */
  encode(to: FormatContext, frame: Frame, startSeconds: number): void {
    const { num, den } = this.#timeBase
    const pts = frame.pts - BigInt(Math.round((startSeconds * den) / num))
    if (this.#lastPts !== null && pts <= this.#lastPts) return
    if (this.#maxStillSeconds !== undefined) this.#repeatUntil(to, pts, this.#maxStillSeconds)
    this.#encodeAt(to, frame, pts)
    if (this.#maxStillSeconds === undefined) return
    this.#last.unref()
    this.#last.ref(frame)
  }

  /**
   * Where key frames are due: a player seeks there, a segment of HLS begins there, and x264 under a ceiling of bits makes
   * pictures blurred that are much further apart.
   */
  #repeatUntil(to: FormatContext, pts: bigint, maxStillSeconds: number): void {
    const { num, den } = this.#timeBase
    while (this.#lastPts !== null && (Number(pts - this.#lastPts) * num) / den > maxStillSeconds) {
      const due = ((this.#keyFrames + 1) * KEY_FRAME_SECONDS * den) / num
      this.#encodeAt(to, this.#last, BigInt(Math.ceil(due)))
    }
  }

  #encodeAt(to: FormatContext, frame: Frame, pts: bigint): void {
    const { num, den } = this.#timeBase
    const seconds = (Number(pts) * num) / den
    const lengthSeconds = this.#isVideo ? (Number(frame.duration) * num) / den : frame.nbSamples / frame.sampleRate
    this.#lastPts = pts
    this.firstSeconds ??= seconds
    this.endSeconds = Math.max(this.endSeconds, seconds + lengthSeconds)
    this.frameCount += 1
    frame.pts = pts
    if (this.#isVideo) {
      const keyFrames = Math.floor(seconds / KEY_FRAME_SECONDS + 1e-6)
      frame.pictType = keyFrames > this.#keyFrames ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE
      this.#keyFrames = keyFrames
    }
    const sent = this.#encoder.sendFrameSync(frame)
    if (sent < 0) throw new Error(`A frame at ${seconds} s could not be encoded (${sent}).`)
    this.#write(to)
  }

  finish(to: FormatContext): void {
    this.#encoder.sendFrameSync(null)
    this.#write(to)
  }

  #write(to: FormatContext): void {
    const packet = this.#packet
    while (this.#encoder.receivePacketSync(packet) >= 0) {
      packet.streamIndex = this.#stream.index
      packet.rescaleTs(this.#timeBase, this.#stream.timeBase)
      this.writtenBytes += packet.size
      const written = to.interleavedWriteFrameSync(packet)
      if (written < 0) throw new Error(`What was encoded could not be written (${written}).`)
    }
  }

  [Symbol.dispose](): void {
    this.#encoder.freeContext()
    this.#packet.free()
    this.#last.free()
  }
}

function describePicture(encoder: CodecContext, sink: FilterContext): void {
  encoder.width = sink.buffersinkGetWidth()
  encoder.height = sink.buffersinkGetHeight()
  encoder.pixelFormat = sink.buffersinkGetFormat() as typeof encoder.pixelFormat
  encoder.sampleAspectRatio = sink.buffersinkGetSampleAspectRatio()
  const rate = sink.buffersinkGetFrameRate()
  if (rate.num > 0 && rate.den > 0) {
    encoder.framerate = rate
    encoder.gopSize = Math.max(1, Math.ceil((rate.num / rate.den) * KEY_FRAME_SECONDS))
  }
  encoder.colorRange = sink.buffersinkGetColorRange()
  encoder.colorSpace = sink.buffersinkGetColorspace()
}

function describeSound(encoder: CodecContext, sink: FilterContext): void {
  encoder.sampleRate = sink.buffersinkGetSampleRate()
  encoder.sampleFormat = sink.buffersinkGetFormat() as typeof encoder.sampleFormat
  encoder.channelLayout = sink.buffersinkGetChannelLayout()
}
