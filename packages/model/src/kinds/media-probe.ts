import { z } from 'zod'
import { jobKind } from './job-kind.ts'
import { fileIdSchema, outputFileSchema, outputIdSchema } from './output-file.ts'

/** Waveform peaks at most; a player is seldom wider in pixels. */
export const WAVEFORM_PEAKS = 2_000

const pixels = z.number().int().positive()

const videoTrackSchema = z.object({
  kind: z.literal('video'),
  /** As FFmpeg names it: h264, hevc, vp9, av1, prores, … */
  codec: z.string(),
  language: z.string().nullable(),
  /** Pixels as it is to be seen: after rotation, and with square pixels. */
  width: pixels,
  height: pixels,
  /** Degrees clockwise that a player turns the stored picture by. */
  rotation: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
  /** Frames a second, on average; null where it cannot be told. */
  frameRate: z.number().positive().nullable(),
  /** How bright colours are coded: `pq` and `hlg` are HDR. */
  dynamicRange: z.enum(['sdr', 'pq', 'hlg']),
})

const audioTrackSchema = z.object({
  kind: z.literal('audio'),
  codec: z.string(),
  language: z.string().nullable(),
  channels: z.number().int().positive(),
  /** Hertz. */
  sampleRate: z.number().int().positive(),
})

const subtitleTrackSchema = z.object({
  kind: z.literal('subtitle'),
  codec: z.string(),
  language: z.string().nullable(),
})

const trackSchema = z.discriminatedUnion('kind', [videoTrackSchema, audioTrackSchema, subtitleTrackSchema])
export type MediaTrack = z.infer<typeof trackSchema>

/**
 * One WebP of small frames in rows, for scrubbing: frame `n` shows the time `n × intervalSeconds` and lies in row
 * `floor(n / columns)`.
 */
const filmstripSchema = z.object({
  output: outputIdSchema,
  columns: pixels,
  rows: pixels,
  frameCount: pixels,
  /** Pixels of one frame. */
  frameWidth: pixels,
  frameHeight: pixels,
  intervalSeconds: z.number().positive(),
})
export type Filmstrip = z.infer<typeof filmstripSchema>

/** What a video or a sound holds, and what pages show before it plays. It starts by itself when such a file arrives. */
export const mediaProbe = jobKind({
  name: 'media.probe',
  version: 1,
  timeoutMs: 10 * 60_000,
  stages: [
    { name: 'reading', weight: 10 },
    { name: 'drawing', weight: 85, unit: 'seconds' },
    { name: 'storing', weight: 5, unit: 'files' },
  ],
  input: z.object({ fileId: fileIdSchema }),
  output: z.object({
    /** mp4, mov, matroska, webm, mp3, wav, flac, ogg, aac, avi or mpegts. */
    container: z.string(),
    /** Of the longest track; 0 where nothing could be told. */
    durationSeconds: z.number().nonnegative(),
    /** Bits a second, of all tracks; null where it is not known. */
    bitRate: z.number().positive().nullable(),
    /** In the order of the file. */
    tracks: z.array(trackSchema),
    /** A picture of the video, WebP, at most 1,280 pixels wide; null for sound alone. */
    poster: z.object({ output: outputIdSchema, width: pixels, height: pixels, atSeconds: z.number() }).nullable(),
    /** Null for sound alone. */
    filmstrip: filmstripSchema.nullable(),
    /** Of sound alone: the loudest of each stretch, 0 to 1, from the beginning to the end. Null for a video. */
    waveform: z
      .object({ secondsPerPeak: z.number().positive(), peaks: z.array(z.number().min(0).max(1)).max(WAVEFORM_PEAKS) })
      .nullable(),
    files: z.array(outputFileSchema),
  }),
})
