import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '@bellhop/testkit'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const END_TIMEOUT_S = 10

/** A client whose one connection was killed in the middle of a query. */
async function bereavedClient(): Promise<postgres.Sql> {
  const client = postgres(database.url, { max: 1, onnotice: () => {} })
  const [self] = await client<{ pid: number }[]>`select pg_backend_pid() as pid`
  const lost = expect(client`select pg_sleep(60)`).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
  await expect
    .poll(async () => {
      const [row] = await database.sql`select query from pg_stat_activity where pid = ${self?.pid ?? 0}`
      return row?.['query']
    })
    .toContain('pg_sleep')
  await database.sql`select pg_terminate_backend(${self?.pid ?? 0})`
  await lost
  return client
}

test('after a connection was killed in the middle of a query, the next query is answered', async () => {
  const client = await bereavedClient()
  expect(await client`select 1 as one`).toMatchObject([{ one: 1 }])
  await client.end({ timeout: END_TIMEOUT_S })
})

test('after a connection was killed in the middle of a query, its client ends', async () => {
  const client = await bereavedClient()
  await client.end()
})
