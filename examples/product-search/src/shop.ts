import { once } from 'node:events'
import { keepViewsFresh } from '@bellhop/live-view'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { Feed } from './feed.ts'
import { migrate } from './migrate.ts'
import { productSearch } from './product-search.ts'
import { shopServer } from './shop-server.ts'

export interface ShopOptions {
  readonly databaseUrl: string
  /** Generated when the database is empty: 100 to 1,000,000. */
  readonly products: number
  /** 0 takes a free one. */
  readonly port: number
}

export interface Shop extends AsyncDisposable {
  readonly url: string
}

/** Opens the shop: database, keeper of the view, server. Resolves when the view has been filled. */
export async function openShop({ databaseUrl, products, port }: ShopOptions): Promise<Shop> {
  await using opened = new AsyncDisposableStack()
  const sql = postgres(databaseUrl, { max: 8, onnotice: () => {} })
  opened.defer(() => sql.end({ timeout: 5 }))
  await migrate(sql, { products })

  const feed = opened.use(new Feed())
  const keeper = opened.use(
    keepViewsFresh({ sql, views: [productSearch], log: console, onApplied: (applied) => feed.publish(applied) }),
  )
  await keeper.idle()
  // So that the counts beside the page are read from an index alone: the first fill has left no visibility map.
  await sql`vacuum (analyze) product_search`

  const server = shopServer({ db: drizzle(sql), feed })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  opened.defer(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
  const address = server.address()
  const listening = typeof address === 'object' && address !== null ? address.port : port
  const closing = opened.move()
  return {
    url: `http://127.0.0.1:${listening}`,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}
