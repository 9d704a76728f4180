// Plain numbers: the child that reads this must not wait for the model to load.
const KIB = 1024
const MIB = 1024 * KIB

/** More would make a profile that no page and no row of ours can hold. */
export const MAX_COLUMNS = 2_000
/** What DuckDB may keep in memory; beyond it spills to the scratch folder. */
export const ENGINE_MEMORY_MIB = 1_024
export const MAX_ENGINE_THREADS = 4
/** What DuckDB may spill. */
export const ENGINE_SPILL_GIB = 64
/** Rows from which DuckDB guesses a dialect and types, its default; fewer where they are wide: 2,000 columns took 16 s. */
export const SNIFF_ROWS = 20_480
export const MIN_SNIFF_ROWS = 1_000
export const SNIFF_CELLS = 2_000_000
/** Bytes read at a time, and looked at to tell an encoding. */
export const TEXT_CHUNK_BYTES = MIB
export const HEAD_BYTES = 64 * KIB
/** Above this share of control characters a text is none. */
export const MAX_CONTROL_SHARE = 0.01
/** Columns whose statistics are made in one scan: bounds the sketches in memory, and is the step of the progress. */
export const COLUMNS_PER_SCAN = 32
/** Up to this many rows distinct counts and quantiles are exact. */
export const EXACT_UP_TO_ROWS = 10_000
export const HISTOGRAM_BINS = 24
export const TOP_VALUES = 10
export const PREVIEW_ROWS = 100
export const PREVIEW_BYTES = 512 * KIB
/** Characters of a value or a name that a profile shows; fewer when there are many columns, but never below the second. */
export const CELL_CHARS = 200
export const MIN_CELL_CHARS = 16
/** Rows of a Parquet row group, DuckDB's default; fewer where rows are wide, so that a group fits in memory. */
export const ROW_GROUP_ROWS = 122_880
export const ROW_GROUP_CELLS = 100 * ROW_GROUP_ROWS
export const MIN_ROW_GROUP_ROWS = 2_048
/**
 * Above so many columns the writer's dictionaries are small: it reserves one a column, 1 MiB by default, and 2,000 columns
 * ran out of 1 GiB with 3,000 rows; with 16 KiB they take 0.5 GiB and less time.
 */
export const WIDE_COLUMNS = 200
export const WIDE_DICTIONARY_BYTES = 16 * KIB
