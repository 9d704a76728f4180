import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyChunk } from '../src/apply.ts'
import { rebuild } from '../src/index.ts'
import { openDatabase, type TestDatabase } from './postgres-server.ts'
import { catalog, difference, installShop } from './shop.ts'

const PRODUCTS = 10_000
const WRITERS = 16
const WRITES_EACH = 60
const ROUNDS = 4

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
  await installShop(db.sql)
  await db.sql`insert into makers select i, 'maker ' || i from generate_series(0, 99) i`
  await db.sql`
    insert into products (id, shop_id, maker_id, title)
    select 'p' || i, 's' || i % 30, i % 100, 'product ' || i from generate_series(1, ${PRODUCTS}::int) i`
  await db.sql`insert into offers select i, 'p' || i, i from generate_series(1, ${PRODUCTS}::int) i`
  await rebuild(db.sql, catalog)
  await db.sql`analyze`
}, 30_000)
afterAll(() => db[Symbol.asyncDispose]())

async function pending(): Promise<number> {
  return (await db.sql`select from live_view_dirty where view = 'catalog' limit 1`).length
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

test('prints what a trigger costs 16 writers', async () => {
  const writers = db.connect(WRITERS)
  await db.sql`create sequence offer_ids start 1000000`
  // as while an applier polls
  await db.sql`update live_view_wake set awake_until = 'infinity'`
  const perSecond = { without: [] as number[], with: [] as number[] }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const mode of ['without', 'with'] as const) {
      await db.sql.unsafe(`alter table offers ${mode === 'with' ? 'enable' : 'disable'} trigger user`)
      const startedAt = performance.now()
      const write = async (writer: number) => {
        for (let i = 0; i < WRITES_EACH; i += 1) {
          const product = `p${1 + ((writer * 7_919 + i * 104_729) % PRODUCTS)}`
          await writers`insert into offers values (nextval('offer_ids'), ${product}, 1)`
        }
      }
      await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)))
      perSecond[mode].push((WRITERS * WRITES_EACH * 1_000) / (performance.now() - startedAt))
    }
  }
  const logged = await db.sql`select from live_view_dirty where view = 'catalog'`
  expect(logged).toHaveLength(ROUNDS * WRITERS * WRITES_EACH)
  const [without, withTrigger] = [median(perSecond.without), median(perSecond.with)]
  console.log(
    `single-row inserts, ${WRITERS} writers: ${without.toFixed(0)}/s without triggers, ${withTrigger.toFixed(0)}/s with (ratio ${(withTrigger / without).toFixed(2)})`,
  )
}, 20_000)

test('prints what applying 1 and 100 keys takes', async () => {
  await db.sql`update live_view_wake set awake_until = 'infinity'`
  await db.sql`delete from offers where id >= 1000000`
  while ((await pending()) > 0) await applyChunk(db.sql, catalog)
  for (const keys of [1, 100]) {
    const tookMs: number[] = []
    for (let run = 0; run < 15; run += 1) {
      await db.sql`update products set title = ${`run ${keys} ${run}`} where id in (select 'p' || (${run}::int * 100 + i) from generate_series(1, ${keys}::int) i)`
      const outcome = await applyChunk(db.sql, catalog)
      if (outcome.state !== 'applied') throw new Error('nobody else applies here')
      expect(outcome.applied.keys).toHaveLength(keys)
      tookMs.push(outcome.applied.durationMs)
    }
    console.log(`apply of ${keys} of ${PRODUCTS} keys: median ${median(tookMs).toFixed(1)} ms`)
  }
  expect(await difference(db.sql)).toEqual([])
}, 20_000)
