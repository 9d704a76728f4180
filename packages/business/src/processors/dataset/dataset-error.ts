import { JobInputError } from '@bellhop/model'
import { ENGINE_MEMORY_MIB, MAX_COLUMNS } from './bounds.ts'

export function emptyDataset(found: string): JobInputError {
  return new JobInputError(
    'DATASET_EMPTY',
    `${found}, so there is no table in it. Check the export, then upload it again.`,
  )
}

export function unreadableDataset(why: string, todo = 'Check the file, then upload it again.'): JobInputError {
  return new JobInputError('DATASET_UNREADABLE', `The file could not be read as a table: ${why} ${todo}`)
}

export function tooManyColumns(count: number): JobInputError {
  return new JobInputError(
    'DATASET_TOO_WIDE',
    `The table has ${count.toLocaleString('en')} columns, and at most ${MAX_COLUMNS.toLocaleString('en')} are taken. ` +
      'Upload it in parts, or in long form.',
  )
}

/** DuckDB's classes of error that reading a broken file leads to. Others (no space left, an interrupt) are not its fault. */
const FAULT_OF_INPUT =
  /^(Invalid Input|Conversion|Out of Range|Serialization|Invalid|Not implemented|Binder|TransactionContext Error: Invalid|Parquet)\b/

/** What DuckDB says of a file it cannot read, in a sentence without our paths; any other error as it is. */
export function readError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof JobInputError) return error
  if (/^Out of Memory Error/.test(error.message)) {
    return new JobInputError(
      'DATASET_TOO_LARGE',
      `Reading the file takes more than the ${ENGINE_MEMORY_MIB} MiB of memory that a profile may use. Upload it in parts.`,
      { cause: error },
    )
  }
  if (!FAULT_OF_INPUT.test(error.message)) return error
  const unreadable = unreadableDataset(reason(error.message))
  unreadable.cause = error
  return unreadable
}

const REASON_CHARS = 300

function reason(message: string): string {
  const [first = '', second = ''] = message
    .replace(/^(\w+ )*Error: /, '')
    .replaceAll(/(in |of )?file "[^"]*"/gi, '')
    .replaceAll(/['"]?\/[^\s'"]*['"]?/g, 'the file')
    .split('\n')
    .map((line) => line.trim())
  // `CSV Error on Line: 3` alone says where but not what; what follows quotes the line itself.
  const text = /^CSV Error on Line/.test(first) && second !== '' ? `${first}, ${second}` : first
  const short = text.length > REASON_CHARS ? `${text.slice(0, REASON_CHARS)}…` : text
  return /[.!?…]$/.test(short) ? short : `${short}.`
}
