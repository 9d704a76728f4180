import { afterAll, beforeAll, expect, test } from 'vitest'
import { rebuild } from '../src/index.ts'
import { openDatabase, type TestDatabase } from './postgres-server.ts'
import { catalog, difference, installShop } from './shop.ts'

const ROWS = 40_000

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
  await installShop(db.sql)
}, 60_000)
afterAll(() => db[Symbol.asyncDispose]())

/** Postgres last looked at tables of deleted products, so it expects one row; then came a bulk load. */
test('a rebuild does not compare every row with every other where the planner knows nothing of a bulk load', async () => {
  await db.sql`
    insert into products (id, shop_id, title, state)
    select 'd' || i, 's1', 'gone', 'deleted' from generate_series(1, 500) i`
  await db.sql`analyze`
  await db.sql`
    insert into products (id, shop_id, title) select 'p' || i, 's' || i % 4, 't' || i from generate_series(1, ${ROWS}::int) i`
  await db.sql`insert into offers select i, 'p' || i, 1 from generate_series(1, ${ROWS}::int) i`
  // 1 s; each with each would take minutes.
  await rebuild(db.sql, catalog)
  expect(await db.sql`select from catalog`).toHaveLength(ROWS)
  expect(await difference(db.sql)).toEqual([])
}, 60_000)
