import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReportAdvance } from '../child/message.ts'
import { HEAD_BYTES } from './bounds.ts'
import { emptyDataset, readError, unreadableDataset } from './dataset-error.ts'
import type { Engine } from './engine.ts'
import { readCsv } from './read-csv.ts'
import { readJson } from './read-json.ts'
import { readParquet } from './read-parquet.ts'
import type { DatasetNote, Table } from './table.ts'
import { decodeText } from './text-encoding.ts'

export interface DatasetSource {
  readonly path: string
  /** Where the engine may write. */
  readonly dir: string
  readonly mediaType: string
  readonly name: string
}

export interface ReadTable {
  readonly table: Table
  readonly encoding: string | null
  readonly notes: readonly DatasetNote[]
}

/** Tells the format by the bytes and the type, makes the text UTF-8, and reads it to its end into Parquet. */
export async function readTable(engine: Engine, source: DatasetSource, advance: ReportAdvance): Promise<ReadTable> {
  const head = await readHead(source.path)
  if (head.length === 0) throw emptyDataset('The file is empty')
  refuseArchive(head)
  const isParquet = startsWith(head, 'PAR1')
  if (!isParquet && source.mediaType === 'application/vnd.apache.parquet') {
    throw unreadableDataset('it is not Parquet, although its name or type says so.')
  }
  const reading = (fraction: number) => advance('reading', fraction)
  try {
    if (!isParquet) return await readText(engine, source, head, advance, reading)
    reading(0)
    return { table: await readParquet(engine, source.path), encoding: null, notes: [] }
  } catch (error) {
    throw readError(error, isParquet)
  }
}

async function readText(
  engine: Engine,
  { path, dir, mediaType, name }: DatasetSource,
  head: Buffer,
  advance: ReportAdvance,
  reading: (fraction: number) => void,
): Promise<ReadTable> {
  advance('checking the encoding')
  const text = await decodeText(path, head, join(dir, 'text'))
  const textHead = (await readHead(text.path)).toString('utf8').replace(/^\uFEFF/, '')
  if (textHead.trim() === '') throw emptyDataset('The file holds nothing but white space')
  reading(0)
  const target = join(dir, 'table.parquet')
  const source = { path: text.path, head: textHead }
  const table = isJson(mediaType, name, textHead)
    ? await readJson(engine, { ...source, declaredLines: mediaType.includes('ndjson') }, target, reading)
    : await readCsv(engine, { ...source, declaredTsv: mediaType.includes('tab-separated') }, target, reading)
  return {
    table,
    encoding: text.encoding,
    notes: text.note === null ? [] : [{ code: 'TRANSCODED', sentence: text.note }],
  }
}

function isJson(mediaType: string, name: string, head: string): boolean {
  if (mediaType.includes('json')) return true
  return !/^text\/(csv|tab-separated-values)$/.test(mediaType) && !/\.[ct]sv$/i.test(name) && /^\s*[[{]/.test(head)
}

function refuseArchive(head: Buffer): void {
  if (startsWith(head, 'PK\u0003\u0004')) {
    throw unreadableDataset(
      'it is an Excel workbook or a ZIP archive.',
      'Export the sheet as CSV (UTF-8), then upload that.',
    )
  }
  if (startsWith(head, '\u001f\u008b')) {
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
