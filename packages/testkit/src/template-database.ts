import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@bellhop/local-stack'
import { migrate, openDatabase } from '@bellhop/persistence'
import type { TestProject } from 'vitest/node'

export const TEMPLATE = 'bellhop_template'

/**
 * Vitest's global set-up: one Postgres for the run, with one migrated database that each test file clones. Not durable,
 * for nothing of it outlives the run. `TEST_POSTGRES_URL` (a superuser's, of a maintenance database) names another
 * server, to try another version of Postgres.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const stack = new AsyncDisposableStack()
  const url = process.env['TEST_POSTGRES_URL'] ?? (await startServer(stack))
  {
    await using database = openDatabase(url, { maxConnections: 1 })
    await database.sql.unsafe(`drop database if exists ${TEMPLATE}`)
    await database.sql.unsafe(`create database ${TEMPLATE}`)
  }
  await migrate(databaseUrl(url, TEMPLATE))
  project.provide('postgresUrl', url)
  return () => stack.disposeAsync()
}

async function startServer(stack: AsyncDisposableStack): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bellhop-test-postgres-'))
  stack.defer(() => rm(dataDir, { recursive: true, force: true }))
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '128MB' }
  const postgres = stack.use(await startPostgres({ dataDir, postgres: settings }))
  return postgres.url
}

/** The same server, another database. */
export function databaseUrl(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The server's maintenance database. */
    postgresUrl: string
  }
}
