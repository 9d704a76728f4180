import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { JobOutput } from '@bellhop/model'
import type { ReportProgress } from '../child/message.ts'
import { HEAD_BYTES } from './bounds.ts'
import { emptyDataset, readError, unreadableDataset } from './dataset-error.ts'
import { openEngine } from './engine.ts'
import type { Engine } from './engine.ts'
import { preview } from './preview.ts'
import { profileColumns } from './profile-columns.ts'
import { readCsv } from './read-csv.ts'
import { readJson } from './read-json.ts'
import { readParquet } from './read-parquet.ts'
import { literal } from './sql.ts'
import type { DatasetNote, Table } from './table.ts'
import { decodeText } from './text-encoding.ts'

export interface ProfileTask {
  readonly path: string
  readonly dir: string
  readonly mediaType: string
  readonly name: string
}

export type Profile = Omit<JobOutput<'dataset.profile'>, 'files'> & { readonly parquetPath: string }

/** Fractions of the work in the child at which a stage ends. */
const DECODED = 0.1
const READ = 0.6

/** Reads a dataset once, straight to Parquet, and makes its statistics from that. Runs in a child process of its own. */
export async function profileDataset(task: ProfileTask, progress: ReportProgress): Promise<Profile> {
  try {
    const engine = await openEngine(task.dir)
    const { table, encoding, notes } = await readTable(engine, task, progress)
    const relation = `read_parquet(${literal(table.parquetPath)})`
    const shown = await preview(engine, table, relation)
    const total = table.columns.length
    const columns = await profileColumns(engine, table, relation, (done) =>
      progress(READ + ((1 - READ) * done) / total, `profiling column ${done} of ${total}`),
    )
    const empty: DatasetNote[] =
      table.rowCount === 0 ? [{ code: 'EMPTY_TABLE', sentence: 'The table has columns but no rows.' }] : []
    return {
      format: table.format,
      encoding,
      delimiter: table.delimiter,
      hasHeader: table.hasHeader,
      rowCount: table.rowCount,
      columnCount: total,
      columns,
      preview: shown.rows,
      notes: [...notes, ...table.notes, ...empty, ...shown.notes],
      parquetPath: table.parquetPath,
    }
  } catch (error) {
    throw readError(error)
  }
}

interface ReadTable {
  readonly table: Table
  readonly encoding: string | null
  readonly notes: readonly DatasetNote[]
}

async function readTable(engine: Engine, task: ProfileTask, progress: ReportProgress): Promise<ReadTable> {
  const head = await readHead(task.path)
  if (head.length === 0) throw emptyDataset('The file is empty')
  refuseArchive(head)
  const reading = (fraction: number) => progress(DECODED + fraction * (READ - DECODED), 'reading')
  if (startsWith(head, 'PAR1')) {
    reading(0)
    return { table: await readParquet(engine, task.path), encoding: null, notes: [] }
  }
  if (task.mediaType === 'application/vnd.apache.parquet') {
    throw unreadableDataset('it is not Parquet, although its name or type says so.')
  }
  progress(0, 'checking the encoding')
  const text = await decodeText(task.path, head, join(task.dir, 'text'))
  const textHead = (await readHead(text.path)).toString('utf8').replace(/^\uFEFF/, '')
  if (textHead.trim() === '') throw emptyDataset('The file holds nothing but white space')
  reading(0)
  const target = join(task.dir, 'table.parquet')
  const source = { path: text.path, head: textHead }
  const table = isJson(task, textHead)
    ? await readJson(engine, { ...source, declaredLines: /ndjson/.test(task.mediaType) }, target, reading)
    : await readCsv(engine, { ...source, declaredTsv: /tab-separated/.test(task.mediaType) }, target, reading)
  return {
    table,
    encoding: text.encoding,
    notes: text.note === null ? [] : [{ code: 'TRANSCODED', sentence: text.note }],
  }
}

function isJson({ mediaType, name }: ProfileTask, head: string): boolean {
  if (/json/.test(mediaType)) return true
  return !/^text\/(csv|tab-separated-values)$/.test(mediaType) && !/\.[ct]sv$/i.test(name) && /^\s*[[{]/.test(head)
}

function refuseArchive(head: Buffer): void {
  if (startsWith(head, 'PK\x03\x04')) {
    throw unreadableDataset(
      'it is an Excel workbook or a ZIP archive.',
      'Export the sheet as CSV (UTF-8), then upload that.',
    )
  }
  if (startsWith(head, '\x1f\x8b')) {
    throw unreadableDataset('it is compressed with gzip.', 'Unpack it, then upload what is in it.')
  }
}

function startsWith(head: Buffer, magic: string): boolean {
  return head.subarray(0, magic.length).equals(Buffer.from(magic, 'latin1'))
}

async function readHead(path: string): Promise<Buffer> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
  return buffer.subarray(0, bytesRead)
}
