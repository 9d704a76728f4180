import { sql } from 'drizzle-orm'
import { integer, pgMaterializedView, pgTable, text } from 'drizzle-orm/pg-core'
import { drizzle } from 'drizzle-orm/postgres-js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  batchView,
  freshness,
  keepViewsFresh,
  liveView,
  on,
  readView,
  verifyViews,
  viewMigration,
} from '../src/index.ts'
import { openDatabase, type TestDatabase } from './postgres-server.ts'
import { emptyShop, installShop, offers, products } from './shop.ts'

const HOURLY = { everyMs: 3_600_000 }

/** Titles at once, scores (the offers) by the hour, in one row. */
const scored = liveView('scored', {
  version: 1,
  key: 'id',
  columns: { id: text().notNull(), title: text().notNull(), score: integer().notNull() },
  query: sql`
    select p.id, p.title, (select count(*)::integer from ${offers} o where o.product_id = p.id) as score
    from ${products} p`,
  depends: [on(products, { key: products.id }), on(offers, { key: offers.productId, schedule: HOURLY })],
})

const usage = batchView(
  pgMaterializedView('usage', { shopId: text('shop_id').notNull(), products: integer().notNull() }).as(
    sql`select shop_id, count(*)::integer as products from ${products} group by shop_id`,
  ),
  { version: 1, uniqueKey: ['shopId'], depends: [on(products, { columns: [products.shopId] })], schedule: HOURLY },
)

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
  await installShop(db.sql)
  await db.sql.unsafe(viewMigration([scored, usage]))
}, 30_000)
afterAll(() => db[Symbol.asyncDispose]())
beforeEach(() => emptyShop(db.sql))

/** Moves what waits into the past. */
async function anHourLater(): Promise<void> {
  await db.sql`update live_view_dirty set at = at - interval '1 hour'`
}

test('a batch view is filled at once, then refreshed when its time comes and something has changed', async () => {
  const refreshes = async () =>
    (await db.sql`select from live_view_history where view = 'usage' and what = 'refresh'`).length
  await db.sql`insert into live_view_dirty (view, kind) values ('usage', -1)`
  await db.sql`update live_view_status set last_applied_at = null where view = 'usage'`
  await using keeper = keepViewsFresh({ sql: db.connect(4), views: [usage] })
  await keeper.idle()
  expect(await refreshes()).toBe(1)
  await db.sql`insert into products (id, shop_id, title) values ('a', 's1', 'A')`
  // idle: what waits for a schedule is not waited for
  await keeper.idle()
  expect(await refreshes()).toBe(1)
  expect(await freshness(db.sql, usage)).toMatchObject({ stale: true, pending: 1 })
  await anHourLater()
  await keeper.idle()
  expect(await refreshes()).toBe(2)
  expect(await db.sql`select * from usage`).toEqual([{ shop_id: 's1', products: 1 }])
  await anHourLater()
  await keeper.idle()
  expect(await refreshes()).toBe(2)
})

test('one dependency waits for its schedule while another is applied at once, and a strict read shows both', async () => {
  await using keeper = keepViewsFresh({ sql: db.connect(4), views: [scored] })
  await db.sql`insert into products (id, shop_id, title) values ('a', 's1', 'A'), ('b', 's1', 'B')`
  await keeper.idle()
  await db.sql`insert into offers values (1, 'a', 1)`
  await db.sql`update products set title = 'B2' where id = 'b'`
  await keeper.idle()
  const stored = () => db.sql`select title, score from scored order by id`
  expect(await stored()).toEqual([
    { title: 'A', score: 0 },
    { title: 'B2', score: 0 },
  ])
  expect(await freshness(db.sql, scored)).toMatchObject({ stale: true, pending: 1 })
  const strict = await readView(drizzle(db.sql), scored, 'strict', (view) =>
    view.select().from(scored.table).orderBy(scored.table.id),
  )
  expect(strict).toMatchObject({ source: 'overlay', stale: false })
  expect(strict.rows[0]).toEqual({ id: 'a', title: 'A', score: 1 })
  await anHourLater()
  await keeper.idle()
  expect((await stored())[0]).toEqual({ title: 'A', score: 1 })
  expect((await freshness(db.sql, scored)).stale).toBe(false)
})

test('a scheduled dependency that is truncated, and a view that is dropped, leave nothing behind in the log', async () => {
  await using keeper = keepViewsFresh({ sql: db.connect(4), views: [scored] })
  await db.sql`truncate offers`
  await anHourLater()
  await keeper.idle()
  expect(await db.sql`select from live_view_dirty where view ~ '^scored'`).toHaveLength(0)
  await db.sql`truncate offers`
  await db.sql`select live_view_drop('scored')`
  expect(await db.sql`select from live_view_dirty where view ~ '^scored'`).toHaveLength(0)
  await db.sql.unsafe(viewMigration([scored]))
})

test('verification names tables that no dependency names, be it through a view, partitioned tables, and functions that are not to be trusted', async () => {
  await db.sql.unsafe(`
    create function rate(n integer) returns integer language sql stable as 'select n';
    create function chance() returns integer language sql volatile set search_path = pg_catalog as 'select 1';
    create view hidden as select * from makers;
    create table visits (product_id text) partition by hash (product_id)`)
  const visits = pgTable('visits', { productId: text('product_id') })
  const careless = liveView('careless', {
    version: 1,
    key: 'id',
    columns: { id: text().notNull(), n: integer() },
    query: sql`select p.id, rate(1) + chance() + (select count(*)::integer from hidden) as n from ${products} p`,
    depends: [on(products, { key: products.id }), on(visits, { key: visits.productId })],
  })
  await db.sql.unsafe(viewMigration([careless]))
  const found = await verifyViews(db.sql, [careless])
  expect(found.map(({ code, message }) => [code, /(reads|calls|depends on) (\S+),/.exec(message)?.[2]])).toEqual([
    ['dependency_undeclared', 'makers'],
    ['dependency_partitioned', 'visits'],
    ['function_unsafe', 'chance()'],
    ['function_unsafe', 'rate(integer)'],
  ])
  expect(await verifyViews(db.sql, [scored, usage])).toEqual([])
  await db.sql`select live_view_drop('careless')`
  await db.sql`drop view hidden`
  await db.sql`drop table visits`
})
