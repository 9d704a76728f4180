import { deleteFile, examineStore, queueExamination, storeReport } from '@bellhop/business'
import { findStoreReport, saveStoreReport } from '@bellhop/persistence'
import { startTestPlatform, until, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { walkBucket } from '../src/bucket-sweep.ts'
import { examineWhenDue } from '../src/store-examination.ts'

let world: TestPlatform
const never = new AbortController().signal

beforeAll(async () => {
  world = await startTestPlatform({ without: ['composite-checksums'] })
})
afterAll(() => world[Symbol.asyncDispose]())

const kept = () => findStoreReport(world.platform.database.db, world.platform.settings.objectStore)

test('nothing is known of a store that nobody has examined', async () => {
  expect(await storeReport(world.owner)).toEqual({ report: null, sweep: null })
})

test('a worker that has started examines the store by itself, and keeps what it found', async () => {
  await using _ = await world.startWorker()
  await queueExamination(world.platform)
  const report = await until('there is a report', kept)
  expect(report).toMatchObject({ bucket: 'test', binding: 'sha256' })
  expect((await storeReport(world.owner)).report).toEqual(report)
})

test('who asks meanwhile gets the same report', async () => {
  const before = await kept()
  const [one, two] = await Promise.all([examineStore(world.owner), examineStore(world.owner)])
  expect(one).toBe(two)
  expect(one.checkedAt > before!.checkedAt).toBe(true)
  expect(await kept()).toEqual(one)
})

test('a report of today is not made again; one of yesterday, or of another public address, is', async () => {
  const { database, settings } = world.platform
  const fresh = (await kept())!
  await examineWhenDue(world.platform, never)
  expect(await kept()).toEqual(fresh)

  const stale = { ...fresh, checkedAt: new Date(Date.now() - 25 * 3_600_000).toISOString() }
  const elsewhere = { ...fresh, publicEndpoint: 'https://files.example.com' }
  for (const report of [stale, elsewhere]) {
    await saveStoreReport(database.db, settings.objectStore, report)
    await examineWhenDue(world.platform, never)
    expect(await kept()).toMatchObject({ publicEndpoint: fresh.publicEndpoint })
    expect(Date.parse((await kept())!.checkedAt)).toBeGreaterThanOrEqual(Date.parse(fresh.checkedAt))
  }
})

test('a store that is away is reported as that, weakens no key, and is examined when it is back', async () => {
  const { database, settings } = world.platform
  const yesterday = { ...(await kept())!, checkedAt: new Date(0).toISOString() }
  await saveStoreReport(database.db, settings.objectStore, yesterday)
  const startAgain = await world.stopStore()
  await examineWhenDue(world.platform, never)
  await startAgain()
  expect(world.complaints.join()).toMatch(/Nothing answers at .*Check that the store runs/)
  expect(await kept()).toMatchObject({ binding: 'sha256', isBindingSeen: false })

  await examineWhenDue(world.platform, never)
  expect(await kept()).toMatchObject({ binding: 'sha256', isBindingSeen: true })
})

test('the keys of objects that no row knows are told to the workspace that they stand under, to no other', async () => {
  const { platform, owner } = world
  const key = `workspaces/${owner.caller.workspaceId}/files/unknown`
  await platform.store.put(key, 'text/plain', Buffer.from('x'), never)
  await walkBucket(platform, { signal: never })
  expect((await storeReport(owner)).sweep).toMatchObject({ unknownObjects: 1, unknownKeys: [key] })
  expect((await storeReport(await world.stranger())).sweep).toMatchObject({ unknownObjects: 1, unknownKeys: [] })
})

test('files whose objects are missing are named to the workspace that they are of, the newest first, until they are deleted', async () => {
  const { platform, owner } = world
  const stranger = await world.stranger()
  const send = async (ctx: typeof owner, name: string) =>
    (await uploadBytes(ctx, name, name, { startJobs: false })).file
  const older = await send(owner, 'older.txt')
  const newer = await send(owner, 'newer.txt')
  await send(owner, 'stored.txt')
  const theirs = await send(stranger, 'theirs.txt')
  const keyOf = (ctx: typeof owner, id: string) => `workspaces/${ctx.caller.workspaceId}/files/${id}`
  await platform.store.deleteObjects([keyOf(owner, older.id), keyOf(owner, newer.id), keyOf(stranger, theirs.id)])
  await walkBucket(platform, { signal: never })
  const missing = async (ctx: typeof owner) => (await storeReport(ctx)).sweep?.missingFiles
  const named = ({ id, name }: typeof older) => ({ id, name })
  expect(await missing(owner)).toEqual([named(newer), named(older)])
  expect(await missing(stranger)).toEqual([named(theirs)])

  await deleteFile(owner, { fileId: newer.id })
  expect(await missing(owner)).toEqual([named(older)])
})
