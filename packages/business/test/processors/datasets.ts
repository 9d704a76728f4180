import { newId, JOB_KINDS } from '@bellhop/model'
import type { JobOutput } from '@bellhop/model'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Json } from '@duckdb/node-api'
import { datasetProfileProcessor } from '../../src/processors/dataset/dataset-profile.ts'
import { tempJob } from './temp-job.ts'

const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
}

export interface Profiled {
  readonly output: JobOutput<'dataset.profile'>
  /** The rows of the Parquet copy, as JSON. */
  readonly parquetRows: Json[][]
  readonly stages: readonly string[]
}

/** Runs the job on these bytes and reads its Parquet copy back with an engine of its own. */
export async function profile(name: string, bytes: Uint8Array | string): Promise<Profiled> {
  await using job = await datasetJob(name, bytes)
  const output = JOB_KINDS['dataset.profile'].output.parse(await datasetProfileProcessor.run(job.run))
  const [file] = output.files
  const parquetRows = file === undefined ? [] : await query(`from '${job.outputPath(file.name)}'`)
  return { output, parquetRows, stages: [...new Set(job.progress.map(({ stage }) => stage))] }
}

export function datasetJob(name: string, bytes: Uint8Array | string) {
  const mediaType = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
  return tempJob({ name, mediaType, bytes }, { fileId: newId('file') })
}

export async function query(sql: string): Promise<Json[][]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson()
  } finally {
    connection.closeSync()
  }
}

/** What a person sees first: names, types, rows, notes. */
export function outline({ output }: Profiled) {
  const { format, encoding, delimiter, hasHeader, rowCount, columns, preview, notes } = output
  const types = Object.fromEntries(columns.map(({ name, type }) => [name, type]))
  return { format, encoding, delimiter, hasHeader, rowCount, types, preview, notes }
}
