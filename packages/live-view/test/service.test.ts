import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { keepViewsFresh, viewHealth } from '../src/index.ts'
import { probeService } from '../src/service.ts'
import { openDatabase, type TestDatabase } from './postgres-server.ts'
import { catalog as declared, emptyShop, installShop } from './shop.ts'

const MINUTE_MS = 60_000
/** A tenth of two minutes may be missed: 12 s. */
const catalog = { ...declared, sla: { freshWithinMs: 1_000, target: 0.9, windowMs: 2 * MINUTE_MS } }

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
  await installShop(db.sql)
}, 30_000)
afterAll(() => db[Symbol.asyncDispose]())
beforeEach(async () => {
  await emptyShop(db.sql)
  await db.sql`truncate live_view_service, live_view_probe`
  await probeService(db.sql, [catalog])
})

const service = async () => (await viewHealth(db.sql, catalog)).service

/** As if so long had gone by since the last look. */
async function lookAfter(ms: number): Promise<void> {
  await db.sql`update live_view_probe set probed_at = clock_timestamp() - ${ms} * interval '1 millisecond'`
  await probeService(db.sql, [catalog])
}

async function pendingFor(ms: number): Promise<void> {
  await db.sql`
    insert into live_view_dirty (view, kind, key, at)
    values ('catalog', 0, 'a', clock_timestamp() - ${ms} * interval '1 millisecond')`
}

test('a view in which nothing waits keeps its service level', async () => {
  expect(await service()).toEqual({ ...catalog.sla, share: null, budgetLeft: 1 })
  await lookAfter(10_000)

  expect(await service()).toEqual({ ...catalog.sla, share: 1, budgetLeft: 1 })
})

test('a write that waits for longer than it may spends the error budget, also of time in which nobody looked', async () => {
  await pendingFor(7_000)
  await lookAfter(20_000)

  const found = await service()
  expect(found?.share).toBeCloseTo(14 / 20, 2)
  expect(found?.budgetLeft).toBeCloseTo(1 - 6 / 12, 2)

  await lookAfter(10_000)
  expect((await service())?.budgetLeft).toBe(0)
})

test('a write that is applied in time spends none of it', async () => {
  await pendingFor(500)
  await lookAfter(10_000)

  expect(await service()).toMatchObject({ share: 1, budgetLeft: 1 })
})

test('what several keepers look at in the same second is counted once', async () => {
  await db.sql`update live_view_probe set probed_at = clock_timestamp() - interval '10 seconds'`

  await Promise.all(Array.from({ length: 8 }, () => probeService(db.sql, [catalog])))

  const [row] = await db.sql<{ ms: number }[]>`select sum(kept_ms)::float8 as ms from live_view_service`
  expect(row?.ms).toBeGreaterThan(9_900)
  expect(row?.ms).toBeLessThan(12_000)
})

test('what lies before the window is forgotten, and a keeper measures by itself', async () => {
  await db.sql`insert into live_view_service values ('catalog', now() - interval '1 hour', 0, 60000)`
  await db.sql`update live_view_probe set probed_at = clock_timestamp() - interval '10 seconds'`
  await using keeper = keepViewsFresh({ sql: db.sql, views: [catalog] })
  await keeper.idle()
  await expect.poll(service).toMatchObject({ share: 1, budgetLeft: 1 })

  expect(await db.sql`select from live_view_service`).toHaveLength(1)
})
