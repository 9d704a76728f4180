import { uploadBytes, until } from '@bellhop/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FileId } from '@bellhop/model'
import { connect } from '../src/index.ts'
import type { ViewChange } from '../src/index.ts'
import { startHouse } from './world/house.ts'
import type { House } from './world/house.ts'

let house: House
let fileId: FileId
let foreignId: FileId

beforeAll(async () => {
  house = await startHouse()
  fileId = await house.place('plan.txt', new TextEncoder().encode('a plan'))
  const stranger = await house.platform.stranger()
  foreignId = (await uploadBytes(stranger, 'theirs.txt', 'theirs', { startJobs: false })).file.id
  await caughtUp()
}, 30_000)
afterAll(() => house[Symbol.asyncDispose]())

/** When no change of the catalog waits any more. */
async function caughtUp(): Promise<void> {
  await using bellhop = connect({ url: house.api.url })
  await until(
    'all is applied',
    async () =>
      (await bellhop.views.status()).every(({ freshness, strategy }) => strategy === 'batch' || !freshness.stale),
    20_000,
  )
}

async function rename(id: FileId, name: string): Promise<void> {
  await sqlOf()`update files set name = ${name} where id = ${id}`
  await applied()
}

test('what changed while the connection was away is told once, and nothing else', async () => {
  const ending = new AbortController()
  await using bellhop = connect({ url: house.api.url })
  const heard: ViewChange[] = []
  const reading = (async () => {
    for await (const change of bellhop.views.watch(['catalog', 'insights', 'usage'], { signal: ending.signal }))
      heard.push(change)
  })().catch(() => {})
  let renames = 0
  // The first that is heard shows that it hears.
  await until('it hears', async () => {
    await rename(fileId, `${(renames += 1)}.txt`)
    return heard.length > 0
  })
  await caughtUp()
  await until('it has heard the last', async () => heard.at(-1)?.version === (await versionOfCatalog()))
  const before = heard.length

  await house.api.stop()
  await rename(foreignId, 'theirs b.txt')
  await rename(fileId, 'in the gap.txt')
  await rename(fileId, 'again in the gap.txt')
  await house.api.start()
  await until('it hears of the gap', async () => heard.length > before, 20_000)
  const atReturn = await versionOfCatalog()
  expect(heard.slice(before)).toEqual([{ view: 'catalog', version: atReturn, changed: true, at: expect.any(String) }])

  // A gap in which only others changed something is told nothing of.
  await house.api.stop()
  await rename(foreignId, 'theirs again.txt')
  const { connections } = house.api
  await house.api.start()
  await until('it is back', () => house.api.connections > connections, 20_000)
  await rename(fileId, 'at last.txt')
  await until('it hears', async () => heard.length > before + 1, 20_000)
  ending.abort()
  await reading
  expect(heard.slice(before).map(({ view }) => view)).toEqual(['catalog', 'catalog'])
}, 60_000)

const sqlOf = () => house.platform.platform.database.sql

async function applied(): Promise<void> {
  await until(
    'it is applied',
    async () => (await sqlOf()`select from live_view_dirty where view = 'catalog'`).length === 0,
  )
}

async function versionOfCatalog(): Promise<number> {
  const [row] = await sqlOf()`select change_version::float8 as version from live_view_status where view = 'catalog'`
  return Number(row?.['version'])
}
