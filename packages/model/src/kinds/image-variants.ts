import { z } from 'zod'
import { jobKind } from './job-kind.ts'
import { fileIdSchema, outputFileSchema } from './output-file.ts'

/** Formats that variants are made in. WebP and GIF can move, the others are stills. */
export const VARIANT_FORMATS = ['webp', 'avif', 'jpeg', 'png', 'gif'] as const
export type VariantFormat = (typeof VARIANT_FORMATS)[number]
/** How much is given up for fewer bytes. */
export const VARIANT_QUALITIES = ['small', 'balanced', 'fine'] as const
export type VariantQuality = (typeof VARIANT_QUALITIES)[number]

/** As fractions of the image as it is seen, from its left and its top. */
const pointSchema = z.object({ x: z.number().min(0).max(1), y: z.number().min(0).max(1) })

/** Sizes and formats of an image for the web: oriented as taken, in sRGB, without its metadata, never scaled up. */
export const imageVariants = jobKind({
  name: 'image.variants',
  version: 2,
  timeoutMs: 5 * 60_000,
  accepts: /^image\/(avif|gif|hei[cf]|jpeg|png|svg\+xml|tiff|webp)$/,
  stages: [
    { name: 'downloading', weight: 2, unit: 'bytes' },
    { name: 'decoding', weight: 15 },
    { name: 'encoding', weight: 80 },
    { name: 'storing', weight: 3, unit: 'files' },
  ],
  input: z.object({
    fileId: fileIdSchema,
    /** Pixels; those wider than the source are left out. A drawing (SVG) has no pixels: it is drawn in every width. */
    widths: z.array(z.number().int().min(16).max(8192)).min(1).max(8).default([640, 1280, 1920]),
    /** Of an animation, those that cannot move are left out, unless none of them can: then they show its first frame. */
    formats: z.array(z.enum(VARIANT_FORMATS)).min(1).max(VARIANT_FORMATS.length).default(['webp', 'avif']),
    quality: z.enum(VARIANT_QUALITIES).default('balanced'),
    /** Width over height that the variants are cut to. Without it they show the whole image, as the thumbnail always does. */
    aspectRatio: z.number().min(0.25).max(4).optional(),
    /** What a cut keeps in its middle, as far as it can; `auto`: where the eye goes first, by contrast, colour and skin. */
    focalPoint: z.union([z.literal('auto'), pointSchema]).default('auto'),
    /** `rights` keeps who made it and whose it is (EXIF Artist and Copyright, as XMP); all else is left behind in any case. */
    metadata: z.enum(['none', 'rights']).default('none'),
  }),
  output: z.object({
    /** Pixels of the source after its orientation was applied. */
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    format: z.string(),
    hasAlpha: z.boolean(),
    /** 4 × 3 components; decodes to a blur that stands in while the image loads. */
    blurhash: z.string(),
    /** `#rrggbb`, the colour that most of what can be seen is near to. Not known of images that version 1 made. */
    dominantColor: z.string().optional(),
    /** As it was given or found. Not known of images that version 1 made. */
    focalPoint: pointSchema.optional(),
    /** Of an animation; 1 otherwise. Not known of images that version 1 made. */
    frameCount: z.number().int().positive().optional(),
    files: z.array(outputFileSchema),
  }),
})
