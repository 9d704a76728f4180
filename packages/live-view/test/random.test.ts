import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keepViewsFresh, rebuild } from '../src/index.ts'
import { applyChunk } from '../src/apply.ts'
import { openDatabase, type TestDatabase } from './postgres-server.ts'
import { catalog, difference, emptyShop, installShop } from './shop.ts'
import { shopTransaction, writeShop } from './shop-writes.ts'

/** More by hand: `LIVE_VIEW_RUNS=500 vitest run packages/live-view/test/random.test.ts`. */
const RUNS = Number(process.env['LIVE_VIEW_RUNS'] ?? 12)
const WRITERS = 3

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
  await installShop(db.sql)
}, 30_000)
afterAll(() => db[Symbol.asyncDispose]())

/** What a second applier does between the writers' transactions; a crash ends it before its commit. */
const interruption = fc.constantFrom('apply', 'rebuild', 'crash', 'nothing')
const schedule = fc.record({
  writers: fc.array(fc.array(shopTransaction, { maxLength: 6 }), { minLength: WRITERS, maxLength: WRITERS }),
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
      where locktype = 'advisory' and classid = ${0x4c56} and pid <> pg_backend_pid()
        and database = (select oid from pg_database where datname = current_database())`
    await doomed
    await connection.end()
  }
}

test(
  'whatever writers, appliers, rebuilds and crashes interleave, view and query agree at quiescence',
  async () => {
    await fc.assert(
      fc.asyncProperty(schedule, async ({ writers, interruptions }) => {
        await emptyShop(db.sql)
        await db.sql`insert into makers select i, 'm' from generate_series(1, 3) i`
        {
          await using stack = new AsyncDisposableStack()
          const connection = db.connect(3)
          stack.defer(() => connection.end())
          const keeper = stack.use(keepViewsFresh({ sql: connection, views: [catalog] }))
          await Promise.all([
            ...writers.map(async (transactions) => {
              for (const each of transactions) await writeShop(db.sql, each)
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
  },
  60_000 + RUNS * 5_000,
)
