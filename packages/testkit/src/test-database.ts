import { randomBytes } from 'node:crypto'
import { openDatabase } from '@bellhop/persistence'
import type { Database } from '@bellhop/persistence'
import { inject } from 'vitest'
import { TEMPLATE, databaseUrl } from './template-database.ts'

export interface TestDatabase extends Database {
  /** For what opens connections of its own. */
  readonly url: string
}

/** A migrated database of this test file's own. Disposing drops it, and fails when a connection was leaked. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject('postgresUrl')
  const name = `test_${randomBytes(6).toString('hex')}`
  await administer(server, `create database ${name} template ${TEMPLATE}`)
  const url = databaseUrl(server, name)
  const database = openDatabase(url, { name: 'test' })
  return {
    ...database,
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]()
      await refuseLeaks(server, name)
      await administer(server, `drop database ${name} with (force)`)
    },
  }
}

const LEAK_CHECKS = 40
const LEAK_CHECK_MS = 50

/** A backend takes a moment to leave after its client has. */
async function refuseLeaks(server: string, name: string): Promise<void> {
  await using database = openDatabase(server, { maxConnections: 1 })
  let left: string[] = []
  for (let check = 0; check < LEAK_CHECKS; check++) {
    const rows = await database.sql<{ application_name: string }[]>`
      select application_name from pg_stat_activity where datname = ${name} and backend_type = 'client backend'`
    left = rows.map((row) => row.application_name)
    if (left.length === 0) return
    await new Promise((resolve) => setTimeout(resolve, LEAK_CHECK_MS))
  }
  throw new Error(`The test left connections open: ${left.join(', ')}.`)
}

async function administer(server: string, statement: string): Promise<void> {
  await using database = openDatabase(server, { maxConnections: 1 })
  await database.sql.unsafe(statement)
}
