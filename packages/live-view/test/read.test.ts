import { count, desc, eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import * as fc from 'fast-check'
import { type Sql } from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { applyChunk } from '../src/apply.ts'
import { keepViewsFresh, readView, rebuild, refresh, writeToken } from '../src/index.ts'
import { openDatabase, type TestDatabase } from './postgres-server.ts'
import { catalog, emptyShop, insights, installShop } from './shop.ts'
import { rowTransaction, writeShop } from './shop-writes.ts'

const RUNS = 15

let db: TestDatabase
let orm: ReturnType<typeof drizzle>
beforeAll(async () => {
  db = await openDatabase()
  orm = drizzle(db.sql)
  await installShop(db.sql)
}, 30_000)
afterAll(() => db[Symbol.asyncDispose]())
beforeEach(async () => {
  await emptyShop(db.sql)
  await db.sql`insert into makers values (1, 'Ada'), (2, 'Bo')`
  await db.sql`
    insert into products (id, shop_id, maker_id, title)
    select 'p' || i, 's' || i % 2, 1 + i % 2, 'product ' || i from generate_series(1, 6) i`
  await rebuild(db.sql, catalog)
  await refresh(db.sql, insights)
})

const { table } = catalog
/** The titles of shop s0, best first: a filter, an order and a limit of the caller's. */
const page = (view: Parameters<Parameters<typeof readView>[3]>[0]) =>
  view
    .select({ id: table.id, maker: table.maker })
    .from(table)
    .where(eq(table.shopId, 's0'))
    .orderBy(desc(table.title))
    .limit(2)
const WITHOUT_WAITING = { timeoutMs: 0 }

async function write(text: string): Promise<string> {
  return db.sql.begin(async (tx) => {
    await tx.unsafe(text)
    return writeToken(tx)
  })
}

describe('a strict read', () => {
  test('shows moved, vanished, new and fanned-out rows that nobody has applied, under filter, order and limit', async () => {
    await write(`update products set shop_id = 's1' where id = 'p6'`)
    await write(`update products set state = 'deleted' where id = 'p4'`)
    await write(`insert into products (id, shop_id, maker_id, title) values ('"{p\\9}', 's0', 1, 'product 9')`)
    await write(`update makers set name = 'Adah' where id = 1`)
    const answer = await readView(orm, catalog, 'strict', page)
    expect(answer).toEqual({
      rows: [
        { id: '"{p\\9}', maker: 'Adah' },
        { id: 'p2', maker: 'Adah' },
      ],
      source: 'overlay',
      met: true,
      stale: false,
      lagMs: null,
      pending: 0,
      asOf: expect.any(Date),
    })
    const stored = await readView(orm, catalog, 'any', page)
    expect(stored).toMatchObject({ source: 'stored', met: true, stale: true, pending: 4 })
    expect(stored.rows.map(({ id }) => id)).toEqual(['p6', 'p4'])
    expect(stored.lagMs).toBeGreaterThan(0)
  })

  test('is the stored rows when nothing is pending', async () => {
    expect(await readView(orm, catalog, 'strict', page)).toMatchObject({ source: 'stored', met: true, stale: false })
  })

  test('past its cap computes the whole query, or, where that is forbidden, waits and says that it was not met', async () => {
    const capped = { ...catalog, overlayKeysMax: 1 }
    await write(`update products set title = title || '!'`)
    const computed = await readView(orm, capped, 'strict', page)
    expect(computed).toMatchObject({ source: 'computed', met: true, pending: 0 })
    expect(computed.rows).toHaveLength(2)
    const honest = await readView(orm, capped, 'strict', page, { computeMs: 0, timeoutMs: 20 })
    expect(honest).toMatchObject({ source: 'stored', met: false, stale: true, pending: 6 })
    await using _ = keepViewsFresh({ sql: db.connect(3), views: [catalog] })
    const waited = await readView(orm, capped, 'strict', page, { computeMs: 0, timeoutMs: 20_000 })
    expect(waited).toMatchObject({ source: 'stored', met: true, stale: false })
  })

  test('past its cap of fanned-out keys, and after a truncate, does not overlay', async () => {
    await write(`update makers set name = 'Adah' where id = 1`)
    const capped = { ...catalog, overlayKeysMax: 2 }
    expect((await readView(orm, capped, 'strict', page)).source).toBe('computed')
    await write('truncate offers')
    expect((await readView(orm, catalog, 'strict', page)).source).toBe('computed')
  })

  test('gives up computing after its time and leaves the stored rows', async () => {
    const slow = { ...insights, queryText: 'select i::text as shop_id, 1 as products from generate_series(1, 1e9) i' }
    await write(`insert into products (id, shop_id, title) values ('n', 's9', 'x')`)
    const answer = await readView(orm, slow, 'strict', (view) => view.select({ n: count() }).from(insights.view), {
      computeMs: 50,
      timeoutMs: 0,
    })
    expect(answer).toMatchObject({ rows: [{ n: 2 }], source: 'stored', met: false, pending: 1 })
  })

  test('of a refreshed view computes its query', async () => {
    await write(`insert into products (id, shop_id, title) values ('n', 's9', 'x')`)
    const shops = (view: Parameters<typeof page>[0]) => view.select().from(insights.view).orderBy(insights.view.shopId)
    const { rows, source } = await readView(orm, insights, 'strict', shops)
    expect({ rows, source }).toEqual({
      source: 'computed',
      rows: [
        { shopId: 's0', products: 3 },
        { shopId: 's1', products: 3 },
        { shopId: 's9', products: 1 },
      ],
    })
    expect((await readView(orm, insights, 'any', shops)).rows).toHaveLength(2)
  })

  test('in a transaction reads its snapshot, and needs it to be repeatable read', async () => {
    await write(`update products set title = 'product 7' where id = 'p2'`)
    await expect(orm.transaction((tx) => readView(tx, catalog, 'strict', page))).rejects.toMatchObject({
      code: 'snapshot_missing',
    })
    await orm.transaction(
      async (tx) => {
        const first = await readView(tx, catalog, 'strict', page)
        await write(`update products set title = 'product 8' where id = 'p4'`)
        expect((await readView(tx, catalog, 'strict', page)).rows).toEqual(first.rows)
        expect(first.rows[0]?.id).toBe('p2')
      },
      { isolationLevel: 'repeatable read' },
    )
  })

  test('of whatever writers and appliers interleave equals the plain query in its snapshot', async () => {
    const difference = sql<unknown[]>`(
      select coalesce(json_agg(d), '[]') from (
        (select 'surplus', v.* from (select * from "catalog" except all select * from public.catalog_source) v)
        union all
        (select 'missing', s.* from (select * from public.catalog_source except all select * from "catalog") s)
      ) d)`
    const sources = new Set<string>()
    const actor = fc.oneof(
      { weight: 4, arbitrary: rowTransaction.map((each) => (client: Sql) => writeShop(client, each)) },
      { weight: 1, arbitrary: fc.constant(async (client: Sql) => void (await applyChunk(client, catalog))) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(actor, { minLength: 4, maxLength: 20 }), async (actors) => {
        const written = new AbortController()
        const reader = async () => {
          do {
            const one = (view: Parameters<typeof page>[0]) => view.select({ difference }).from(sql`(select 1) one`)
            const { rows, source, met } = await readView(orm, { ...catalog, overlayKeysMax: 4 }, 'strict', one, {
              computeMs: 5_000,
            })
            sources.add(source)
            expect({ rows, met }).toEqual({ rows: [{ difference: [] }], met: true })
          } while (!written.signal.aborted)
        }
        const reading = Promise.all([reader(), reader()])
        const halves = [actors.filter((_, i) => i % 2 === 0), actors.filter((_, i) => i % 2 === 1)]
        await Promise.all(
          halves.map(async (half) => {
            for (const act of half) await act(db.sql)
          }),
        )
        written.abort()
        await reading
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
    expect([...sources].toSorted()).toEqual(expect.arrayContaining(['computed', 'overlay']))
  }, 30_000)
})

describe('a read with a bound on its lag', () => {
  test('is the stored rows within the bound, and an overlay past it', async () => {
    await write(`update products set title = 'product 7' where id = 'p2'`)
    expect(await readView(orm, catalog, { maxLagMs: 60_000 }, page)).toMatchObject({
      source: 'stored',
      pending: 1,
      met: true,
    })
    expect(await readView(orm, catalog, { maxLagMs: 0 }, page)).toMatchObject({
      source: 'overlay',
      pending: 0,
      met: true,
    })
  })
})

describe('a read after a write', () => {
  test('shows that write though nobody has applied it, and stored rows once somebody has', async () => {
    const token = await write(`update products set title = 'product 7' where id = 'p2'`)
    const answer = await readView(orm, catalog, { after: token }, page)
    expect(answer).toMatchObject({ source: 'overlay', met: true })
    expect(answer.rows[0]?.id).toBe('p2')
    await applyChunk(db.sql, catalog)
    await write(`update products set title = 'product 1' where id = 'p2'`)
    expect(await readView(orm, catalog, { after: token }, page)).toMatchObject({
      source: 'stored',
      met: true,
      stale: true,
    })
  })

  test('that is still under way says that it was not met, and waits for its commit', async () => {
    const writer = await db.sql.reserve()
    await writer`begin`
    await writer`update products set title = 'product 7' where id = 'p2'`
    const token = await writeToken(writer)
    expect((await readView(orm, catalog, { after: token }, page, WITHOUT_WAITING)).met).toBe(false)
    const waiting = readView(orm, catalog, { after: token }, page, { timeoutMs: 20_000 })
    await writer`commit`
    writer.release()
    const answer = await waiting
    expect(answer.met).toBe(true)
    expect(answer.rows[0]?.id).toBe('p2')
  })
})

test('a wish that makes no sense is refused, and a wait can be aborted', async () => {
  await expect(readView(orm, catalog, { maxLagMs: -1 }, page)).rejects.toMatchObject({ code: 'bound_invalid' })
  await expect(readView(orm, catalog, { after: 'x' }, page)).rejects.toMatchObject({ code: 'token_invalid' })
  await expect(readView(orm, { ...catalog, name: 'unknown' }, 'any', page)).rejects.toMatchObject({
    code: 'view_not_installed',
  })
  await write('truncate offers')
  const waiting = readView(orm, catalog, 'strict', page, {
    computeMs: 0,
    timeoutMs: 20_000,
    signal: AbortSignal.timeout(20),
  })
  await expect(waiting).rejects.toThrow(/abort/)
})
