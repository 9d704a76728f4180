import { readFile } from 'node:fs/promises'
import { viewMigration } from '@bellhop/live-view'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startPostgres } from '../src/postgres-server.ts'
import { productSearch } from '../src/product-search.ts'
import { type Page, type Product } from '../src/search.ts'
import { openShop, type Shop } from '../src/shop.ts'

const opened = new AsyncDisposableStack()
let shop: Shop
let sql: Sql

beforeAll(async () => {
  const { url } = opened.use(await startPostgres())
  shop = opened.use(await openShop({ databaseUrl: url, products: 2_000, port: 0 }))
  sql = postgres(url, { max: 1 })
  opened.defer(() => sql.end())
})
afterAll(() => opened.disposeAsync())

interface Answer extends Page {
  readonly source: string
  readonly stale: boolean
  readonly pending: number
}

async function search(query: string): Promise<Answer> {
  const response = await fetch(`${shop.url}/search?${query}`)
  expect(response.status).toBe(200)
  return (await response.json()) as Answer
}

async function write(path: string, body: unknown = {}): Promise<number> {
  const response = await fetch(`${shop.url}/${path}`, { method: 'POST', body: JSON.stringify(body) })
  await response.body?.cancel()
  return response.status
}

async function first(query: string): Promise<Product> {
  const { products } = await search(query)
  const [product] = products
  if (product === undefined) throw new Error(`Nothing is found by ${query}.`)
  return product
}

test('the landed migration is the one of the declared view', async () => {
  const landed = await readFile(new URL('../migrations/0002_product_search.sql', import.meta.url), 'utf8')
  expect(viewMigration([productSearch])).toBe(landed)
})

test('a search finds parts of words in English and Korean, and its facets count what each choice would find', async () => {
  const english = await search('text=kettle+copper')
  const korean = await search('text=%EA%B5%AC%EB%A6%AC+%EC%A0%84%EA%B8%B0%EC%A3%BC') // 구리 전기주
  expect(english.products.length).toBeGreaterThan(0)
  expect(korean.facets?.total).toBe(english.facets?.total)
  const { facets } = await search('text=kettle')
  const stocked = await search('text=kettle&inStock=true')
  expect(stocked.facets?.total).toBe(facets?.inStock)
  expect(stocked.facets?.categories[100]).toBe(stocked.facets?.total)
})

test('pages follow one another without gap or repetition, and are those of the plain query', async () => {
  const ids: number[] = []
  for (let after = ''; ;) {
    const query = `categoryId=111&sort=cheap${after}`
    const page = await search(query)
    const plain = (await (await fetch(`${shop.url}/plain?${query}`)).json()) as Page
    expect(page.products).toEqual(plain.products)
    ids.push(...page.products.map(({ id }) => id))
    if (page.next === null) break
    after = `&after=${page.next}`
  }
  const all = await sql`
    select id from products join prices on product_id = id where category_id = 111 order by cents, id`
  expect(ids).toEqual(all.map((row): unknown => row['id']))
})

test('what is bought is seen by every page, until it is sold out', async () => {
  const before = await first('text=lamp&inStock=true&sort=cheap')
  const events = await fetch(`${shop.url}/events`)
  const pushed = events.body?.pipeThrough(new TextDecoderStream()).getReader()
  await pushed?.read()
  expect(await write(`products/${before.id}/buy`)).toBe(200)
  expect((await pushed?.read())?.value).toContain('"rows":1')
  await pushed?.cancel()
  expect((await first('text=lamp&sort=cheap&inStock=true')).quantity).toBe(before.quantity - 1)
  await sql`update stock set quantity = 0 where product_id = ${before.id}`
  expect(await write(`products/${before.id}/buy`)).toBe(409)
})

test('a category renamed is renamed in each of its rows', async () => {
  const { facets } = await search('categoryId=130')
  expect(await write('categories/130/name', { name: 'Shelters' })).toBe(200)
  await vi.waitFor(async () => expect((await search('text=shelters')).facets?.total).toBe(facets?.total), 5_000)
})

test('a review waits for its batch and the answer says so, while a strict one holds it', async () => {
  const [before, other] = (await search('inStock=true')).products
  if (before === undefined || other === undefined) throw new Error('The shop is empty.')
  expect(await write(`products/${before.id}/review`, { stars: 5 })).toBe(200)
  // a later write to another row is there first
  expect(await write(`products/${other.id}/buy`)).toBe(200)
  const expected = [before, { ...other, quantity: other.quantity - 1 }]
  await vi.waitFor(async () => {
    const stored = await search('inStock=true')
    expect(stored.products.slice(0, 2)).toEqual(expected)
    expect(stored).toMatchObject({ source: 'stored', stale: true, pending: 1 })
  }, 5_000)
  const strict = await search('inStock=true&fresh=strict')
  expect(strict).toMatchObject({ source: 'overlay', stale: false })
  expect(strict.products.find(({ id }) => id === before.id)?.reviewCount).toBe(before.reviewCount + 1)
  // the batch comes when the write is old enough
  await sql`update live_view_dirty set at = at - interval '1 minute'`
  await vi.waitFor(async () => expect((await search('inStock=true')).products).toEqual(strict.products), 5_000)
})

test('a request that makes no sense is refused with a sentence', async () => {
  const response = await fetch(`${shop.url}/search?sort=loudest`)
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('sort')])
  expect(await write('products/1/review', { stars: 6 })).toBe(400)
  expect(await write('products/one/review', { stars: 5 })).toBe(400)
  expect(await write('products/999999/review', { stars: 5 })).toBe(404)
  expect(await write('products/1/price', { cents: 1, note: 'x'.repeat(5_000) })).toBe(400)
  const torn = await fetch(`${shop.url}/products/1/buy`, { method: 'POST', body: '{' })
  expect([torn.status, await torn.text()]).toEqual([400, expect.stringContaining('JSON')])
})
