import * as fc from 'fast-check'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keepViewsFresh, rebuild } from '../src/index.ts'
import { applyChunk } from '../src/apply.ts'
import { openDatabase, type TestDatabase } from './postgres-server.ts'
import { catalog, difference, emptyShop, installShop } from './shop.ts'

const RUNS = 12
const WRITERS = 3

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
  await installShop(db.sql)
}, 30_000)
afterAll(() => db[Symbol.asyncDispose]())

const product = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const maker = fc.integer({ min: 1, max: 3 })
const offer = fc.integer({ min: 1, max: 6 })
const price = fc.integer({ min: 1, max: 3 })

/** One statement of a writer, as SQL text. */
const statement = fc.oneof(
  fc
    .tuple(product, maker)
    .map(
      ([id, by]) =>
        `insert into products (id, shop_id, maker_id, title) values ('${id}', 's', ${by}, 't') on conflict (id) do update set maker_id = excluded.maker_id, state = 'live'`,
    ),
  product.map((id) => `update products set state = 'deleted' where id = '${id}'`),
  fc.tuple(product, price).map(([id, n]) => `update products set title = 't${n}' where id = '${id}'`),
  product.map((id) => `delete from products where id = '${id}'`),
  fc
    .tuple(offer, product, price)
    .map(
      ([id, of, n]) =>
        `insert into offers select ${id}, p.id, ${n} from products p where p.id = '${of}' on conflict (id) do update set product_id = excluded.product_id, price = excluded.price`,
    ),
  fc.tuple(offer, price).map(([id, n]) => `update offers set price = ${n} where id = ${id}`),
  offer.map((id) => `update offers set product_id = null where id = ${id}`),
  fc.tuple(maker, price).map(([id, n]) => `update makers set name = 'm${n}' where id = ${id}`),
  fc.constant('truncate offers'),
)
const transaction = fc.record({
  statements: fc.array(statement, { minLength: 1, maxLength: 3 }),
  commits: fc.boolean(),
})
/** What a second applier does between the writers' transactions; a crash ends it before its commit. */
const interruption = fc.constantFrom('apply', 'rebuild', 'crash', 'nothing')
const schedule = fc.record({
  writers: fc.array(fc.array(transaction, { maxLength: 6 }), { minLength: WRITERS, maxLength: WRITERS }),
  interruptions: fc.array(interruption, { maxLength: 8 }),
})

async function interrupt(kind: string): Promise<void> {
  if (kind === 'apply') await applyChunk(db.sql, catalog)
  if (kind === 'rebuild') await rebuild(db.sql, catalog)
  if (kind === 'crash') {
    const connection = db.connect(1)
    const doomed = applyChunk(connection, catalog).catch(() => {})
    await db.sql`
      select pg_terminate_backend(pid) from pg_locks
      where locktype = 'advisory' and classid = ${0x4c56} and pid <> pg_backend_pid()`
    await doomed
    await connection.end()
  }
}

async function write({ statements, commits }: { statements: readonly string[]; commits: boolean }): Promise<void> {
  const undo = new Error('undo')
  await db.sql
    .begin(async (tx) => {
      for (const text of statements) await tx.unsafe(text)
      if (!commits) throw undo
    })
    .catch((error: unknown) => {
      // writers may run into each other: foreign key, deadlock; their transaction is undone
      const code = error instanceof postgres.PostgresError ? error.code : undefined
      if (error !== undo && code !== '23503' && code !== '40P01') throw error
    })
}

test('whatever writers, appliers, rebuilds and crashes interleave, view and query agree at quiescence', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async ({ writers, interruptions }) => {
      await emptyShop(db.sql)
      await db.sql`insert into makers select i, 'm' from generate_series(1, 3) i`
      {
        await using keeper = keepViewsFresh({ sql: db.connect(3), views: [catalog] })
        await Promise.all([
          ...writers.map(async (transactions) => {
            for (const each of transactions) await write(each)
          }),
          (async () => {
            for (const kind of interruptions) await interrupt(kind)
          })(),
        ])
        await keeper.idle()
      }
      expect(await difference(db.sql)).toEqual([])
      expect(await db.sql`select from live_view_dirty where view = 'catalog'`).toHaveLength(0)
    }),
    { numRuns: RUNS, endOnFailure: true },
  )
}, 30_000)
