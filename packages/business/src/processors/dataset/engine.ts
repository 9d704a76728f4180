import { mkdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Json } from '@duckdb/node-api'
import { ENGINE_MEMORY_MIB, ENGINE_SPILL_GIB, MAX_ENGINE_THREADS } from './bounds.ts'
import { literal } from './sql.ts'

const PROGRESS_INTERVAL_MS = 250

export interface Engine {
  /** Rows as JSON: integers of 64 bits and more are text. */
  rows(sql: string, onFraction?: (fraction: number) => void): Promise<Json[][]>
}

/**
 * A DuckDB that reads and writes in `dir` and nowhere else: no network, no extensions, and no statement can undo that.
 * The bounds are its own; the process it runs in must be expendable all the same.
 */
export async function openEngine(dir: string): Promise<Engine> {
  const spill = join(dir, 'spill')
  await mkdir(spill, { recursive: true })
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${ENGINE_MEMORY_MIB}MiB`,
    threads: String(Math.min(availableParallelism(), MAX_ENGINE_THREADS)),
    temp_directory: spill,
    max_temp_directory_size: `${ENGINE_SPILL_GIB}GiB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  })
  const connection = await instance.connect()
  for (const statement of [
    `set TimeZone = 'UTC'`,
    'set enable_progress_bar = true',
    'set enable_progress_bar_print = false',
    'set parquet_metadata_cache = true',
    `set allowed_directories = [${literal(`${dir}/`)}]`,
    // From here on only the allowed folder is reached; then the door is locked.
    'set enable_external_access = false',
    'set lock_configuration = true',
  ]) {
    await connection.run(statement)
  }
  return {
    async rows(sql, onFraction) {
      const timer =
        onFraction &&
        setInterval(() => onFraction(Math.max(0, connection.progress.percentage) / 100), PROGRESS_INTERVAL_MS)
      try {
        return (await connection.runAndReadAll(sql)).getRowsJson()
      } finally {
        clearInterval(timer)
      }
    },
  }
}
