import { z } from 'zod'
import { jobKind } from './job-kind.ts'
import { fileIdSchema, outputFileSchema } from './output-file.ts'

const count = z.number().int().nonnegative()

const columnSchema = z.object({
  name: z.string(),
  /** As DuckDB names it: BIGINT, VARCHAR, TIMESTAMP, … */
  type: z.string(),
  category: z.enum(['number', 'text', 'boolean', 'time', 'nested']),
  nullCount: count,
  /** An estimate (HyperLogLog, about 2 %) above 10,000 rows. */
  distinctCount: count,
  /** As text, in the column's own order; null when every value is null or the type has no order. */
  min: z.string().nullable(),
  max: z.string().nullable(),
  mean: z.number().nullable(),
  stddev: z.number().nullable(),
  quantiles: z.object({ p25: z.number(), p50: z.number(), p75: z.number() }).nullable(),
  /**
   * Numbers and times: at most 24 bins of equal width over the finite values; `from` and `to` are text. `from` lies in the
   * bin and `to` in the next; the last bin of fractions holds its `to` as well.
   */
  histogram: z.array(z.object({ from: z.string(), to: z.string(), count })).nullable(),
  /** Text and booleans: at most 10, the most frequent first. */
  topValues: z.array(z.object({ value: z.string(), count })).nullable(),
})
export type DatasetColumn = z.infer<typeof columnSchema>

/** What was noticed while reading, in words; `rows` says how many rows it touches. */
const noteSchema = z.object({
  code: z.enum(['TRANSCODED', 'RAGGED_ROWS', 'EMPTY_TABLE', 'PREVIEW_CUT']),
  sentence: z.string(),
  rows: count.optional(),
})

/** What a table holds: its columns, each with statistics, its first rows, and a Parquet copy. */
export const datasetProfile = jobKind({
  name: 'dataset.profile',
  version: 1,
  timeoutMs: 15 * 60_000,
  stages: [
    { name: 'downloading', weight: 5, unit: 'bytes' },
    { name: 'checking the encoding', weight: 20 },
    { name: 'reading', weight: 35 },
    { name: 'profiling', weight: 35, unit: 'columns' },
    { name: 'storing', weight: 5 },
  ],
  input: z.object({ fileId: fileIdSchema }),
  output: z.object({
    format: z.enum(['csv', 'tsv', 'json', 'ndjson', 'parquet']),
    /** `utf-8`, `utf-16le`, `utf-16be`, `euc-kr` (CP949) or `windows-1252`, as found; null for Parquet. */
    encoding: z.string().nullable(),
    delimiter: z.string().nullable(),
    hasHeader: z.boolean().nullable(),
    rowCount: count,
    columnCount: count,
    columns: z.array(columnSchema),
    /** The first rows, at most 100, every value as text; long values end in `…`. */
    preview: z.array(z.array(z.string().nullable())),
    notes: z.array(noteSchema),
    files: z.array(outputFileSchema),
  }),
})
