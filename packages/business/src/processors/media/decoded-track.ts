import { AVMEDIA_TYPE_VIDEO, AV_NOPTS_VALUE, AV_SAMPLE_FMT_NONE, AVERROR_EAGAIN, AVERROR_EOF } from 'node-av/constants'
import {
  Codec,
  CodecContext,
  Filter,
  FilterGraph,
  FilterInOut,
  Frame,
  avChannelLayoutDescribe,
  avGetPixFmtName,
  avGetSampleFmtName,
} from 'node-av/lib'
import type { FilterContext, Packet, Rational, Stream } from 'node-av/lib'
import { MAX_CODEC_THREADS, MAX_DAMAGED_IN_A_ROW, MAX_FILLED_GAP_SECONDS, MAX_VIDEO_PIXELS } from './bounds.ts'
import { engineOptions, givenAway } from './given-away.ts'
import { mediaEmpty, mediaUnreadable } from './media-error.ts'

export interface TrackOptions {
  /** A chain of FFmpeg's filters. */
  readonly filters: string
  readonly threads: number
  /** Decodes these frames only. */
  readonly only?: 'nokey' | undefined
}

/** One track, decoded and filtered. */
export class DecodedTrack implements Disposable {
  readonly stream: Stream
  readonly #options: TrackOptions
  readonly #decoder = new CodecContext()
  readonly #frame = newFrame()
  readonly #filtered = newFrame()
  readonly #isVideo: boolean
  #graph: Graph
  #shape: string
  #damaged = 0
  #lastSeconds = Number.POSITIVE_INFINITY

  /** @throws InputFault when nothing here decodes it */
  constructor(stream: Stream, options: TrackOptions) {
    this.stream = stream
    this.#options = options
    this.#isVideo = stream.codecpar.codecType === AVMEDIA_TYPE_VIDEO
    const codec = Codec.findDecoder(stream.codecpar.codecId)
    if (!codec) throw mediaEmpty()
    const decoder = this.#decoder
    decoder.allocContext3(codec)
    decoder.parametersToContext(stream.codecpar)
    decoder.pktTimebase = stream.timeBase
    decoder.threadCount = Math.min(options.threads, MAX_CODEC_THREADS)
    const settings = engineOptions({
      max_pixels: String(MAX_VIDEO_PIXELS),
      ...(options.only ? { skip_frame: options.only } : {}),
    })
    if (decoder.open2Sync(codec, settings) < 0) throw mediaUnreadable()
    this.#shape = this.#isVideo ? videoShape(decoder, decoder.pixelFormat) : audioShape(decoder, decoder.sampleFormat)
    this.#graph = this.#newGraph()
  }

  /** What comes out of the filters: in this, in pixels or samples, and of this kind. */
  get sink(): FilterContext {
    return this.#graph.sink
  }

  get timeBase(): Rational {
    return this.#graph.sink.buffersinkGetTimeBase()
  }

  /** What a packet brings. Each frame is valid until the next is asked for. */
  *frames(packet: Packet): Generator<Frame> {
    const sent = this.#decoder.sendPacketSync(packet)
    if (sent < 0 && sent !== AVERROR_EAGAIN) return this.#countDamage()
    yield* this.#received()
  }

  /** What one packet alone brings, as of a key frame after a seek. */
  *framesAlone(packet: Packet): Generator<Frame> {
    yield* this.frames(packet)
    this.#decoder.sendPacketSync(null)
    yield* this.#received()
    this.#decoder.flushBuffers()
  }

  /** What decoder and filters still hold, at the end. */
  *rest(): Generator<Frame> {
    this.#decoder.sendPacketSync(null)
    yield* this.#received()
    yield* this.#pass(null)
  }

  *#received(): Generator<Frame> {
    for (;;) {
      const received = this.#decoder.receiveFrameSync(this.#frame)
      if (received === AVERROR_EAGAIN || received === AVERROR_EOF) return
      if (received < 0) return this.#countDamage()
      this.#damaged = 0
      if (this.#frame.bestEffortTimestamp !== AV_NOPTS_VALUE) this.#frame.pts = this.#frame.bestEffortTimestamp
      yield* this.#filter(this.#frame)
      this.#frame.unref()
    }
  }

  *#filter(frame: Frame): Generator<Frame> {
    const shape = this.#isVideo ? videoShape(frame, frame.format) : audioShape(frame, frame.format)
    // Cameras that are turned and programmes with advertisements change in the middle of a file.
    if (shape !== this.#shape || this.#isFarAhead(frame)) {
      yield* this.#pass(null)
      this.#graph[Symbol.dispose]()
      this.#shape = shape
      this.#graph = this.#newGraph()
    }
    yield* this.#pass(frame)
  }

  /** Filters begin anew behind a long gap, which they would fill. */
  #isFarAhead(frame: Frame): boolean {
    const { num, den } = this.stream.timeBase
    const seconds = (Number(frame.pts) * num) / den
    const isFar = seconds - this.#lastSeconds > MAX_FILLED_GAP_SECONDS
    this.#lastSeconds = seconds
    return isFar && !this.#isVideo
  }

  *#pass(frame: Frame | null): Generator<Frame> {
    if (this.#graph.source.buffersrcAddFrameSync(frame) < 0) return this.#countDamage()
    while (this.#graph.sink.buffersinkGetFrameSync(this.#filtered) >= 0) {
      yield this.#filtered
      this.#filtered.unref()
    }
  }

  #countDamage(): void {
    this.#damaged += 1
    if (this.#damaged > MAX_DAMAGED_IN_A_ROW) throw mediaUnreadable()
  }

  #newGraph(): Graph {
    const { timeBase, avgFrameRate, rFrameRate } = this.stream
    const ends = this.#isVideo ? ['buffer', 'buffersink'] : ['abuffer', 'abuffersink']
    const rate = avgFrameRate.num > 0 ? avgFrameRate : rFrameRate
    const paced = this.#isVideo && rate.num > 0 ? `:frame_rate=${rate.num}/${rate.den}` : ''
    const from = `time_base=${timeBase.num}/${timeBase.den}:${this.#shape}${paced}`
    return new Graph(ends as [string, string], from, this.#options)
  }

  [Symbol.dispose](): void {
    this.#graph[Symbol.dispose]()
    this.#decoder.freeContext()
    this.#frame.free()
    this.#filtered.free()
  }
}

class Graph implements Disposable {
  readonly source: FilterContext
  readonly sink: FilterContext
  readonly #graph = new FilterGraph()

  constructor([source, sink]: [string, string], from: string, { filters, threads }: TrackOptions) {
    const graph = this.#graph
    graph.alloc()
    graph.nbThreads = threads
    this.source = end(graph, source, 'in', from)
    this.sink = end(graph, sink, 'out', null)
    const parsed = graph.parsePtr(filters, loose(this.sink, 'out'), loose(this.source, 'in'))
    const configured = parsed < 0 ? parsed : graph.configSync()
    if (configured < 0) throw new Error(`The filters \`${filters}\` do not take \`${from}\` (${configured}).`)
  }

  [Symbol.dispose](): void {
    this.#graph.free()
  }
}

function end(graph: FilterGraph, filterName: string, name: string, args: string | null): FilterContext {
  const filter = Filter.getByName(filterName)
  const context = filter && graph.createFilter(filter, name, args)
  if (!context) throw new Error(`The filter ${filterName} does not take \`${args}\`.`)
  return context
}

function loose(context: FilterContext, name: string): FilterInOut {
  const pad = givenAway(new FilterInOut())
  pad.alloc()
  pad.name = name
  pad.filterCtx = context
  pad.padIdx = 0
  return pad
}

function videoShape(of: CodecContext | Frame, format: number): string {
  const { num, den } = of.sampleAspectRatio
  const aspect = num > 0 && den > 0 ? `${num}/${den}` : '1/1'
  const name = avGetPixFmtName(format as never)
  if (of.width <= 0 || !name) throw mediaEmpty()
  const color = `colorspace=${of.colorSpace}:range=${of.colorRange}`
  return `video_size=${of.width}x${of.height}:pix_fmt=${name}:pixel_aspect=${aspect}:${color}`
}

function audioShape(of: CodecContext | Frame, format: number): string {
  if (of.sampleRate <= 0 || format === AV_SAMPLE_FMT_NONE) throw mediaEmpty()
  const layout = avChannelLayoutDescribe(of.channelLayout) ?? ''
  const channels =
    layout === '' || /channels|unknown/.test(layout) ? `channels=${of.channels}` : `channel_layout=${layout}`
  return `sample_rate=${of.sampleRate}:sample_fmt=${avGetSampleFmtName(format as never)}:${channels}`
}

function newFrame(): Frame {
  const frame = new Frame()
  frame.alloc()
  return frame
}
