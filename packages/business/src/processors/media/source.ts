import {
  AVFMT_FLAG_DISCARD_CORRUPT,
  AVFMT_FLAG_GENPTS,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_SUBTITLE,
  AVMEDIA_TYPE_VIDEO,
  AV_DISPOSITION_ATTACHED_PIC,
  AV_NOPTS_VALUE,
  AV_TIME_BASE,
  AVSEEK_FLAG_BACKWARD,
} from 'node-av/constants'
import { FormatContext, Packet } from 'node-av/lib'
import type { Stream } from 'node-av/lib'
import {
  MAX_MEDIA_SECONDS,
  MAX_TRACKS,
  MAX_VIDEO_PIXELS,
  PROBE_BYTES,
  PROBE_SECONDS,
  READ_TIMEOUT_MS,
} from './bounds.ts'
import { engineOptions } from './given-away.ts'
import { mediaEmpty, mediaTooLong, mediaUnreadable, tooManyTracks, videoTooLarge } from './media-error.ts'

/**
 * What is opened, by FFmpeg's own names. None of these names another file or address: a playlist, an image sequence or a
 * list of files is refused before anything that it names is looked at.
 */
const FORMATS = 'mov,mp4,matroska,webm,avi,mpegts,mpeg,flv,asf,mp3,aac,wav,w64,aiff,flac,ogg,caf'

/** Every wait for the network lets the worker's word in; while FFmpeg works it does not. */
const BREATHE_EVERY_MS = 100

export interface Source extends Disposable {
  readonly formatName: string
  /** Of MP4 and its kin: what it says that it is. */
  readonly brand: string | undefined
  readonly durationSeconds: number
  readonly bitRate: number
  /** Where the first of its tracks begins; all times are told from there. */
  readonly startSeconds: number
  readonly video: Stream | undefined
  readonly audio: Stream | undefined
  readonly subtitles: readonly Stream[]
  readonly streams: readonly Stream[]
  /** The packets of these streams, from the key frame before `fromSeconds` on; each is valid until the next is asked for. */
  packets(streams: readonly Stream[], fromSeconds?: number): AsyncGenerator<Packet>
  /** To the key frame before; false where the file cannot be sought in. */
  seek(stream: Stream, seconds: number): boolean
}

/**
 * Opens a path, or an address by HTTP, which is read by ranges, a little ahead.
 * @throws InputFault when it is not a media file, or one that is not taken
 */
export function openSource(address: string): Source {
  const context = new FormatContext()
  const isRemote = /^https?:/.test(address)
  const remote = { reconnect: '1', reconnect_on_network_error: '1', reconnect_delay_max: '5', multiple_requests: '1' }
  const options = {
    protocol_whitelist: isRemote ? 'async,http,https,tcp,tls' : 'file',
    format_whitelist: FORMATS,
    probesize: String(PROBE_BYTES),
    analyzeduration: String(PROBE_SECONDS * AV_TIME_BASE),
    max_streams: String(MAX_TRACKS),
    ...(isRemote ? { ...remote, rw_timeout: String(READ_TIMEOUT_MS * 1000) } : {}),
  }
  const dictionary = engineOptions(options)
  const url = isRemote ? `async:${address}` : `file:${address}`
  if (context.openInputSync(url, null, dictionary) < 0) throw mediaUnreadable()
  try {
    context.flags = (context.flags | AVFMT_FLAG_GENPTS | AVFMT_FLAG_DISCARD_CORRUPT) as typeof context.flags
    if (context.nbStreams >= MAX_TRACKS) throw tooManyTracks(context.nbStreams)
    refuseLarge(context.streams)
    if (context.findStreamInfoSync(null) < 0) throw mediaUnreadable()
    return sourceOf(context)
  } catch (error) {
    context.closeInputSync()
    throw error
  }
}

function refuseLarge(streams: readonly Stream[]): void {
  for (const { codecpar } of streams) {
    if (codecpar.codecType !== AVMEDIA_TYPE_VIDEO) continue
    if (codecpar.width * codecpar.height > MAX_VIDEO_PIXELS) throw videoTooLarge(codecpar.width, codecpar.height)
  }
}

function sourceOf(context: FormatContext): Source {
  const { streams } = context
  refuseLarge(streams)
  const video = best(streams.filter((stream) => isVideo(stream)))
  const audio = best(
    streams.filter(({ codecpar }) => codecpar.codecType === AVMEDIA_TYPE_AUDIO && codecpar.sampleRate > 0),
  )
  if (!video && !audio) throw mediaEmpty()
  const durationSeconds = Math.max(0, seconds(context.duration))
  if (durationSeconds > MAX_MEDIA_SECONDS) throw mediaTooLong(durationSeconds)
  const startSeconds = seconds(context.startTime)
  return {
    formatName: context.iformat?.name ?? '',
    brand: context.metadata?.get('major_brand') ?? undefined,
    durationSeconds,
    bitRate: Number(context.bitRate),
    startSeconds,
    video,
    audio,
    subtitles: streams.filter(({ codecpar }) => codecpar.codecType === AVMEDIA_TYPE_SUBTITLE),
    streams,
    seek: (stream, toSeconds) => seek(context, stream, startSeconds + toSeconds),
    packets: (wanted, fromSeconds = 0) => packets(context, wanted, startSeconds, fromSeconds),
    [Symbol.dispose]: () => context.closeInputSync(),
  }
}

/** A cover of a sound file is no video. */
export function isVideo({ codecpar, disposition }: Stream): boolean {
  return (
    codecpar.codecType === AVMEDIA_TYPE_VIDEO &&
    (disposition & AV_DISPOSITION_ATTACHED_PIC) === 0 &&
    codecpar.width > 0 &&
    codecpar.height > 0
  )
}

/** The one with the most pixels or channels; of equals the first. */
function best(streams: readonly Stream[]): Stream | undefined {
  const size = ({ codecpar }: Stream) => codecpar.width * codecpar.height + codecpar.channels
  return streams.toSorted((one, other) => size(other) - size(one))[0]
}

function seconds(time: bigint): number {
  return time === AV_NOPTS_VALUE ? 0 : Number(time) / AV_TIME_BASE
}

function seek(context: FormatContext, { index, timeBase }: Stream, toSeconds: number): boolean {
  const timestamp = BigInt(Math.floor((toSeconds * timeBase.den) / timeBase.num))
  return context.seekFrameSync(index, timestamp, AVSEEK_FLAG_BACKWARD) >= 0
}

async function* packets(
  context: FormatContext,
  wanted: readonly Stream[],
  startSeconds: number,
  fromSeconds: number,
): AsyncGenerator<Packet> {
  const [first] = wanted
  if (fromSeconds > 0 && first) seek(context, first, startSeconds + fromSeconds)
  const indexes = new Set(wanted.map(({ index }) => index))
  using packet = new Packet()
  packet.alloc()
  let breathedAt = performance.now()
  // Any error is an end, as for a player: what came before it is there to be used.
  while (context.readFrameSync(packet) >= 0) {
    if (indexes.has(packet.streamIndex)) yield packet
    packet.unref()
    if (performance.now() - breathedAt < BREATHE_EVERY_MS) continue
    await new Promise((resolve) => setImmediate(resolve))
    breathedAt = performance.now()
  }
}
