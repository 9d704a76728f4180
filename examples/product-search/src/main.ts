import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { startPostgres } from './postgres-server.ts'
import { openShop } from './shop.ts'

const { values } = parseArgs({
  options: { products: { type: 'string', default: '100000' }, port: { type: 'string', default: '4180' } },
})
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

await using opened = new AsyncDisposableStack()
const databaseUrl = process.env['DATABASE_URL'] ?? opened.use(await startPostgres()).url
console.log(`Opening a shop of ${values.products} products …`)
const shop = opened.use(await openShop({ databaseUrl, products: Number(values.products), port: Number(values.port) }))
console.log(`The shop is open at ${shop.url}; Ctrl-C closes it.`)
if (!stop.signal.aborted) await once(stop.signal, 'abort')
