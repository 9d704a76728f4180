import { until } from '@bellhop/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { FileId } from '@bellhop/model'
import { connect } from '../src/index.ts'
import type { Bellhop } from '../src/index.ts'
import { OwnWrites } from '../src/own-writes-link.ts'
import { startHouse } from './world/house.ts'
import type { House } from './world/house.ts'

/** Two servers on one database, behind what sends a mutation to the one and a query to the other. */
let one: House
let other: House
let fileId: FileId
let bellhop: Bellhop
let onlooker: Bellhop
const asked: string[] = []

beforeAll(async () => {
  one = await startHouse()
  const { databaseUrl } = one.platform.platform.settings
  other = await startHouse({ databaseUrl, worker: false })
  const fetchFromTwo: typeof fetch = (url, init) => {
    const { pathname, search } = new URL(new Request(url).url)
    const { url: server } = init?.method === 'POST' ? one.api : other.api
    asked.push(`${init?.method} ${pathname}${decodeURIComponent(search)}`)
    return fetch(`${server}${pathname}${search}`, init)
  }
  bellhop = connect({ url: 'http://balanced.test', fetch: fetchFromTwo })
  onlooker = connect({ url: other.api.url })
  fileId = await one.place('plan.txt', new TextEncoder().encode('a plan'))
  await until('it is in the catalog', async () => (await names(onlooker)).includes('plan.txt'))
  // From here on nobody applies, as if every worker were slow.
  await bellhop.views.pause('catalog')
  await bellhop.views.pause('insights')
}, 30_000)
afterAll(async () => {
  await bellhop[Symbol.asyncDispose]()
  await onlooker[Symbol.asyncDispose]()
  await other[Symbol.asyncDispose]()
  await one[Symbol.asyncDispose]()
})
beforeEach(() => {
  asked.length = 0
})

async function names(client: Bellhop): Promise<string[]> {
  return (await client.catalog.search()).items.map(({ name }) => name)
}

test('what a client wrote through one server it reads at once from another, though no worker has applied it', async () => {
  const file = await bellhop.files.update(fileId, { name: 'plan b.txt', tags: ['mine'] })

  const page = await bellhop.catalog.search({ sort: 'name' })
  const facets = await bellhop.catalog.facets()

  expect(page.items.map(({ name }) => name)).toEqual(['plan b.txt'])
  expect(page.freshness).toMatchObject({ met: true, source: 'overlay', stale: false })
  expect(facets.tags).toEqual([{ value: 'mine', count: 1 }])
  expect(file).not.toHaveProperty('writeToken')
  expect(await names(onlooker)).toEqual(['plan.txt'])
})

test('a file that it deleted is gone from its charts at once', async () => {
  const doomed = await one.place('doomed.txt', new TextEncoder().encode('a doomed file'))
  const arrived = await filesOf({ want: 'strict' })

  await bellhop.files.delete(doomed)

  expect(arrived - (await filesOf())).toBe(1)
})

async function filesOf(query?: { want: 'strict' }): Promise<number> {
  const { rows, freshness } = await bellhop.insights.summary(query)
  expect(freshness).toMatchObject({ met: true, source: 'computed' })
  return rows.reduce((sum, { files }) => sum + files, 0)
}

test('who says how fresh is taken at their word', async () => {
  expect(bellhop.ownWrites.token).toBeDefined()

  expect((await bellhop.catalog.search({ want: 'any' })).freshness).toMatchObject({ met: true, source: 'stored' })
  expect((await onlooker.catalog.search({ want: 'strict' })).items.map(({ name }) => name)).toEqual(['plan b.txt'])
  await expect(onlooker.catalog.search({ want: { maxLagMs: 0 } }).then((page) => page.freshness.source)).resolves.toBe(
    'overlay',
  )
  await expect(onlooker.catalog.search({ want: { after: 'now' } })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  expect(asked.filter((line) => line.includes('"after"'))).toEqual([])
})

test('of answers that come in another order than they were written, the highest token is kept', () => {
  const writes = new OwnWrites()
  for (const token of ['99', '1001', '1000']) writes.note(token)

  expect(writes.token).toBe('1001')
})
