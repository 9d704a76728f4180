import { z } from 'zod'
import { jobKind } from './job-kind.ts'
import { fileIdSchema, outputFileSchema } from './output-file.ts'

/** Sizes and formats of an image for the web: oriented as taken, without its metadata, never scaled up. */
export const imageVariants = jobKind({
  name: 'image.variants',
  version: 1,
  timeoutMs: 5 * 60_000,
  stages: [
    { name: 'downloading', weight: 2, unit: 'bytes' },
    { name: 'decoding', weight: 15 },
    { name: 'encoding', weight: 80 },
    { name: 'storing', weight: 3, unit: 'files' },
  ],
  input: z.object({
    fileId: fileIdSchema,
    /** Pixels; those wider than the source are left out. */
    widths: z.array(z.number().int().min(16).max(8192)).min(1).max(8).default([640, 1280, 1920]),
    formats: z
      .array(z.enum(['webp', 'avif']))
      .min(1)
      .max(2)
      .default(['webp', 'avif']),
  }),
  output: z.object({
    /** Pixels of the source after its orientation was applied. */
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    format: z.string(),
    hasAlpha: z.boolean(),
    /** 4 × 3 components; decodes to a blur that stands in while the image loads. */
    blurhash: z.string(),
    files: z.array(outputFileSchema),
  }),
})
