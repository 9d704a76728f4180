import { and, asc, desc, eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readView, rebuild } from '../src/index.ts'
import { openDatabase, type TestDatabase } from './postgres-server.ts'
import { catalog, installShop } from './shop.ts'

const ROWS = 5_000
const PENDING = 10

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
  await installShop(db.sql)
  await db.sql`
    insert into products (id, shop_id, title) select 'p' || i, 's' || i % 4, 't' || i from generate_series(1, ${ROWS}::int) i`
  await rebuild(db.sql, catalog)
  await db.sql`vacuum (analyze) catalog`
  await db.sql`analyze products`
  await db.sql`update products set title = title || '!' where id in (select 'p' || i * 4 from generate_series(1, ${PENDING}::int) i)`
}, 60_000)
afterAll(() => db[Symbol.asyncDispose]())

const { title, id, shopId } = catalog.table

test.each([
  ['first page', [asc(title), asc(id)], undefined],
  ['first page of the other way', [desc(title), desc(id)], undefined],
  ['next page', [asc(title), asc(id)], sql`(${title}, ${id}) > ('t3', 'p3')`],
])('the %s, read strictly, merges what is pending into the walk along an index', async (_, order, after) => {
  const statements: { text: string; parameters: unknown[] }[] = []
  const logQuery = (text: string, parameters: unknown[]) => void statements.push({ text, parameters })
  const orm = drizzle(db.sql, { logger: { logQuery } })

  const { source, rows } = await readView(orm, catalog, 'strict', (view) =>
    view
      .select()
      .from(catalog.table)
      .where(and(eq(shopId, 's0'), after))
      .orderBy(...order)
      .limit(20),
  )

  expect({ source, rows: rows.length }).toEqual({ source: 'overlay', rows: 20 })
  const { text, parameters } = statements.at(-1) ?? { text: '', parameters: [] }
  const plan = (await db.sql.unsafe(`explain ${text}`, parameters as string[])).map((row) => String(row['QUERY PLAN']))
  expect(plan.join('\n')).toMatch(/Merge Append[^]*Index Scan[^\n]* using catalog_by_title/)
  expect(plan.filter((line) => line.includes('Seq Scan on catalog'))).toEqual([])
})
