import { sql } from 'drizzle-orm'
import { integer, text } from 'drizzle-orm/pg-core'
import { type Sql } from 'postgres'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { changeView, keepViewsFresh, liveView, on, verifyViews, viewMigration } from '../src/index.ts'
import { openDatabase, type TestDatabase } from './postgres-server.ts'
import { emptyShop, installShop, makers, offers, products } from './shop.ts'

const columns = { id: text().notNull(), title: text().notNull() }
const first = liveView('shelf', {
  version: 1,
  key: 'id',
  columns,
  query: sql`select p.id, p.title from ${products} p`,
  depends: [on(products, { key: products.id })],
  indexes: { by_title: '(title)' },
})
const second = liveView('shelf', {
  version: 2,
  key: 'id',
  columns: { ...columns, maker: text(), offers: integer().notNull() },
  query: sql`
    select p.id, upper(p.title) as title, m.name as maker,
      (select count(*)::integer from ${offers} o where o.product_id = p.id) as offers
    from ${products} p left join ${makers} m on m.id = p.maker_id`,
  depends: [
    on(products, { key: products.id }),
    on(offers, { key: offers.productId, schedule: { everyMs: 60_000 } }),
    on(makers, {
      key: makers.id,
      columns: [makers.name],
      fanout: (keys) => sql`select p.id from ${products} p where p.maker_id = any(${keys})`,
    }),
  ],
  indexes: { by_title: '(title, id)', by_maker: '(maker)' },
  rowPolicy: () => sql`true`,
})

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
  await installShop(db.sql)
}, 30_000)
afterAll(() => db[Symbol.asyncDispose]())
beforeEach(async () => {
  await emptyShop(db.sql)
  await db.sql`insert into makers values (1, 'Ada')`
  await db.sql`
    insert into products (id, shop_id, maker_id, title)
    select 'p' || i, 's1', 1, 'product ' || i from generate_series(1, 3000) i`
  await db.sql.unsafe(viewMigration([first]))
  await using keeper = keepViewsFresh({ sql: db.sql, views: [first] })
  await keeper.idle()
})

async function difference(): Promise<readonly unknown[]> {
  return db.sql`
    (select * from shelf_source except all select * from shelf) union all
    (select * from shelf except all select * from shelf_source)`
}

/** Repeats until told to stop; returns how often it did. */
async function repeat(client: Sql, signal: AbortSignal, step: (client: Sql, i: number) => Promise<void>) {
  let i = 0
  for (; !signal.aborted; i += 1) await step(client, i)
  return i
}

test('a view is changed while a reader always finds all rows and a writer goes on, and is then as if made so', async () => {
  await db.sql`grant select on shelf to public`
  const stop = new AbortController()
  const seen = new Set<string>()
  const reading = repeat(db.connect(1), stop.signal, async (client) => {
    const [row] = await client<{ rows: number; one: string }[]>`
      select count(*)::int as rows, max(title) filter (where id = 'p7') as one from shelf`
    expect(row?.rows).toBe(3000)
    seen.add(row?.one ?? '')
  })
  const writing = repeat(db.connect(1), stop.signal, async (client, i) => {
    await client`update products set title = ${`title ${i}`} where id = ${`p${100 + (i % 50)}`}`
    await client`insert into offers values (${i}, ${`p${1 + (i % 90)}`}, 1)`
    if (i % 10 === 0) await client`update makers set name = ${`Ada ${i}`}`
  })
  // an applier of the old release watches all the while
  await using _ = keepViewsFresh({ sql: db.connect(3), views: [first] })
  await expect.poll(() => seen.size).toBe(1)
  expect(await changeView(db.sql, second)).toBe(true)
  await expect.poll(() => seen.size).toBe(2)
  stop.abort()
  expect(await reading).toBeGreaterThan(1)
  expect(await writing).toBeGreaterThan(1)
  expect([...seen]).toEqual(['product 7', 'PRODUCT 7'])
  expect(await verifyViews(db.sql, [second])).toEqual([])
  {
    await using keeper = keepViewsFresh({ sql: db.connect(3), views: [second] })
    await db.sql`update live_view_dirty set at = at - interval '1 hour'`
    await keeper.idle()
    await expect.poll(difference).toEqual([])
  }
  expect(await db.sql`select has_table_privilege('public', 'shelf', 'select') as granted`).toEqual([{ granted: true }])
  const left = await db.sql`
    select relname as name from pg_class where relname ~ '__next' union all select proname from pg_proc where proname ~ '__next'
    union all select tgname from pg_trigger where tgname ~ '__next' union all select view from live_view_status where view ~ '__next'
    union all select view from live_view_dirty where view ~ '__next' union all select polname from pg_policy where polname ~ '__next'`
  expect(left).toEqual([])
  expect(await changeView(db.sql, second)).toBe(false)
  await db.sql`select live_view_drop('shelf')`
}, 30_000)

test('a change that cannot get its locks changes nothing, and goes on from there later', async () => {
  const writer = await db.sql.reserve()
  await writer`begin`
  await writer`update products set title = 'held' where id = 'p1'`
  const signal = AbortSignal.timeout(700)
  await expect(changeView(db.sql, second, { signal })).rejects.toThrow()
  expect(await verifyViews(db.sql, [first])).toEqual([])
  await writer`commit`
  writer.release()
  expect(await changeView(db.sql, second)).toBe(true)
  expect(await verifyViews(db.sql, [second])).toEqual([])
  await db.sql`select live_view_drop('shelf')`
}, 30_000)

test('a view that is not there, and one that another process is changing, are refused', async () => {
  const absent = { ...second, name: 'absent' }
  await expect(changeView(db.sql, absent)).rejects.toMatchObject({ code: 'view_not_installed' })
  const other = await db.sql.reserve()
  await other`select pg_advisory_lock(${0x4c56}, hashtext('change of shelf'))`
  await expect(changeView(db.sql, second)).rejects.toMatchObject({ code: 'change_busy' })
  await other`select pg_advisory_unlock_all()`
  other.release()
  await db.sql`select live_view_drop('shelf')`
})

test('a change that has been made is not made again by a migration that has landed beside it, here or in a new database', async () => {
  const landed = viewMigration([first])
  expect(await changeView(db.sql, second)).toBe(true)
  const [made] = await db.sql<{ comment: string }[]>`select obj_description('shelf'::regclass) as comment`

  const noted = `${landed}\ncomment on table public.shelf is '${made?.comment}';`
  expect(viewMigration([second], { landed: noted })).toBe('')
  // Where it was not changed beside, the landed text leaves the old view, and the change is made by the same call.
  await db.sql`select live_view_drop('shelf')`
  await db.sql.unsafe(landed)
  expect(await changeView(db.sql, second)).toBe(true)
  expect(await changeView(db.sql, second)).toBe(false)
  expect(await verifyViews(db.sql, [second])).toEqual([])
  await db.sql`select live_view_drop('shelf')`
}, 30_000)
