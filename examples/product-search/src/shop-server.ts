import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { readView, type Want } from '@bellhop/live-view'
import { sql } from 'drizzle-orm'
import { type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { z, ZodError } from 'zod'
import { buyOne, changePrice, changeTitle, renameCategory, writeReview } from './changes.ts'
import { type Feed } from './feed.ts'
import { productSearch, REVIEW_BATCH_MS } from './product-search.ts'
import { categories } from './schema.ts'
import { SearchInput, searchProducts } from './search.ts'

export interface ShopServerOptions {
  readonly db: PostgresJsDatabase
  readonly feed: Feed
}

const PLAIN_MS_MAX = 30_000
const FRESH: Readonly<Record<'any' | 'second' | 'strict', Want>> = {
  any: 'any',
  second: { maxLagMs: 1_000 },
  strict: 'strict',
}
const Fresh = z.enum(['any', 'second', 'strict']).default('any')

export function shopServer({ db, feed }: ShopServerOptions): Server {
  return createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const [status, message] = refusalOf(error)
      if (status === 500) console.error(error)
      if (response.headersSent) response.destroy()
      else send(response, status, { message })
    })
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shop')
    const query = Object.fromEntries(searchParams)
    const [, area, id, change] = pathname.split('/')
    if (request.method === 'POST') {
      const status = await write(`${area}/${change}`, Id.parse(id), await bodyOf(request))
      return send(response, status, status === 200 ? {} : { message: REFUSALS[status] })
    }
    if (pathname === '/search') return send(response, 200, await search(query))
    if (pathname === '/plain') return send(response, 200, await plainSearch(query))
    if (pathname === '/categories')
      return send(response, 200, await db.select().from(categories).orderBy(categories.id))
    if (pathname === '/events') return feed.open(response)
    return sendFile(response, pathname)
  }

  async function search(query: unknown) {
    const input = SearchInput.extend({ fresh: Fresh }).parse(query)
    const startedAt = performance.now()
    const { rows: page, ...freshness } = await readView(db, productSearch, FRESH[input.fresh], (view) =>
      searchProducts(view, input),
    )
    return { ...page, ...freshness, ms: performance.now() - startedAt, reviewBatchMs: REVIEW_BATCH_MS }
  }

  /** The same statements, with the view's query in the place of its rows: what the page would cost without it. */
  async function plainSearch(query: unknown) {
    const input = SearchInput.parse(query)
    const source = db.$with('product_search', {}).as(sql`select * from product_search_source`)
    return db.transaction(async (tx) => {
      await tx.execute(sql.raw(`set local statement_timeout = ${PLAIN_MS_MAX}`))
      const startedAt = performance.now()
      const page = await searchProducts(tx.with(source), input)
      return { ...page, ms: performance.now() - startedAt }
    })
  }

  async function write(what: string, id: number, body: unknown): Promise<number> {
    switch (what) {
      case 'products/buy':
        return (await buyOne(db, id)) ? 200 : 409
      case 'products/price':
        await changePrice(db, id, z.object({ cents: z.int().min(1).max(10_000_000) }).parse(body).cents)
        return 200
      case 'products/title':
        await changeTitle(db, id, z.object({ title: Name }).parse(body).title)
        return 200
      case 'products/review':
        return (await writeReview(db, id, z.object({ stars: z.int().min(1).max(5) }).parse(body).stars)) ? 200 : 404
      case 'categories/name':
        await renameCategory(db, id, z.object({ name: Name }).parse(body).name)
        return 200
      default:
        return 404
    }
  }
}

/** Far more than any change has. */
const BODY_BYTES_MAX = 4_096

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk)
    if (text.length > BODY_BYTES_MAX) throw new SyntaxError('The body is too long.')
  }
  return JSON.parse(text)
}

function refusalOf(error: unknown): [status: number, message: string] {
  if (error instanceof ZodError) return [400, z.prettifyError(error)]
  if (error instanceof SyntaxError) return [400, `Expected a small JSON body. ${error.message}`]
  return [500, 'It failed; see the log.']
}

const REFUSALS: Readonly<Record<number, string>> = {
  404: 'There is no such product or change.',
  409: 'It is sold out.',
}
const Id = z.coerce.number().int().positive()
const Name = z.string().trim().min(1).max(80)

function send(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body))
}

const PAGE = new URL('../page/', import.meta.url)
const FILES = new Set(['index.html', 'page.css', 'page.js', 'ask.js', 'cards.js', 'filters.js', 'freshness.js'])
const TYPES: Readonly<Record<string, string>> = { html: 'text/html', css: 'text/css', js: 'text/javascript' }

async function sendFile(response: ServerResponse, pathname: string): Promise<void> {
  const name = pathname === '/' ? 'index.html' : pathname.slice(1)
  if (!FILES.has(name)) return send(response, 404, { message: 'There is no such page.' })
  const type = TYPES[name.split('.')[1] ?? '']
  response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(await readFile(new URL(name, PAGE)))
}
