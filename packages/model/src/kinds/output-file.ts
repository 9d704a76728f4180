import { z } from 'zod'
import type { FileId, OutputId } from '../ids.ts'
import { isId } from '../ids.ts'

export const fileIdSchema = z.custom<FileId>((value) => isId('file', value), 'Expected a file id, such as `file_01…`.')
export const outputIdSchema = z.custom<OutputId>(
  (value) => isId('output', value),
  'Expected an output id, such as `out_01…`.',
)

/** One object that a job wrote. It is downloaded by its id, as a file is. */
export const outputFileSchema = z.object({
  id: outputIdSchema,
  /** What it is to its job: `thumbnail`, `variant`, `parquet`. */
  role: z.string(),
  name: z.string(),
  mediaType: z.string(),
  sizeBytes: z.number().int().nonnegative(),
  /** Pixels, where it is an image. */
  width: z.number().int().positive().optional(),
  height: z.number().int().positive().optional(),
})
export type OutputFile = z.infer<typeof outputFileSchema>
