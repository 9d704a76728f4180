import { drizzle } from 'drizzle-orm/postgres-js'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  committedToken,
  dropViewMigration,
  freshness,
  keepViewsFresh,
  verifyViews,
  viewMigration,
  waitUntilApplied,
  writeToken,
  writeTokenExpression,
} from '../src/index.ts'
import { openDatabase, type TestDatabase } from './postgres-server.ts'
import { catalog, difference, emptyShop, insights, installShop, products } from './shop.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
  await installShop(db.sql)
}, 30_000)
afterAll(() => db[Symbol.asyncDispose]())
beforeEach(() => emptyShop(db.sql))

describe('freshness', () => {
  test('is stale from the commit of a write until the commit of its apply, and says since when', async () => {
    expect(await freshness(db.sql, catalog)).toEqual({ stale: false, lagMs: null, pending: 0, asOf: expect.any(Date) })
    const writer = await db.sql.reserve()
    await writer`begin`
    await writer`insert into products (id, shop_id, title) values ('a', 's1', 'A')`
    expect((await freshness(db.sql, catalog)).stale).toBe(false)
    await writer`commit`
    writer.release()
    await db.sql`insert into products (id, shop_id, title) values ('b', 's1', 'B')`
    const [oldest] = await db.sql<{ ms: number }[]>`
      select (extract(epoch from min(at)) * 1000)::float8 as ms from live_view_dirty where view = 'catalog'`
    const stale = await freshness(db.sql, catalog)
    expect(stale).toMatchObject({ stale: true, pending: 2, asOf: new Date(oldest?.ms ?? 0) })
    expect(stale.lagMs).toBeGreaterThan(0)
    await using keeper = keepViewsFresh({ sql: db.sql, views: [catalog, insights] })
    await keeper.idle()
    expect((await freshness(db.sql, catalog)).stale).toBe(false)
    expect((await freshness(db.sql, insights)).stale).toBe(false)
  })

  test('counts what is pending up to its bound', async () => {
    await db.sql`insert into products (id, shop_id, title) select i::text, 's1', 'x' from generate_series(1, 10100) i`
    expect((await freshness(db.sql, catalog)).pending).toBe(10_000)
  })

  test('of a view that was never installed is an error, not "fresh"', async () => {
    const unknown = { ...catalog, name: 'unknown' }
    await expect(freshness(db.sql, unknown)).rejects.toMatchObject({ code: 'view_not_installed' })
    await expect(waitUntilApplied(db.sql, unknown, '1', { timeoutMs: 10 })).rejects.toMatchObject({
      code: 'view_not_installed',
    })
  })
})

/** Returns the token of the transaction that wrote. */
async function write(id: string): Promise<string> {
  return db.sql.begin(async (tx) => {
    await tx`insert into products (id, shop_id, title) values (${id}, 's1', 'mine')`
    return writeToken(tx)
  })
}

describe('a write token', () => {
  test('lets a writer wait for its own write', async () => {
    await using _ = keepViewsFresh({ sql: db.sql, views: [catalog] })
    for (let i = 0; i < 20; i += 1) {
      const id = `own${i}`
      expect(await waitUntilApplied(db.sql, catalog, await write(id), { timeoutMs: 5_000 })).toBe(true)
      expect(await db.sql`select id from catalog where id = ${id}`).toEqual([{ id }])
    }
  })

  test('says false when nobody applies in time, and true at once for a transaction that wrote nothing here', async () => {
    const idle = await db.sql.begin((tx) => writeToken(tx))
    expect(await waitUntilApplied(db.sql, catalog, await write('late'), { timeoutMs: 20 })).toBe(false)
    expect(await waitUntilApplied(db.sql, catalog, idle, { timeoutMs: 0 })).toBe(true)
  })

  test('of a transaction still under way is not applied, though its rows cannot be seen', async () => {
    const writer = await db.sql.reserve()
    await writer`begin`
    await writer`insert into products (id, shop_id, title) values ('open', 's1', 'x')`
    const token = await writeToken(writer)
    expect(await waitUntilApplied(db.sql, catalog, token, { timeoutMs: 0 })).toBe(false)
    await writer`rollback`
    writer.release()
    expect(await waitUntilApplied(db.sql, catalog, token, { timeoutMs: 0 })).toBe(true)
  })

  test('stands for every write that was committed before it, so that the highest is enough', async () => {
    const [first, second] = [await write('one'), await write('two')]
    await db.sql`delete from live_view_dirty where key = 'two'`
    expect(Number(second)).toBeGreaterThan(Number(first))
    expect(await waitUntilApplied(db.sql, catalog, second, { timeoutMs: 0 })).toBe(false)
    await db.sql`delete from live_view_dirty where key = 'one'`
    await write('later')
    expect(await waitUntilApplied(db.sql, catalog, second, { timeoutMs: 0 })).toBe(true)
  })

  test('can be had after the commit, and waits for nobody who is still writing', async () => {
    const writer = await db.sql.reserve()
    await writer`begin`
    await writer`insert into products (id, shop_id, title) values ('open', 's1', 'x')`
    await write('mine')
    const token = await committedToken(db.sql)
    expect(await waitUntilApplied(db.sql, catalog, token, { timeoutMs: 0 })).toBe(false)
    {
      await using keeper = keepViewsFresh({ sql: db.sql, views: [catalog] })
      await keeper.idle()
    }
    expect(await waitUntilApplied(db.sql, catalog, token, { timeoutMs: 0 })).toBe(true)
    await writer`rollback`
    writer.release()
  })

  test('comes from a Drizzle transaction too', async () => {
    const orm = drizzle(db.connect(1))
    const token = await orm.transaction(async (tx) => {
      const [row] = await tx
        .insert(products)
        .values({ id: 'orm', shopId: 's1', title: 'x' })
        .returning({ token: writeTokenExpression })
      return row?.token ?? ''
    })
    expect(await waitUntilApplied(db.sql, catalog, token, { timeoutMs: 0 })).toBe(false)
    await using keeper = keepViewsFresh({ sql: db.sql, views: [catalog] })
    expect(await waitUntilApplied(db.sql, catalog, token, { timeoutMs: 5_000 })).toBe(true)
    await keeper.idle()
  })

  test('that is none is refused, and a wait can be aborted', async () => {
    await expect(waitUntilApplied(db.sql, catalog, '1; drop', { timeoutMs: 0 })).rejects.toMatchObject({
      code: 'token_invalid',
    })
    const waiting = waitUntilApplied(db.sql, catalog, await write('abort'), {
      timeoutMs: 10_000,
      signal: AbortSignal.timeout(10),
    })
    await expect(waiting).rejects.toThrow(/abort/)
  })
})

describe('verification', () => {
  test('finds nothing wrong after the migration', async () => {
    expect(await verifyViews(db.sql, [catalog, insights])).toEqual([])
  })

  test('finds a dropped and a disabled trigger in words, and mends them', async () => {
    await db.sql`drop trigger catalog_dirty_2_update on offers`
    await db.sql`alter table makers disable trigger catalog_dirty_3_update`
    const found = await verifyViews(db.sql, [catalog])
    expect(found.map(({ code, mended }) => ({ code, mended }))).toEqual([
      { code: 'trigger_missing', mended: false },
      { code: 'trigger_missing', mended: false },
    ])
    expect(found[0]?.message).toContain('catalog_dirty_2_update')
    await db.sql`insert into makers values (1, 'Ada')`
    await db.sql`insert into products (id, shop_id, maker_id, title) values ('a', 's1', 1, 'A')`
    await using keeper = keepViewsFresh({ sql: db.sql, views: [catalog] })
    await keeper.idle()
    await db.sql`update makers set name = 'Unnoticed'`
    expect((await verifyViews(db.sql, [catalog], { mend: true })).every(({ mended }) => mended)).toBe(true)
    await keeper.idle()
    expect(await difference(db.sql)).toEqual([])
    expect(await verifyViews(db.sql, [catalog])).toEqual([])
  })

  test('tells another definition from one that is absent', async () => {
    const found = await verifyViews(db.sql, [
      { ...catalog, version: 2 },
      { ...insights, name: 'absent' },
    ])
    expect(found.map(({ code }) => code)).toEqual(['definition_differs', 'not_installed'])
  })
})

test('a migration replaces a changed view, a drop removes it whole, and the keeper fills what is new', async () => {
  await db.sql`insert into products (id, shop_id, title) values ('a', 's1', 'A')`
  const landed = viewMigration([catalog, insights])
  const next = { ...catalog, version: 2 }
  await db.sql.unsafe(viewMigration([next, insights], { landed }))
  expect(await verifyViews(db.sql, [next, insights])).toEqual([])
  expect((await freshness(db.sql, next)).stale).toBe(true)
  {
    await using keeper = keepViewsFresh({ sql: db.sql, views: [next, insights] })
    await keeper.idle()
  }
  expect(await difference(db.sql)).toEqual([])
  await db.sql.unsafe(dropViewMigration(['catalog', 'insights']))
  const left = await db.sql`
    select relname as name from pg_class where relname ~ '^(catalog|insights)'
    union all select proname from pg_proc where proname ~ '^(catalog|insights)'
    union all select tgname from pg_trigger where tgname ~ '^(catalog|insights)'
    union all select view from live_view_status union all select view from live_view_dirty`
  expect(left).toEqual([])
  await db.sql.unsafe(viewMigration([catalog, insights]))
})
