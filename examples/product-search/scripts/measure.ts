import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { startPostgres } from '../src/postgres-server.ts'
import { openShop } from '../src/shop.ts'

/** Measures the shop of the README as its visitors see it, over HTTP. */

const ROUNDS = 11
const QUESTIONS: Readonly<Record<string, string>> = {
  'first page': '',
  'text, English': 'text=copper+kettle',
  'text, Korean': 'text=전기주전자',
  'category, cheapest first': 'categoryId=100&sort=cheap',
  'best, 4 stars, in stock': 'sort=best&minStars=4&inStock=true',
  'a page further on': 'sort=cheap&after=9999,0',
}

const { values } = parseArgs({ options: { products: { type: 'string', default: '100000' } } })
await using server = await startPostgres()
const startedAt = performance.now()
await using shop = await openShop({ databaseUrl: server.url, products: Number(values.products), port: 0 })
console.log(
  `${values.products} products: generated, filled and open in ${Math.round((performance.now() - startedAt) / 1_000)} s`,
)
const sql = postgres(server.url, { max: 1 })

console.log('| ms, median | view | strict, a review pending | plain query |')
console.log('|---|--:|--:|--:|')
for (const [name, question] of Object.entries(QUESTIONS)) {
  const view = await median(() => ask(`search?${question}`))
  await sql`insert into reviews (product_id, stars) values (1, 5)`
  const strict = await median(() => ask(`search?${question}&fresh=strict`))
  await sql`update live_view_dirty set at = at - interval '1 hour'`
  const plain = await median(() => ask(`plain?${question}`))
  console.log(`| ${name} | ${view} | ${strict} | ${plain} |`)
}

const bought = await median(async () => {
  const [before] = await sql`select quantity from stock where quantity > 20 order by product_id limit 1`
  return seen(
    sql`update stock set quantity = quantity - 1 where product_id = (select min(product_id) from stock where quantity = ${before?.['quantity']} and quantity > 20)`,
  )
})
const [products] = await sql`select count(*)::integer as n from products where category_id = 100`
let turn = 0
const renamed = await median(() => seen(sql`update categories set name = ${`Kettles ${(turn += 1)}`} where id = 100`))
console.log(
  `One purchase is in the view ${bought} ms after its commit; a category renamed, in all ${products?.['n']} rows, after ${renamed} ms.`,
)
await sql.end()

async function ask(path: string): Promise<number> {
  const answer = (await (await fetch(`${shop.url}/${path}`)).json()) as { ms: number }
  return answer.ms
}

/** From a commit until nothing is pending. */
async function seen(write: PromiseLike<unknown>): Promise<number> {
  await write
  const committedAt = performance.now()
  for (;;) {
    const [row] = await sql`select exists (select from live_view_dirty where view = 'product_search') as pending`
    if (row?.['pending'] === false) return performance.now() - committedAt
  }
}

async function median(measure: () => Promise<number>): Promise<string> {
  const taken: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) taken.push(await measure())
  const middle = taken.toSorted((a, b) => a - b)[(ROUNDS - 1) / 2] ?? 0
  return middle.toFixed(middle < 10 ? 1 : 0)
}
