import { openDatabase } from '@bellhop/persistence'
import type { Database } from '@bellhop/persistence'
import { createTestDatabase } from '@bellhop/testkit'
import type { TestDatabase } from '@bellhop/testkit'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** As `prepared-client.ts` has it. */
const MAX_TEXTS = 500

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

/** One connection, so that what is prepared on it can be asked of it. */
function openOne(): Database {
  return openDatabase(database.url, { maxConnections: 1 })
}

async function preparedTexts({ sql: driver }: Database, like: string): Promise<number> {
  const rows = await driver`select count(*)::int as count from pg_prepared_statements where statement like ${like}`
  return Number(rows[0]?.['count'])
}

test('a statement is prepared once on its connection, within a transaction and outside', async () => {
  await using one = openOne()
  for (const value of [1, 2, 3]) await one.db.execute(sql`select ${value}::int as told_once`)
  await one.db.transaction(async (tx) => {
    await tx.execute(sql`select ${4}::int as told_once`)
    await tx.transaction((inner) => inner.execute(sql`select ${5}::int as told_once`))
  })
  expect(await preparedTexts(one, '%told_once%')).toBe(1)
})

test('beyond so many texts a connection prepares no more, and still answers', async () => {
  await using one = openOne()
  for (let text = 0; text < MAX_TEXTS + 20; text++) {
    await one.db.execute(sql`select ${1}::int as ${sql.identifier(`text_${text}`)}`)
  }
  expect(await preparedTexts(one, '%as "text_%')).toBe(MAX_TEXTS)
})

test('several statements without parameters go as one text', async () => {
  await using one = openOne()
  await one.db.execute(sql`create temporary table several (n int); insert into several values (1), (2)`)
  expect(await one.db.execute(sql`select n from several order by n`)).toEqual([{ n: 1 }, { n: 2 }])
})

test('a plan that a migration made stale is made anew, unseen', async () => {
  await using one = openOne()
  await one.db.execute(sql`create temporary table changing (n int); insert into changing values (1)`)
  const read = () => one.db.execute(sql`select * from changing where n = ${1}`)
  expect(await read()).toEqual([{ n: 1 }])
  await one.db.execute(sql`alter table changing add column m int`)
  expect(await read()).toEqual([{ n: 1, m: null }])
})
