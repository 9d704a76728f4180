import { type ViewReader } from '@bellhop/live-view'
import { and, asc, desc, eq, gte, like, sql, type SQL } from 'drizzle-orm'
import { type PgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { facets, type Cell, type Facets } from './facets.ts'
import { productSearch } from './product-search.ts'

const PAGE_ROWS = 24
const ROWS_MAX = 240
const WORDS_MAX = 6
const product = productSearch.table

export const SearchInput = z.object({
  text: z.string().trim().max(100).default(''),
  categoryId: z.coerce.number().int().optional(),
  priceBand: z.coerce.number().int().min(0).max(4).optional(),
  minStars: z.coerce.number().int().min(1).max(5).optional(),
  inStock: z.stringbool().default(false),
  sort: z.enum(['popular', 'cheap', 'dear', 'best']).default('popular'),
  rows: z.coerce.number().int().min(1).max(ROWS_MAX).default(PAGE_ROWS),
  /** Where the last page ended, as its `next` says. */
  after: z
    .string()
    .regex(/^\d{1,9}(\.\d)?,\d{1,9}$/)
    .optional(),
})
export type Search = z.infer<typeof SearchInput>
export type Product = typeof product.$inferSelect

export interface Page {
  readonly products: readonly Product[]
  readonly next: string | null
  /** Of the first page only. */
  readonly facets: Facets | null
}

interface Order {
  readonly column: PgColumn
  readonly value: (row: Product) => number
  readonly down: boolean
}

const ORDERS: Readonly<Record<Search['sort'], Order>> = {
  popular: { column: product.reviewCount, value: (row) => row.reviewCount, down: true },
  cheap: { column: product.priceCents, value: (row) => row.priceCents, down: false },
  dear: { column: product.priceCents, value: (row) => row.priceCents, down: true },
  best: { column: product.score, value: (row) => row.score, down: true },
}

/** One page and, with the first, the counts beside it. `view` decides how fresh the rows are that this selects from. */
export async function searchProducts(view: ViewReader, search: Search): Promise<Page> {
  const order = ORDERS[search.sort]
  const direction = order.down ? desc : asc
  const found = await view
    .select()
    .from(product)
    .where(and(matchesText(search), ...matchesFilters(search), isAfter(search, order)))
    .orderBy(direction(order.column), direction(product.id))
    .limit(search.rows + 1)
  const products = found.slice(0, search.rows)
  const last = products.at(-1)
  return {
    products,
    next: found.length > search.rows && last !== undefined ? `${order.value(last)},${last.id}` : null,
    facets: search.after === undefined ? facets(await countCells(view, search), search) : null,
  }
}

/** How many products match the text, for each combination of what the facets are about: at most 1,200 rows. */
async function countCells(view: ViewReader, search: Search): Promise<readonly Cell[]> {
  const { categoryId, priceBand, wholeStars, inStock } = product
  return view
    .select({ categoryId, priceBand, wholeStars, inStock, count: sql<number>`count(*)::integer` })
    .from(product)
    .where(matchesText(search))
    .groupBy(categoryId, priceBand, wholeStars, inStock)
}

/** Every word occurs, in whatever language: pg_trgm finds parts of words, so it needs no dictionary. */
function matchesText({ text }: Search): SQL | undefined {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean).slice(0, WORDS_MAX)
  return and(...words.map((word) => like(product.searchText, `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`)))
}

function matchesFilters({ categoryId, priceBand, minStars, inStock }: Search): (SQL | undefined)[] {
  return [
    categoryId === undefined ? undefined : eq(product.categoryId, categoryId),
    priceBand === undefined ? undefined : eq(product.priceBand, priceBand),
    minStars === undefined ? undefined : gte(product.wholeStars, minStars),
    inStock ? product.inStock.getSQL() : undefined,
  ]
}

/** Keyset: the next page begins behind the last row, so it costs the same however deep it lies. */
function isAfter({ after }: Search, { column, down }: Order): SQL | undefined {
  if (after === undefined) return undefined
  const [value = 0, id] = after.split(',').map(Number)
  // Only the score has a decimal.
  const bound = column === product.score ? value : Math.trunc(value)
  return sql`(${column}, ${product.id}) ${sql.raw(down ? '<' : '>')} (${bound}, ${id})`
}
