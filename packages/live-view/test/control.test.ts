import { drizzle } from 'drizzle-orm/postgres-js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { applyChunk } from '../src/apply.ts'
import {
  freshness,
  keepViewsFresh,
  pauseView,
  readView,
  rebuild,
  refresh,
  refreshTenant,
  resumeView,
  viewHealth,
  viewMigration,
  watchView,
  type Applied,
  type Change,
} from '../src/index.ts'
import { openDatabase, type TestDatabase } from './postgres-server.ts'
import { catalog, difference, emptyShop, insights, installShop } from './shop.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
  await installShop(db.sql)
}, 30_000)
afterAll(() => db[Symbol.asyncDispose]())
beforeEach(async () => {
  await emptyShop(db.sql)
  await db.sql`
    insert into products (id, shop_id, title)
    select 'p' || i, 's' || i % 3, 'product ' || i from generate_series(10, 39) i`
  await rebuild(db.sql, catalog)
  await refresh(db.sql, insights)
})

async function rename(id: string, title: string): Promise<void> {
  await db.sql`update products set title = ${title} where id = ${id}`
}

/** The next change; undefined when the watcher ends. */
async function next(watcher: AsyncGenerator<Change>): Promise<Change | undefined> {
  const { value } = await watcher.next()
  return value as Change | undefined
}

test('no applier touches a paused view, strict reads still see every write, and resuming catches up', async () => {
  await using keeper = keepViewsFresh({ sql: db.connect(4), views: [catalog, insights] })
  await keeper.idle()
  await pauseView(db.sql, catalog)
  await rename('p10', 'while paused')
  expect(await applyChunk(db.sql, catalog)).toEqual({ state: 'busy' })
  expect(await rebuild(db.sql, catalog)).toBeUndefined()
  await keeper.idle()
  expect(await freshness(db.sql, catalog)).toMatchObject({ stale: true, pending: 1 })
  expect(await viewHealth(db.sql, catalog)).toMatchObject({ mode: 'paused' })
  const strict = await readView(drizzle(db.sql), catalog, 'strict', (view) => view.select().from(catalog.table))
  expect(strict).toMatchObject({ source: 'overlay', met: true })
  expect(strict.rows.find(({ id }) => id === 'p10')?.title).toBe('while paused')
  await resumeView(db.sql, catalog)
  await keeper.idle()
  expect(await difference(db.sql)).toEqual([])
}, 20_000)

test('refreshing a tenant mends its forged, lost and ghostly rows, and leaves the others', async () => {
  await db.sql`update catalog set title = 'forged' where id in ('p12', 'p13')`
  await db.sql`delete from catalog where id = 'p15'`
  await db.sql`insert into catalog (id, shop_id, title, details, offer_count) values ('p99', 's0', 'ghost', '{}', 0)`
  expect(await refreshTenant(db.sql, catalog, 's0')).toBe(11)
  await applyChunk(db.sql, catalog)
  expect((await difference(db.sql)).map((row) => (row as { id: string }).id)).toEqual(['p13', 'p13'])
  await refreshTenant(db.sql, insights, 's0')
  expect(await freshness(db.sql, insights)).toMatchObject({ stale: true, pending: 1 })
})

test('an applied batch raises the version by one and sends one notification, one without changed rows does neither', async () => {
  const heard: unknown[] = []
  const { unlisten } = await db.sql.listen('live_view_changed', (payload) => heard.push(JSON.parse(payload)))
  const { version } = await viewHealth(db.sql, catalog)
  await db.sql`update products set title = 'new' where id in ('p10', 'p11')`
  const first = await applyChunk(db.sql, catalog)
  await db.sql`insert into live_view_dirty (view, kind, key) values ('catalog', 0, 'p12')`
  const second = await applyChunk(db.sql, catalog)
  await db.sql`update products set title = repeat('x', 10) || id`
  const third = await rebuild(db.sql, catalog)
  const versions = [first, second].map((outcome) => (outcome.state === 'applied' ? outcome.applied.version : undefined))
  expect([...versions, third?.version]).toEqual([version + 1, version + 1, version + 2])
  await expect.poll(() => heard.length).toBe(2)
  expect(heard[0]).toEqual({ view: 'catalog', version: version + 1, keys: ['p10', 'p11'], tenants: ['s1', 's2'] })
  await db.sql`update products set id = id || repeat('k', 300)`
  await applyChunk(db.sql, catalog)
  await expect.poll(() => heard[2]).toMatchObject({ version: version + 3, keys: 'many', tenants: ['s0', 's1', 's2'] })
  await unlisten()
})

test('a watcher is woken by a change, gets what it slept through as one, and is told of other tenants nothing', async () => {
  const end = new AbortController()
  const { version } = await viewHealth(db.sql, catalog)
  const watcher = watchView(db.sql, catalog, { after: version, tenant: 's1', signal: end.signal })
  const waiting = next(watcher)
  await rename('p11', 'of s2')
  await applyChunk(db.sql, catalog)
  await rename('p10', 'of s1')
  await applyChunk(db.sql, catalog)
  expect(await waiting).toMatchObject({
    view: 'catalog',
    version: version + 2,
    tenants: expect.arrayContaining(['s1']),
  })
  for (const id of ['p13', 'p16', 'p13']) {
    await rename(id, `${id} ${Math.random()}`)
    await applyChunk(db.sql, catalog)
  }
  expect(await next(watcher)).toEqual({ view: 'catalog', version: version + 5, keys: ['p13', 'p16'], tenants: ['s1'] })
  const last = next(watcher)
  end.abort()
  expect(await last).toBeUndefined()
})

test('a watcher whose past is not kept any more is told that many rows changed', async () => {
  const { version } = await viewHealth(db.sql, catalog)
  await rename('p10', 'new')
  await applyChunk(db.sql, catalog)
  await rename('p10', 'newer')
  await applyChunk(db.sql, catalog)
  const many = { view: 'catalog', version: version + 2, keys: 'many', tenants: 'many' }
  const first = async (after: number) => {
    for await (const change of watchView(db.sql, catalog, { after })) return change
    return undefined
  }
  await db.sql`delete from live_view_change where view = 'catalog' and version <= ${version + 1}`
  expect(await first(version)).toEqual(many)
  expect(await first(version + 9)).toEqual(many)
  expect(await first(version + 1)).toEqual({ ...many, keys: ['p10'], tenants: ['s1'] })
})

test('a watcher whose listening connection was killed learns of what changed meanwhile', async () => {
  const client = db.connect(3)
  const end = new AbortController()
  const watcher = watchView(client, catalog, { signal: end.signal })
  const waiting = next(watcher)
  const listener = () => db.sql`
    select pid from pg_stat_activity where query ilike 'listen%live_view_changed%' and datname = current_database()`
  await expect.poll(async () => (await listener()).length).toBeGreaterThan(0)
  await db.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where query ilike 'listen%live_view_changed%' and datname = current_database()`
  await rename('p10', 'unheard')
  await applyChunk(db.sql, catalog)
  expect(await waiting).toMatchObject({ keys: ['p10'] })
  end.abort()
  await watcher.return(undefined)
}, 15_000)

test('the changes that are kept are bounded', async () => {
  const { version } = await viewHealth(db.sql, catalog)
  await db.sql`
    insert into live_view_change (view, version) select 'catalog', ${version}::bigint - i from generate_series(1, 1500) i
    on conflict do nothing`
  await rename('p10', 'new')
  await applyChunk(db.sql, catalog)
  const [kept] = await db.sql`select count(*)::int as kept from live_view_change where view = 'catalog'`
  expect(kept).toEqual({ kept: 1_000 })
})

test('tables of an older release are brought up by a migration of their own, once, and keep their rows', async () => {
  const full = viewMigration([catalog, insights])
  const older = full.replaceAll(/live views, tables \d+/g, '')
  const upgrade = viewMigration([catalog, insights], { landed: older })
  expect(upgrade).not.toContain("drop('catalog')")
  await db.sql.unsafe(`
    alter table live_view_status drop column paused_at, drop column change_version;
    drop table live_view_change, live_view_audit, live_view_service, live_view_probe`)
  await db.sql.unsafe(upgrade)
  await rename('p10', 'after the upgrade')
  const events: Applied[] = []
  await using keeper = keepViewsFresh({
    sql: db.connect(4),
    views: [catalog],
    onApplied: (event) => events.push(event),
  })
  await keeper.idle()
  expect(events).toMatchObject([{ keys: ['p10'], version: expect.any(Number) }])
  expect(viewMigration([catalog, insights], { landed: older + upgrade })).toBe('')
})
