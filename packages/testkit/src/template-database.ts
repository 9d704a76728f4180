import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@bellhop/local-stack'
import { migrate, openDatabase } from '@bellhop/persistence'
import type { TestProject } from 'vitest/node'

export const TEMPLATE = 'bellhop_template'

/**
 * Vitest's global set-up: one Postgres for the run, with one migrated database that each test file clones. Not durable,
 * for nothing of it outlives the run.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bellhop-test-postgres-'))
  const postgres = await startPostgres({
    dataDir,
    postgres: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '128MB' },
  })
  await using database = openDatabase(postgres.url, { maxConnections: 1 })
  await database.sql.unsafe(`create database ${TEMPLATE}`)
  await migrate(new URL(TEMPLATE, postgres.url).href)
  project.provide('postgresUrl', postgres.url)
  return async () => {
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The server's maintenance database. */
    postgresUrl: string
  }
}
