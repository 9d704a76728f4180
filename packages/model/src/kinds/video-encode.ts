import { z } from 'zod'
import { jobKind } from './job-kind.ts'
import { fileIdSchema, outputFileSchema, outputIdSchema } from './output-file.ts'

/**
 * Of the shorter side, in pixels: `720p` of a picture that stands upright is 720 wide. A source is never scaled up; of one
 * that is smaller than every rendition asked for, the rendition `source` is made, in its own size.
 */
export const RENDITIONS = ['2160p', '1440p', '1080p', '720p', '480p', '360p', '240p'] as const
export type RenditionSize = (typeof RENDITIONS)[number]

const positive = z.number().int().positive()

const renditionSchema = z.object({
  /** `720p`, `source`; of sound alone `aac` or `opus`. */
  name: z.string(),
  video: z
    .object({
      codec: z.enum(['h264', 'vp9', 'av1']),
      width: positive,
      height: positive,
      frameRate: z.number().positive(),
    })
    .nullable(),
  audio: z.object({ codec: z.enum(['aac', 'opus']), channels: positive, sampleRate: positive }).nullable(),
  durationSeconds: z.number().positive(),
  /** Bits a second, on average and in the worst second or so. */
  bitRate: positive,
  peakBitRate: positive,
  /** For `MediaSource.isTypeSupported` and the master playlist: `avc1.64001f,mp4a.40.2`. */
  codecs: z.string(),
  /** One file to play or keep, its index in front: MP4, or Ogg for `opus`. */
  progressive: outputIdSchema.nullable(),
  /**
   * `segments` is one fragmented MP4 that the media playlist cuts by byte ranges, so that one key opens all of it. A playlist
   * names other outputs by their `name`, percent-encoded: whoever plays it puts the address of each in its place.
   */
  hls: z.object({ playlist: outputIdSchema, segments: outputIdSchema }).nullable(),
})
export type Rendition = z.infer<typeof renditionSchema>

const videoInput = {
  fileId: fileIdSchema,
  formats: z
    .array(z.enum(['mp4', 'hls']))
    .min(1)
    .max(2)
    .default(['mp4', 'hls']),
  /** Of sound alone it is AAC, and Opus beside it, whatever is said here. */
  codec: z.enum(['h264', 'vp9', 'av1']).default('h264'),
}

/**
 * A video in the sizes that pages play, as MP4 and HLS; sound alone as AAC and Opus. Each rendition is a job of its own,
 * `video.rendition`, that this one waits for: what is finished can be played while the rest is encoded.
 */
export const videoEncode = jobKind({
  name: 'video.encode',
  version: 1,
  accepts: /^(audio|video)\//,
  timeoutMs: 10 * 60_000,
  stages: [
    { name: 'planning', weight: 1 },
    { name: 'encoding', weight: 98, unit: 'seconds' },
    { name: 'storing', weight: 1 },
  ],
  input: z.object({
    ...videoInput,
    /** Left out: of 1080p, 720p, 480p and 240p those that the source is large enough for. */
    renditions: z.array(z.enum(RENDITIONS)).min(1).max(RENDITIONS.length).optional(),
  }),
  output: z.object({
    durationSeconds: z.number().positive(),
    /** The largest first. Their files are outputs of their own jobs; keys are asked for by the same ids. */
    renditions: z.array(renditionSchema),
    /** The master playlist, where HLS was asked for. */
    hls: z.object({ playlist: outputIdSchema }).nullable(),
    /** Subtitles of the source as WebVTT. */
    captions: z.array(
      z.object({ output: outputIdSchema, language: z.string().nullable(), title: z.string().nullable() }),
    ),
    /** Of all renditions too, so that every name in a playlist is found here. */
    files: z.array(outputFileSchema),
  }),
})

/** One rendition of a video. `video.encode` submits these; so may anybody who wants just one. */
export const videoRendition = jobKind({
  name: 'video.rendition',
  version: 1,
  timeoutMs: 12 * 60 * 60_000,
  stages: [
    { name: 'encoding', weight: 95, unit: 'seconds' },
    { name: 'joining', weight: 3 },
    { name: 'storing', weight: 2, unit: 'files' },
  ],
  input: z.object({
    ...videoInput,
    /** Sizes for what has a picture; `aac` and `opus` for sound alone. */
    rendition: z.enum([...RENDITIONS, 'source', 'aac', 'opus']),
  }),
  output: z.object({ rendition: renditionSchema, files: z.array(outputFileSchema) }),
})

/**
 * A stretch of the picture of a long video, between two key frames, that `video.rendition` joins with the others: what a
 * killed worker costs. Its output is removed with the join.
 */
export const videoSegment = jobKind({
  name: 'video.segment',
  version: 1,
  timeoutMs: 4 * 60 * 60_000,
  stages: [
    { name: 'encoding', weight: 95, unit: 'seconds' },
    { name: 'storing', weight: 5 },
  ],
  input: z.object({
    fileId: fileIdSchema,
    picture: z.object({
      codec: z.enum(['h264', 'vp9', 'av1']),
      /** Pixels, even. */
      width: z.number().int().min(2).max(8192).multipleOf(2),
      height: z.number().int().min(2).max(8192).multipleOf(2),
      /** Bits a second at most. */
      maxRate: positive,
    }),
    /** From the start of the source. */
    fromSeconds: z.number().nonnegative(),
    /** Null: to the end. */
    toSeconds: z.number().positive().nullable(),
  }),
  output: z.object({
    durationSeconds: z.number().nonnegative(),
    frameCount: z.number().int().nonnegative(),
    files: z.array(outputFileSchema),
  }),
})
