import process from 'node:process'
import { AVMEDIA_TYPE_SUBTITLE, AV_CODEC_ID_SUBRIP, AV_LOG_FATAL, AV_PKT_DATA_DISPLAYMATRIX } from 'node-av/constants'
import { Filter, FilterGraph, FilterInOut, FormatContext, Frame, Log, Packet, Rational } from 'node-av/lib'
import type { Stream } from 'node-av/lib'
import { EncodedTrack } from '../../src/processors/media/encoded-track.ts'
import { engineOptions, givenAway } from '../../src/processors/media/given-away.ts'
import type { EncoderSettings } from '../../src/processors/media/encoded-track.ts'

/** One file that the engine makes for a test. */
export interface Material {
  readonly path: string
  readonly format: string
  readonly tracks: readonly MaterialTrack[]
  /** Degrees clockwise that a player is to turn the picture by. */
  readonly rotation?: 90 | 180 | 270
  /** SubRip, in a track of its own; times in seconds. */
  readonly captions?: readonly { readonly from: number; readonly to: number; readonly text: string }[]
}

export interface MaterialTrack extends EncoderSettings {
  /** A chain that begins with a source: `testsrc2=…`, `sine=…`. */
  readonly graph: string
}

function make({ path, format, tracks, rotation, captions = [] }: Material): void {
  const muxer = new FormatContext()
  muxer.allocOutputContext2(null, format, path)
  const sources = tracks.map(({ graph, ...settings }) => {
    const filters = new FilterGraph()
    filters.alloc()
    const isPicture = /^(testsrc|color|smpte|life|mandelbrot|movie)/.test(graph)
    const sink = filters.createFilter(Filter.getByName(isPicture ? 'buffersink' : 'abuffersink')!, 'out', null)!
    const end = givenAway(new FilterInOut())
    end.alloc()
    end.name = 'out'
    end.filterCtx = sink
    end.padIdx = 0
    if (filters.parsePtr(graph, end, null) < 0 || filters.configSync() < 0) throw new Error(`No such source: ${graph}`)
    return { filters, sink, track: new EncodedTrack(muxer, sink, settings, 1) }
  })
  if (rotation) {
    const cosine = { 90: 0, 180: -1, 270: 0 }[rotation]
    const sine = { 90: 1, 180: 0, 270: -1 }[rotation]
    const matrix = Buffer.alloc(36)
    for (const [at, value] of [cosine, sine, 0, -sine, cosine, 0, 0, 0, 0].entries())
      matrix.writeInt32LE(value * 0x10000, at * 4)
    matrix.writeInt32LE(0x40000000, 32)
    muxer.streams[0]?.codecpar.addCodedSideData(AV_PKT_DATA_DISPLAYMATRIX, matrix)
  }
  const subtitles = captions.length > 0 ? newSubtitles(muxer) : null
  muxer.openOutputSync()
  if (muxer.writeHeaderSync(engineOptions(format === 'mp4' ? { movflags: '+faststart' } : {})) < 0)
    throw new Error(path)
  const frame = new Frame()
  frame.alloc()
  for (const { sink, track } of sources) {
    while (sink.buffersinkGetFrameSync(frame) >= 0) {
      track.encode(muxer, frame, 0)
      frame.unref()
    }
    track.finish(muxer)
  }
  for (const { from, to, text } of captions) {
    if (!subtitles) break
    const packet = new Packet()
    packet.alloc()
    packet.data = Buffer.from(text)
    packet.streamIndex = subtitles.index
    packet.pts = packet.dts = inUnits(from, subtitles)
    packet.duration = inUnits(to - from, subtitles)
    muxer.interleavedWriteFrameSync(packet)
  }
  muxer.writeTrailerSync()
  muxer.closeOutputSync()
}

function newSubtitles(muxer: FormatContext): Stream {
  const stream = muxer.newStream(null)
  stream.codecpar.codecType = AVMEDIA_TYPE_SUBTITLE
  stream.codecpar.codecId = AV_CODEC_ID_SUBRIP
  stream.timeBase = new Rational(1, 1_000)
  stream.metadata = engineOptions({ language: 'kor' })
  return stream
}

function inUnits(seconds: number, { timeBase }: Stream): bigint {
  return BigInt(Math.round((seconds * timeBase.den) / timeBase.num))
}

// Not `once`: it stays until it is killed.
process.on('message', (materials) => {
  Log.setLevel(AV_LOG_FATAL)
  for (const material of materials as Material[]) make(material)
  process.send?.('made')
})
