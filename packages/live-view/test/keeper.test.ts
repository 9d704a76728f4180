import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { applyChunk } from '../src/apply.ts'
import { freshness, keepViewsFresh, rebuild, type Applied, type KeepViewsFreshOptions } from '../src/index.ts'
import { openDatabase, type TestDatabase } from './postgres-server.ts'
import { catalog, difference, emptyShop, insights, installShop } from './shop.ts'

const LOCK_CLASS = 0x4c56

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
  await installShop(db.sql)
}, 30_000)
afterAll(() => db[Symbol.asyncDispose]())
beforeEach(() => emptyShop(db.sql))

function keep(options: Partial<KeepViewsFreshOptions> = {}) {
  return keepViewsFresh({ sql: db.sql, views: [catalog], ...options })
}

async function fillShop(productCount: number): Promise<void> {
  await db.sql`insert into makers select i, 'maker ' || i from generate_series(0, 9) i`
  await db.sql`
    insert into products (id, shop_id, maker_id, title)
    select 'p' || i, 's' || i % 3, i % 10, 'product ' || i from generate_series(1, ${productCount}::int) i`
  await db.sql`insert into offers select i, 'p' || i, i from generate_series(1, ${productCount}::int) i`
}

/** Writers may run into each other's deletes; that is no concern of a view. */
function lostRace(error: unknown): void {
  const code = error instanceof postgres.PostgresError ? error.code : undefined
  if (code !== '23503' && code !== '40P01') throw error
}

test('with two appliers and eight writers, view and query are equal once nothing is pending', async () => {
  await fillShop(60)
  // Raises, and so is recorded as a failure, if two appliers ever write at once.
  await db.sql.unsafe(`
    create function one_applier() returns trigger language plpgsql as $$
    begin
      if not pg_try_advisory_xact_lock(77, 77) then raise 'two appliers at once'; end if;
      return null;
    end $$;
    create trigger one_applier before insert on catalog for each statement execute function one_applier()`)
  {
    await using first = keep({ sql: db.connect(3) })
    await using second = keep({ sql: db.connect(3) })
    const writer = async (n: number) => {
      for (let i = 0; i < 25; i += 1) await step(n, i).catch(lostRace)
    }
    const step = async (n: number, i: number) => {
      const product = `p${(n * 7 + i * 13) % 70}`
      const other = `p${(n * 11 + i * 3) % 60}`
      await db.sql`insert into products (id, shop_id, title) values (${product}, 's1', ${`by ${n}`}) on conflict (id) do update set title = excluded.title`
      await db.sql`update offers set product_id = (select id from products where id = ${other}), price = price + 1 where id = ${1 + ((n + i) % 60)}`
      if (i % 5 === 0) await db.sql`update makers set name = ${`m${n}-${i}`} where id = ${i % 10}`
      if (i % 9 === 0) await db.sql`delete from products where id = ${other}`
    }
    await Promise.all(Array.from({ length: 8 }, (_, n) => writer(n)))
    await Promise.all([first.idle(), second.idle()])
  }
  expect(await difference(db.sql)).toEqual([])
  const [status] = await db.sql`select failures, error from live_view_status where view = 'catalog'`
  expect(status).toEqual({ failures: 0, error: null })
  expect(await db.sql`select from live_view_history where what = 'failure'`).toHaveLength(0)
  await db.sql`drop trigger one_applier on catalog`
}, 20_000)

test('the event names the rows that really changed, and their tenants before and after', async () => {
  await fillShop(4)
  const events: Applied[] = []
  await using keeper = keep({ onApplied: (event) => events.push(event) })
  await keeper.idle()
  events.length = 0
  await db.sql`update products set shop_id = 's9' where id = 'p1'`
  await keeper.idle()
  // dirty, but computed to be as it was
  await db.sql`update offers set price = 999 where id = 2`
  await db.sql`update offers set price = 2 where id = 2`
  await db.sql`update products set title = title where id = 'p3'`
  await keeper.idle()
  const rows = events.filter(({ keys }) => keys[0] !== 'p2')
  expect(rows).toEqual([
    {
      view: 'catalog',
      keys: ['p1'],
      tenants: ['s1', 's9'],
      durationMs: expect.any(Number),
      version: expect.any(Number),
    },
  ])
})

test('a dimension fans out to its rows, a vanished row leaves the view, truncate empties it', async () => {
  await fillShop(20)
  await using keeper = keep()
  await db.sql`update makers set name = 'renamed' where id = 3`
  await db.sql`update products set state = 'deleted' where id = 'p1'`
  await keeper.idle()
  expect(await difference(db.sql)).toEqual([])
  expect(await db.sql`select from catalog where maker = 'renamed'`).toHaveLength(2)
  expect(await db.sql`select from catalog`).toHaveLength(19)
  await db.sql`truncate products cascade`
  await keeper.idle()
  expect(await db.sql`select from catalog`).toHaveLength(0)
})

test('a bulk load of more keys than one transaction takes is applied in parts', async () => {
  const events: Applied[] = []
  await using keeper = keep({ onApplied: (event) => events.push(event) })
  await fillShop(5_000)
  await keeper.idle()
  expect(await difference(db.sql)).toEqual([])
  for (const { keys } of events) expect(keys.length).toBeLessThanOrEqual(2_000)
  expect(events.length).toBeGreaterThanOrEqual(3)
}, 20_000)

test('past a sixth of a large view it is rebuilt, and only rows that differ are written', async () => {
  await fillShop(10_500)
  await rebuild(db.sql, catalog)
  await db.sql`analyze catalog`
  await db.sql`update products set title = title || '!' where id <> 'p1'`
  await using keeper = keep()
  await keeper.idle()
  expect(await difference(db.sql)).toEqual([])
  const history = await db.sql`select what from live_view_history where view = 'catalog' order by id desc limit 1`
  expect(history[0]).toEqual({ what: 'rebuild' })
  const [untouched] = await db.sql`select xmin::text as xmin from catalog where id = 'p1'`
  await rebuild(db.sql, catalog)
  expect((await db.sql`select xmin::text as xmin from catalog where id = 'p1'`)[0]).toEqual(untouched)
}, 20_000)

describe('when things go wrong', () => {
  test('an applier killed between its reads and its commit leaves the log as it was, and another applies it', async () => {
    await fillShop(3)
    // Holds the applier in the middle of its transaction: its insert waits for this lock.
    const gate = await db.sql.reserve()
    await gate`begin`
    await gate`lock table catalog in share row exclusive mode`
    const warnings: string[] = []
    await using keeper = keep({ sql: db.connect(3), log: { warn: (message) => warnings.push(message) } })
    const applier = async () => {
      const [row] = await db.sql<{ pid: number }[]>`
        select pid from pg_locks
        where locktype = 'advisory' and classid = ${LOCK_CLASS} and granted
          and database = (select oid from pg_database where datname = current_database())`
      return row?.pid
    }
    await expect.poll(applier).toBeTypeOf('number')
    await db.sql`select pg_terminate_backend(${(await applier()) ?? 0})`
    await expect.poll(() => warnings.length).toBeGreaterThan(0)
    expect((await freshness(db.sql, catalog)).stale).toBe(true)
    await gate`rollback`
    gate.release()
    await keeper.idle()
    expect(await difference(db.sql)).toEqual([])
  })

  test('a failing view keeps its log, says why, and recovers by itself', async () => {
    await fillShop(3)
    await db.sql`alter table catalog add constraint broken check (title <> 'product 2')`
    await using keeper = keep()
    const status = async () => (await db.sql`select failures, error from live_view_status where view = 'catalog'`)[0]
    await expect.poll(status).toMatchObject({ error: expect.stringContaining('broken') })
    expect((await freshness(db.sql, catalog)).stale).toBe(true)
    await db.sql`alter table catalog drop constraint broken`
    await keeper.idle()
    expect(await status()).toEqual({ failures: 0, error: null })
    expect(await difference(db.sql)).toEqual([])
  })

  test('while another process applies a view, this one leaves it alone', async () => {
    await fillShop(3)
    const holder = await db.sql.reserve()
    await holder`begin`
    await holder`select pg_advisory_xact_lock(${LOCK_CLASS}, hashtext('catalog'))`
    const events: Applied[] = []
    await using keeper = keep({ views: [catalog, insights], onApplied: (event) => events.push(event) })
    await expect.poll(() => events.map(({ view }) => view)).toEqual(['insights'])
    expect(await rebuild(db.sql, catalog)).toBeUndefined()
    await holder`rollback`
    holder.release()
    await keeper.idle()
    expect(await difference(db.sql)).toEqual([])
  })

  test('a listener whose connection is lost listens again', async () => {
    const sql = db.connect(3)
    await using keeper = keep({ sql })
    await keeper.idle()
    const listeners = () => db.sql<{ pid: number }[]>`
      select pid from pg_stat_activity where datname = current_database() and query ilike 'listen%'`
    await expect.poll(listeners).toHaveLength(1)
    const [before] = await listeners()
    await db.sql`select pg_terminate_backend(${before?.pid ?? 0})`
    await expect.poll(async () => (await listeners()).map(({ pid }) => pid !== before?.pid)).toEqual([true])
  })

  test('a process of another release leaves the view alone and says so', async () => {
    await fillShop(3)
    const warnings: string[] = []
    await using keeper = keep({ views: [{ ...catalog, version: 2 }], log: { warn: (text) => warnings.push(text) } })
    await expect.poll(() => warnings).toEqual([expect.stringContaining('another definition')])
    expect((await freshness(db.sql, catalog)).stale).toBe(true)
    await expect(keeper.idle({ signal: AbortSignal.timeout(100) })).rejects.toThrow('timeout')
  })

  test('an applier of another release that was about to start writes nothing and keeps the log', async () => {
    await fillShop(3)
    expect(await applyChunk(db.sql, { ...catalog, version: 2 })).toEqual({ state: 'busy' })
    expect(await rebuild(db.sql, { ...catalog, version: 2 })).toBeUndefined()
    expect(await db.sql`select from catalog`).toHaveLength(0)
    expect((await freshness(db.sql, catalog)).stale).toBe(true)
  })

  test('stopping ends the keeper, its connection and its waiters', async () => {
    const sql = db.connect(3)
    const stop = new AbortController()
    const keeper = keep({ sql, signal: stop.signal, views: [{ ...catalog, version: 2 }] })
    await fillShop(1)
    const waiting = expect(keeper.idle()).rejects.toMatchObject({ code: 'keeper_stopped' })
    stop.abort()
    await waiting
    await keeper[Symbol.asyncDispose]()
    const listening =
      await db.sql`select from pg_stat_activity where datname = current_database() and query ilike 'listen%'`
    expect(listening).toHaveLength(0)
  })
})

async function refreshes(): Promise<number> {
  return (await db.sql`select from live_view_history where view = 'insights' and what = 'refresh'`).length
}

describe('an event view', () => {
  test('takes in a burst of writes by one refresh, though two processes watch', async () => {
    const events: Applied[] = []
    const onApplied = (event: Applied) => events.push(event)
    // A burst in one instant: debounced, however slow the machine.
    await db.sql.begin(async (tx) => {
      for (let i = 0; i < 20; i += 1) await tx`insert into products (id, shop_id, title) values (${`q${i}`}, 's1', 'x')`
    })
    {
      await using first = keep({ sql: db.connect(3), views: [insights], onApplied })
      await using second = keep({ sql: db.connect(3), views: [insights], onApplied })
      await Promise.all([first.idle(), second.idle()])
      expect(await db.sql`select * from insights`).toEqual([{ shop_id: 's1', products: 20 }])
    }
    expect(await refreshes()).toBe(1)
    expect(events).toHaveLength(1)
  })

  test('is refreshed at the latest after its cap, though writes go on', async () => {
    await using keeper = keep({ views: [insights] })
    await keeper.idle()
    for (let i = 0; (await refreshes()) === 0; i += 1) {
      expect(i).toBeLessThan(2_000)
      await db.sql`insert into products (id, shop_id, title) values (${`c${i}`}, 's1', 'x')`
    }
    await keeper.idle()
    expect((await db.sql`select products from insights`)[0]).toEqual({
      products: (await db.sql`select from products`).length,
    })
  })

  test('a refresh that fails leaves its log', async () => {
    await db.sql`insert into products (id, shop_id, title) values ('x', 's1', 'x')`
    const blocker = await db.sql.reserve()
    await blocker`begin`
    // holds the lock that a refresh needs
    await blocker`refresh materialized view concurrently insights`
    await using keeper = keep({ views: [insights] })
    const error = async () => (await db.sql`select error from live_view_status where view = 'insights'`)[0]?.['error']
    await expect.poll(error, { timeout: 8_000 }).toContain('lock timeout')
    expect((await freshness(db.sql, insights)).pending).toBe(1)
    await blocker`rollback`
    blocker.release()
    await keeper.idle()
    expect(await refreshes()).toBe(1)
  }, 15_000)

  test('reads on while it is refreshed', async () => {
    const refresher = await db.sql.reserve()
    await refresher`begin`
    await refresher`refresh materialized view concurrently insights`
    expect(await db.sql`select * from insights`).toEqual([])
    await refresher`rollback`
    refresher.release()
  })
})

test('the stored table is read typed, with Drizzle on the same client', async () => {
  const sql = db.connect(4)
  const orm = drizzle(sql)
  await fillShop(2)
  await using keeper = keep({ sql })
  await keeper.idle()
  const rows = await orm.select().from(catalog.table).where(eq(catalog.table.shopId, 's1'))
  expect(rows).toEqual([
    { id: 'p1', shopId: 's1', title: 'product 1', maker: 'maker 1', details: {}, offerCount: 1, lowest: '1.00' },
  ])
  expect((await freshness(sql, catalog)).asOf).toBeInstanceOf(Date)
})
