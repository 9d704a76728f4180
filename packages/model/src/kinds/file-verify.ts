import { z } from 'zod'
import { jobKind } from './job-kind.ts'
import { fileIdSchema } from './output-file.ts'

/**
 * Reads a file's stored bytes again and holds them against the hashes that its client sent. It starts when somebody asks
 * for it, never by itself.
 */
export const fileVerify = jobKind({
  name: 'file.verify',
  version: 1,
  // 5 TiB at 120 MiB a second.
  timeoutMs: 12 * 60 * 60_000,
  stages: [{ name: 'reading', weight: 1, unit: 'bytes' }],
  input: z.object({ fileId: fileIdSchema }),
  output: z.object({
    /** What the store has. */
    sizeBytes: z.number().int().nonnegative(),
    /** Null: the length is right, and the client sent no hash to hold the bytes against. */
    ok: z.boolean().nullable(),
    /** Numbers of the parts whose bytes are not those that were sent, at most 1,000; a file of one PUT is part 1. */
    damagedParts: z.array(z.number().int().positive()).max(1_000),
    /** Of all stored bytes, lower-case hex; null when there is no object any more. */
    sha256: z.string().nullable(),
  }),
})
