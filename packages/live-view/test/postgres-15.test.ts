import { drizzle } from 'drizzle-orm/postgres-js'
import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { auditView, changeView, committedToken, keepViewsFresh, readView, rebuild, viewHealth } from '../src/index.ts'
import { hasDebianPostgres, startDebianPostgres, type DebianPostgres } from './debian-postgres.ts'
import { openDatabase, type TestDatabase } from './postgres-server.ts'
import { catalog, difference, emptyShop, insights, installShop } from './shop.ts'
import { shopTransaction, writeShop } from './shop-writes.ts'

const RUNS = 4

/** Everything that this library asks of a server once, on the oldest version. `TEST_POSTGRES_URL` runs all tests on it. */
describe.skipIf(!hasDebianPostgres)('on Postgres 15', () => {
  let server: DebianPostgres
  let db: TestDatabase
  beforeAll(async () => {
    server = await startDebianPostgres()
    db = await openDatabase(server.url)
    await installShop(db.sql)
  }, 60_000)
  afterAll(async () => {
    await db[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })
  beforeEach(() => emptyShop(db.sql))

  test('view and query agree whatever is written and rebuilt', async () => {
    const [version] = await db.sql<{ server_version: string }[]>`show server_version`
    expect(version?.server_version).toMatch(/^15\./)
    await fc.assert(
      fc.asyncProperty(fc.array(shopTransaction, { minLength: 4, maxLength: 10 }), async (transactions) => {
        await using keeper = keepViewsFresh({ sql: db.sql, views: [catalog, insights] })
        await Promise.all(transactions.map((each) => writeShop(db.sql, each)))
        await rebuild(db.sql, catalog)
        await keeper.idle()
        expect(await difference(db.sql)).toEqual([])
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
    expect(await viewHealth(db.sql, catalog)).toMatchObject({ mode: 'fresh', failures: 0 })
    expect(await auditView(db.sql, catalog, { after: null })).toMatchObject({ drifted: [] })
  }, 60_000)

  test('what is pending is read over what is stored, by token and strictly', async () => {
    {
      await using keeper = keepViewsFresh({ sql: db.sql, views: [catalog] })
      await keeper.idle()
    }
    await db.sql`insert into products (id, shop_id, title) values ('a', 's1', 'A')`
    const orm = drizzle(db.sql)
    for (const want of ['strict', { after: await committedToken(db.sql) }] as const) {
      const { rows, source } = await readView(orm, catalog, want, (view) => view.select().from(catalog.table))
      expect({ ids: rows.map(({ id }) => id), source }).toEqual({ ids: ['a'], source: 'overlay' })
    }
  })

  test('a view is changed beside the old one', async () => {
    await db.sql`insert into products (id, shop_id, title) values ('a', 's1', 'A')`
    const next = { ...catalog, version: 2, sla: { freshWithinMs: 1_000, target: 0.9, windowMs: 60_000 } }
    expect(await changeView(db.sql, next)).toBe(true)
    await using keeper = keepViewsFresh({ sql: db.sql, views: [next] })
    await keeper.idle()
    expect(await difference(db.sql)).toEqual([])
    await expect.poll(async () => (await viewHealth(db.sql, next)).service?.share, { timeout: 10_000 }).toBe(1)
  })
})
