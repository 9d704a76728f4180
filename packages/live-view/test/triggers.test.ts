import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openDatabase, type TestDatabase } from './postgres-server.ts'
import { emptyShop, installShop } from './shop.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
  await installShop(db.sql)
}, 30_000)
afterAll(() => db[Symbol.asyncDispose]())
beforeEach(async () => {
  await emptyShop(db.sql)
  await db.sql`insert into makers values (1, 'Ada'), (2, 'Bo')`
  await db.sql`insert into products (id, shop_id, maker_id, title) values ('a', 's1', 1, 'A'), ('b', 's1', 2, 'B'), ('c', 's2', null, 'C')`
  await db.sql`insert into offers values (1, 'a', 10), (2, 'a', 11), (3, 'b', 12), (4, null, 13)`
  await db.sql`truncate live_view_dirty`
})

/** What the log says, in words: `view:kind:key`. */
async function logged(): Promise<readonly string[]> {
  const rows = await db.sql<{ view: string; kind: number; key: string }[]>`select view, kind, key from live_view_dirty`
  return rows.map(({ view, kind, key }) => `${view}:${kind}:${key}`).toSorted()
}

test('an insert of many rows logs each key once', async () => {
  await db.sql`insert into offers select i, case when i % 2 = 0 then 'a' else 'b' end, 1 from generate_series(10, 60) i`
  expect(await logged()).toEqual(['catalog:0:a', 'catalog:0:b'])
})

test('a row that moves to another key makes both dirty', async () => {
  await db.sql`update offers set product_id = 'c' where id = 1`
  expect(await logged()).toEqual(['catalog:0:a', 'catalog:0:c'])
})

test('a row that joins or leaves a key by null makes that key dirty', async () => {
  await db.sql`update offers set product_id = 'c' where id = 4`
  await db.sql`update offers set product_id = null where id = 3`
  expect(await logged()).toEqual(['catalog:0:b', 'catalog:0:c'])
})

test('a row whose primary key changes makes its key dirty', async () => {
  await db.sql`update offers set id = 99 where id = 3`
  await db.sql`update products set id = 'd' where id = 'c'`
  expect(await logged()).toEqual(['catalog:0:b', 'catalog:0:c', 'catalog:0:d', 'insights:-1:'])
})

test('an update of columns that the view does not read logs nothing', async () => {
  await db.sql`update offers set note = 'new'`
  await db.sql`update makers set motto = 'new'`
  await db.sql`update offers set price = price`
  expect(await logged()).toEqual([])
})

test('an update of a watched column logs the rows it changed only', async () => {
  await db.sql`update offers set price = case id when 1 then 10.00 else price + 1 end`
  expect(await logged()).toEqual(['catalog:0:a', 'catalog:0:b'])
  await db.sql`truncate live_view_dirty`
  await db.sql`update offers set price = case id when 3 then 99 else price end`
  expect(await logged()).toEqual(['catalog:0:b'])
})

test('an update that makes a view dirty as a whole logs it once, and not when a savepoint takes it back', async () => {
  await db.sql`update products set state = 'sold'`
  expect(await logged()).toEqual(['catalog:0:a', 'catalog:0:b', 'catalog:0:c', 'insights:-1:'])
  await db.sql`truncate live_view_dirty`
  await db.sql.begin(async (tx) => {
    await tx`savepoint before`
    await tx`update products set state = 'live'`
    await tx`rollback to before`
    await tx`update products set title = 'new' where id = 'a'`
  })
  expect(await logged()).toEqual(['catalog:0:a'])
})

test('a row that the views show nothing of logs nothing until it is one of theirs, and once when it is no longer', async () => {
  await db.sql`insert into products (id, shop_id, title, state) values ('h', 's1', 'H', 'deleted')`
  await db.sql`update products set title = 'h', shop_id = 's2' where id = 'h'`
  expect(await logged()).toEqual([])
  await db.sql`update products set state = 'live' where id = 'h'`
  expect(await logged()).toEqual(['catalog:0:h', 'insights:-1:'])
  await db.sql`truncate live_view_dirty`
  await db.sql`update products set state = 'deleted' where id = 'h'`
  expect(await logged()).toEqual(['catalog:0:h', 'insights:-1:'])
  await db.sql`truncate live_view_dirty`
  await db.sql`delete from products where id = 'h'`
  expect(await logged()).toEqual([])
})

test('of many rows that come and go at once, those that the views show are logged', async () => {
  await db.sql`
    insert into products (id, shop_id, title, state)
    select 'n' || i, 's1', 'N', case when i % 2 = 0 then 'sold' else 'deleted' end from generate_series(1, 4) i`
  expect(await logged()).toEqual(['catalog:0:n2', 'catalog:0:n4', 'insights:-1:'])
  await db.sql`truncate live_view_dirty`
  await db.sql`delete from products where id in ('n1', 'n2', 'n3')`
  expect(await logged()).toEqual(['catalog:0:n2', 'insights:-1:'])
})

test('a change to a dimension logs one row, to be fanned out later', async () => {
  await db.sql`update makers set name = 'Adah' where id = 1`
  expect(await logged()).toEqual(['catalog:3:1'])
})

test('a delete logs its keys, and so does what it cascades to', async () => {
  await db.sql`delete from products where id = 'a'`
  expect(await logged()).toEqual(['catalog:0:a', 'catalog:0:a', 'insights:-1:'])
})

test('truncate makes every view that reads the table dirty as a whole', async () => {
  await db.sql`truncate offers`
  expect(await logged()).toEqual(['catalog:-1:'])
})

test('a statement that touches no row, and a transaction rolled back, log nothing', async () => {
  await db.sql`update products set title = 'x' where id = 'none'`
  await db.sql`delete from offers where id = -1`
  await db.sql`insert into offers select 1, 'a', 1 where false`
  const undone = db.sql.begin(async (tx) => {
    await tx`update products set title = 'x'`
    throw new Error('undo')
  })
  await expect(undone).rejects.toThrow('undo')
  expect(await logged()).toEqual([])
})

test('an upsert logs what it inserts and what it updates', async () => {
  await db.sql`
    insert into products (id, shop_id, title) values ('a', 's1', 'A2'), ('z', 's1', 'Z')
    on conflict (id) do update set title = excluded.title`
  expect(await logged()).toEqual(['catalog:0:a', 'catalog:0:z', 'insights:-1:'])
})

test('a writer needs no right on the log, and its search_path decides nothing', async () => {
  // roles belong to the server, not to the database
  const clerk = db.sql(`clerk_${crypto.randomUUID()}`)
  await db.sql`create role ${clerk}`
  await db.sql`grant insert, update, select on offers to ${clerk}`
  await db.sql`create schema if not exists decoy`
  await db.sql`create table if not exists decoy.live_view_dirty (view text, kind smallint, key text)`
  await db.sql.begin(async (tx) => {
    await tx`set local role ${clerk}`
    await tx`set local search_path = decoy`
    await tx`insert into public.offers values (50, 'a', 1)`
    await tx`update public.offers set price = 2 where id = 50`
  })
  await db.sql`drop owned by ${clerk}`
  await db.sql`drop role ${clerk}`
  expect(await logged()).toEqual(['catalog:0:a', 'catalog:0:a'])
})

test('a writer does not notify while an applier has promised to poll, and does when it first makes a view dirty', async () => {
  const heard: string[] = []
  const listener = db.connect(1)
  await listener.listen('live_view', (payload) => heard.push(payload))
  const settle = () => expect.poll(() => heard.includes('done')).toBe(true)
  await db.sql`update live_view_wake set awake_until = clock_timestamp() + interval '1 hour'`
  await db.sql`update products set title = title || '!'`
  await db.sql.notify('live_view', 'done')
  await settle()
  expect(heard).toEqual(['done'])

  heard.length = 0
  await db.sql`truncate live_view_dirty`
  await db.sql`update live_view_wake set awake_until = '-infinity'`
  await db.sql`update offers set price = price + 1`
  await db.sql`update offers set price = price + 1`
  await db.sql.notify('live_view', 'done')
  await settle()
  expect(heard).toEqual(['', 'done'])
})
