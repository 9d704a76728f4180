import { eq, sql } from 'drizzle-orm'
import { alias, integer, pgMaterializedView, pgTable, QueryBuilder, text } from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { dropViewMigration, liveView, on, refreshedView, viewMigration, type LiveViewOptions } from '../src/index.ts'
import { isDue } from '../src/schedule.ts'
import { catalog, insights, makers, products } from './shop.ts'

const columns = { id: text().notNull(), title: text() }
const simple = {
  version: 1,
  key: 'id',
  columns,
  query: sql`select id, title from ${products}`,
  depends: [on(products, { key: products.id })],
} satisfies LiveViewOptions<string, typeof columns>

describe('a live view is refused', () => {
  test.each([
    ['now()', sql`select id, now()::text as title from products`],
    ['current_date', sql`select id, (CURRENT_DATE)::text as title from products`],
    ['random', sql`select id, Random ()::text as title from products`],
  ])('when its query calls %s, and says so', (call, query) => {
    expect(() => liveView('simple', { ...simple, query })).toThrow(
      expect.objectContaining({ code: 'query_not_stable' }),
    )
    expect(() => liveView('simple', { ...simple, query })).toThrow(new RegExp(call.slice(0, 3), 'i'))
  })

  test('when its key may be null', () => {
    expect(() => liveView('simple', { ...simple, key: 'title' })).toThrow(
      expect.objectContaining({ code: 'key_nullable', message: expect.stringContaining('notNull()') }),
    )
  })

  test.each([{ freshWithinMs: 0 }, { freshWithinMs: 1, target: 1 }, { freshWithinMs: 1, windowMs: 1 }])(
    'when its service level is out of bounds: %o',
    (sla) => {
      expect(() => liveView('simple', { ...simple, sla })).toThrow(expect.objectContaining({ code: 'bound_invalid' }))
    },
  )

  test('when its name would not fit, or it depends on nothing, or a parameter cannot be written as SQL', () => {
    expect(() => liveView('Simple View', simple)).toThrow(expect.objectContaining({ code: 'name_invalid' }))
    expect(() => liveView('simple', { ...simple, depends: [] })).toThrow(
      expect.objectContaining({ code: 'dependency_missing' }),
    )
    const query = sql`select id, title from products where id <> ${new Date(0)}`
    expect(() => liveView('simple', { ...simple, query })).toThrow(
      expect.objectContaining({ code: 'parameter_unsupported' }),
    )
  })

  test('not for words in literals and comments', () => {
    const query = sql`select id, 'now()' as title from products /* random() */ -- current_date`
    expect(liveView('simple', { ...simple, query }).name).toBe('simple')
  })
})

describe('a dependency is refused', () => {
  const keyless = pgTable('keyless', { product: text(), n: integer() })

  test('when it names a column of another table', () => {
    const foreign = expect.objectContaining({ code: 'dependency_column_foreign' })
    expect(() => on(keyless, { key: products.id })).toThrow(foreign)
    expect(() => on(keyless, { rows: { column: products.state, values: ['live'] } })).toThrow(foreign)
  })
})

test('a query that reads a table which no dependency names is refused, be it SQL or built', () => {
  const undeclared = expect.objectContaining({
    code: 'dependency_undeclared',
    message: expect.stringContaining('"public"."makers"'),
  })
  const query = sql`select id, (select m.name from (select * from ${makers}) m) as title from ${products}`
  expect(() => liveView('simple', { ...simple, query })).toThrow(undeclared)
  const built = new QueryBuilder()
    .select({ id: products.id, title: makers.name })
    .from(products)
    .leftJoin(makers, eq(makers.id, products.makerId))
  expect(() => liveView('simple', { ...simple, query: built })).toThrow(undeclared)
  const twin = alias(products, 'twin')
  const paired = new QueryBuilder()
    .select({ id: products.id, title: twin.title })
    .from(products)
    .leftJoin(twin, eq(twin.id, products.id))
  expect(liveView('simple', { ...simple, query: paired }).name).toBe('simple')
})

test('a dependency whose key cannot be a key of the view is refused', () => {
  const query = sql`select id, title from ${products} join ${makers} on true`
  const numbered = { ...simple, columns: { id: integer().notNull(), title: text() }, query }
  expect(() =>
    liveView('simple', { ...numbered, depends: [on(products, { key: products.id }), on(makers)] as never }),
  ).toThrow(expect.objectContaining({ code: 'dependency_key_unreachable', message: expect.stringContaining('fanout') }))
})

test.each([[{ everyMs: 10 }], [{ cron: '61 * * * *' }], [{ cron: 'tomorrow' }]])(
  'the schedule %j is refused',
  (schedule) => {
    expect(() => on(products, { key: products.id, schedule })).toThrow(
      expect.objectContaining({ code: 'schedule_invalid' }),
    )
  },
)

test('a schedule is due at its first time after the oldest change', () => {
  const at = (time: string) => Date.parse(`2026-03-01T${time}Z`)
  const nightly = { cron: '0 3 * * *' }
  expect(isDue(nightly, at('02:00:00'), at('02:59:59'))).toBe(false)
  expect(isDue(nightly, at('02:00:00'), at('03:00:00'))).toBe(true)
  expect(isDue(nightly, at('03:00:01'), at('23:00:00'))).toBe(false)
  expect(isDue({ everyMs: 60_000 }, at('02:00:00'), at('02:00:59'))).toBe(false)
  expect(isDue({ everyMs: 60_000 }, at('02:00:00'), at('02:01:00'))).toBe(true)
})

test('a refreshed view is refused when its unique key may be null or its bounds make no sense', () => {
  const view = pgMaterializedView('counts', { shop: text(), n: integer().notNull() }).as(
    sql`select shop_id as shop, count(*) as n from products group by 1`,
  )
  const options = { version: 1, depends: [on(products)] }
  expect(() => refreshedView(view, { ...options, uniqueKey: ['shop'] })).toThrow(
    expect.objectContaining({ code: 'key_nullable' }),
  )
  expect(() => refreshedView(view, { ...options, uniqueKey: ['n'], debounceMs: 50, maxWaitMs: 10 })).toThrow(
    expect.objectContaining({ code: 'bound_invalid' }),
  )
})

test('a query builder serves as the query', () => {
  const query = new QueryBuilder().select({ id: products.id, title: products.title }).from(products)
  expect(liveView('simple', { ...simple, query }).queryText).toBe('select "id", "title" from "products"')
})

describe('the migration', () => {
  test('is the same text for the same declarations', () => {
    expect(viewMigration([catalog, insights])).toBe(viewMigration([catalog, insights]))
  })

  test('is empty once it has landed, and holds only what changed after that', () => {
    const landed = viewMigration([catalog, insights])
    expect(viewMigration([catalog, insights], { landed })).toBe('')
    const next = viewMigration([{ ...catalog, version: 2 }, insights], { landed })
    expect(next).toContain(`live_view_drop('catalog')`)
    expect(next).not.toContain('insights')
    // back to the first definition: the last word counts
    expect(viewMigration([catalog, insights], { landed: landed + next })).toContain('create table "public"."catalog"')
  })

  test('drops a view that is no longer declared, once', () => {
    const landed = viewMigration([catalog, insights])
    const next = viewMigration([catalog], { landed })
    expect(next).toContain(`live_view_drop('insights')`)
    expect(next).not.toContain(`'catalog'`)
    expect(viewMigration([catalog], { landed: landed + next })).toBe('')
    expect(dropViewMigration(['insights'])).toBe(next)
  })

  test('parts its statements as asked', () => {
    const separator = '--> statement-breakpoint\n'
    expect(viewMigration([catalog], { separator }).split(separator).length).toBeGreaterThan(20)
  })
})
