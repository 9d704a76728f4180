import { join } from 'node:path'
import { runInChild } from '../child/run-in-child.ts'
import { outputName } from '../output-name.ts'
import { defineProcessor } from '../processor.ts'
import type { Profile } from './profile.ts'
import type { DatasetSource } from './read-table.ts'

const ENTRY = new URL('dataset-child.ts', import.meta.url)

/** What a table holds, found by DuckDB in a child process, with a Parquet copy of it. */
export const datasetProfileProcessor = defineProcessor('dataset.profile', async (job) => {
  const { input, signal, scratchDir, objects } = job
  job.advance('downloading')
  const path = join(scratchDir, 'source')
  const source = await objects.download(input.fileId, path, (done, total) => job.advance('downloading', done, total))
  const { parquetPath, ...profile } = await runInChild<DatasetSource, Profile>({
    entry: ENTRY,
    task: { path, dir: scratchDir, mediaType: source.mediaType, name: source.name },
    scratchDir,
    signal,
    job,
  })
  const { format, encoding, rowCount, columnCount, notes } = profile
  job.log(`Read ${format}${encoding ? ` in ${encoding}` : ''}: ${rowCount} rows, ${columnCount} columns.`)
  for (const { sentence } of notes) job.log(sentence)
  job.advance('storing')
  const parquet = await objects.put({
    role: 'parquet',
    name: outputName(source.name, '.parquet'),
    mediaType: 'application/vnd.apache.parquet',
    body: { path: parquetPath },
  })
  return { ...profile, files: [parquet] }
})
