import { sql } from 'drizzle-orm'
import { integer, text } from 'drizzle-orm/pg-core'
import { drizzle } from 'drizzle-orm/postgres-js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { applyChunk } from '../src/apply.ts'
import {
  auditView,
  keepViewsFresh,
  liveView,
  on,
  readView,
  rebuild,
  refresh,
  viewHealth,
  viewMigration,
  type Audit,
} from '../src/index.ts'
import { openDatabase, type TestDatabase } from './postgres-server.ts'
import { catalog, difference, emptyShop, insights, installShop, offers, products } from './shop.ts'
import { steppedClient } from './steps.ts'

const own = liveView('own', {
  version: 1,
  key: 'id',
  tenant: 'shopId',
  columns: { id: text().notNull(), shopId: text('shop_id').notNull(), offers: integer().notNull() },
  query: sql`
    select p.id, p.shop_id, (select count(*)::integer from ${offers} o where o.product_id = p.id) as offers
    from ${products} p`,
  depends: [on(products, { key: products.id }), on(offers, { key: offers.productId })],
  rowPolicy: (t) => sql`${t.shopId} = current_setting('app.shop', true)`,
})

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
  await installShop(db.sql)
  await db.sql.unsafe(viewMigration([own]))
}, 30_000)
afterAll(() => db[Symbol.asyncDispose]())
beforeEach(async () => {
  await emptyShop(db.sql)
  await db.sql`
    insert into products (id, shop_id, title)
    select 'p' || i, 's' || i % 3, 'product ' || i from generate_series(10, 39) i`
  await db.sql`insert into offers select i, 'p' || i, i from generate_series(10, 39) i`
  await rebuild(db.sql, own)
  await rebuild(db.sql, catalog)
  await refresh(db.sql, insights)
})

test('health tells the rows of a view that the planner has not looked at yet', async () => {
  for (const [view, rows] of [
    [own, 30],
    [insights, 3],
  ] as const) {
    expect(await viewHealth(db.sql, view)).toMatchObject({ rows })
  }
})

test('a role that the policy restricts sees no foreign row, stored or computed, and cannot write', async () => {
  // roles belong to the server, not to the database
  const name = `shopkeeper_${crypto.randomUUID().replaceAll('-', '')}`
  const shopkeeper = db.sql(name)
  await db.sql`create role ${shopkeeper}`
  await db.sql`grant select on own, own_source, products, offers, live_view_dirty, live_view_status to ${shopkeeper}`
  await db.sql.unsafe(`
    alter table products enable row level security;
    create policy rows on products for select using (shop_id = current_setting('app.shop', true))`)
  await db.sql`update products set title = 'x' where id in ('p10', 'p11', 'p12')`
  const client = db.connect(1)
  const orm = drizzle(client)
  await client`set role ${client(name)}`
  const shops = async (want: 'any' | 'strict') => {
    const { rows, source } = await readView(orm, own, want, (view) => view.select().from(own.table))
    return { source, rows: rows.length, shops: [...new Set(rows.map(({ shopId }) => shopId))] }
  }
  expect(await shops('any')).toEqual({ source: 'stored', rows: 0, shops: [] })
  await client`set app.shop = 's1'`
  expect(await shops('any')).toEqual({ source: 'stored', rows: 10, shops: ['s1'] })
  expect(await shops('strict')).toEqual({ source: 'overlay', rows: 10, shops: ['s1'] })
  await expect(client`delete from own`).rejects.toThrow('permission denied')
  await client`reset role`
  await db.sql.unsafe('drop policy rows on products; alter table products disable row level security')
  await db.sql`drop owned by ${shopkeeper}`
  await db.sql`drop role ${shopkeeper}`
})

test('a reader waits at no step of an apply, a rebuild or a refresh', async () => {
  const reader = db.connect(1)
  await reader`set lock_timeout = 1`
  let reads = 0
  const client = steppedClient(db.connect(1), async () => {
    await reader`select from catalog`
    await reader`select from insights`
    reads += 1
  })
  await db.sql`update products set title = title || '!'`
  await applyChunk(client, catalog)
  await rebuild(client, catalog)
  await db.sql`delete from products where id = 'p10'`
  await refresh(client, insights)
  expect(reads).toBeGreaterThan(15)
})

/** Walks over all keys once. */
async function auditAll(): Promise<readonly Audit[]> {
  const audits: Audit[] = []
  for (let after: string | null = null, first = true; first || after !== null; first = false) {
    const audit: Audit = await auditView(db.sql, catalog, { after, keys: 7 })
    audits.push(audit)
    after = audit.next
  }
  return audits
}

test('an audit walks over every key, finds rows that are wrong, surplus or missing, and has them mended', async () => {
  expect((await auditAll()).map(({ sampled, drifted }) => [sampled, drifted.length])).toEqual([
    [7, 0],
    [7, 0],
    [7, 0],
    [7, 0],
    [2, 0],
  ])
  await db.sql`update catalog set title = 'forged' where id = 'p15'`
  await db.sql`delete from catalog where id = 'p20'`
  await db.sql`insert into catalog (id, shop_id, title, details, offer_count) values ('p99', 's1', 'ghost', '{}', 0)`
  // pending, so not drifted
  await db.sql`update products set title = 'new' where id = 'p30'`
  expect((await auditAll()).flatMap(({ drifted }) => drifted)).toEqual(['p15', 'p20', 'p99'])
  await applyChunk(db.sql, catalog)
  expect(await difference(db.sql)).toEqual([])
  expect((await auditAll()).flatMap(({ drifted }) => drifted)).toEqual([])
  const { drift } = await viewHealth(db.sql, catalog)
  expect(drift).toEqual({ sampled: 30 + 31 + 30, drifted: 3, lastAt: expect.any(Date) })
})

test('a keeper that audits mends a forged row by itself, and counts it', async () => {
  await db.sql`update catalog set title = 'forged' where id = 'p25'`
  const drifted: string[] = []
  await using keeper = keepViewsFresh({
    sql: db.connect(4),
    views: [catalog, insights],
    audit: { everyMs: 10, keys: 7, onAudit: (audit) => drifted.push(...audit.drifted) },
  })
  await expect.poll(() => drifted).toEqual(['p25'])
  await keeper.idle()
  expect(await difference(db.sql)).toEqual([])
})

test('the health of a view tells its lag, its size, what it took and how often it failed', async () => {
  await db.sql`analyze catalog`
  await db.sql`update products set title = 'new' where id = 'p30'`
  await db.sql`insert into live_view_history (view, what, duration_ms, error) values ('catalog', 'failure', 1, 'broken')`
  expect(await viewHealth(db.sql, catalog)).toEqual({
    view: 'catalog',
    strategy: 'realtime',
    mode: 'applying',
    why: expect.any(String),
    version: expect.any(Number),
    drift: { sampled: expect.any(Number), drifted: expect.any(Number), lastAt: expect.any(Date) },
    stale: true,
    lagMs: expect.any(Number),
    pending: 1,
    asOf: expect.any(Date),
    rows: 30,
    lastAppliedAt: expect.any(Date),
    lastDurationMs: expect.any(Number),
    failures: 0,
    error: null,
    history: { runs: 2, failed: 1, medianMs: expect.any(Number), p99Ms: expect.any(Number) },
  })
})

test('an audit is put off while the whole view is dirty', async () => {
  await db.sql`truncate offers`
  expect(await auditView(db.sql, catalog, { after: 'p12' })).toEqual({
    view: 'catalog',
    sampled: 0,
    drifted: [],
    next: 'p12',
  })
})
