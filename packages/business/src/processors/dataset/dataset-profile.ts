import { join } from 'node:path'
import { runInChild } from '../child/run-in-child.ts'
import { outputName } from '../output-name.ts'
import { defineProcessor } from '../processor.ts'
import type { Profile } from './profile.ts'
import type { DatasetSource } from './read-table.ts'

const ENTRY = new URL('dataset-child.ts', import.meta.url)
/** Parts of the whole, as fractions at which the next begins. */
const DOWNLOADED = 0.15
const PROFILED = 0.95

/** What a table holds, found by DuckDB in a child process, with a Parquet copy of it. */
export const datasetProfileProcessor = defineProcessor('dataset.profile', async (job) => {
  const { input, signal, scratchDir, objects } = job
  job.progress(0, 'downloading')
  const path = join(scratchDir, 'source')
  const source = await objects.download(input.fileId, path)
  const { parquetPath, ...profile } = await runInChild<DatasetSource, Profile>({
    entry: ENTRY,
    task: { path, dir: scratchDir, mediaType: source.mediaType, name: source.name },
    scratchDir,
    signal,
    progress: (fraction, stage) => job.progress(DOWNLOADED + fraction * (PROFILED - DOWNLOADED), stage),
  })
  job.progress(PROFILED, 'storing')
  const parquet = await objects.put({
    role: 'parquet',
    name: outputName(source.name, '.parquet'),
    mediaType: 'application/vnd.apache.parquet',
    body: { path: parquetPath },
  })
  return { ...profile, files: [parquet] }
})
