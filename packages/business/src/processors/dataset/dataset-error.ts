import { InputFault } from '../child/input-fault.ts'
import { ENGINE_MEMORY_MIB, MAX_COLUMNS } from './bounds.ts'

export function emptyDataset(found: string): InputFault {
  return new InputFault(
    'DATASET_EMPTY',
    `${found}, so there is no table in it. Check the export, then upload it again.`,
  )
}

export function unreadableDataset(
  why: string,
  todo = 'Check the file, then upload it again.',
  cause?: unknown,
): InputFault {
  return new InputFault('DATASET_UNREADABLE', `The file could not be read as a table: ${why} ${todo}`, { cause })
}

export function tooManyColumns(count: number): InputFault {
  return new InputFault(
    'DATASET_TOO_WIDE',
    `The table has ${count.toLocaleString('en')} columns, and at most ${MAX_COLUMNS.toLocaleString('en')} are taken. ` +
      'Upload it in parts, or in long form.',
  )
}

/** DuckDB's classes of error that reading a broken file leads to. Others (no space left, an interrupt) are not its fault. */
const FAULT_OF_INPUT = /^(Invalid|Invalid Input|Conversion|Out of Range|Serialization|Not implemented) Error:/
/** What its Parquet reader throws besides when lengths and offsets in the file are wrong. */
const FAULT_OF_PARQUET = /^(INTERNAL|IO|FATAL) Error:(?!.*(No space left|Cannot open file))/

/** What DuckDB says of a file that it cannot read, in a sentence without our paths; any other error as it is. */
export function readError(error: unknown, isParquet: boolean): unknown {
  if (!(error instanceof Error) || error instanceof InputFault) return error
  if (error.message.startsWith('Out of Memory Error')) {
    return new InputFault(
      'DATASET_TOO_LARGE',
      `Reading the file takes more than the ${ENGINE_MEMORY_MIB} MiB of memory that a profile may use. Upload it in parts.`,
      { cause: error },
    )
  }
  if (isParquet && (FAULT_OF_PARQUET.test(error.message) || FAULT_OF_INPUT.test(error.message))) {
    return unreadableDataset('it is not a sound Parquet file.', 'Write it again, then upload it.', error)
  }
  return FAULT_OF_INPUT.test(error.message) ? unreadableDataset(reason(error.message), undefined, error) : error
}

const REASON_CHARS = 300

function reason(message: string): string {
  const [first = '', second = ''] = message
    .replace(/^(\w+ )*Error: /, '')
    .replaceAll(/ ?\b(in|of|while reading) file "[^"]*"/gi, '')
    .replaceAll(/["']?\/[^\s'"]*["']?/g, 'the file')
    .split('\n')
    .map((line) => line.trim())
  // `CSV Error on Line: 3` alone says where but not what.
  const text = first.startsWith('CSV Error on Line') && second !== '' ? `${first}, ${second}` : first
  const short = text.length > REASON_CHARS ? `${text.slice(0, REASON_CHARS)}…` : text
  return /[.!?…]$/.test(short) ? short : `${short}.`
}
