import { JobHub, feedJobs, submitJob, toAppError } from '@bellhop/business'
import type { Context, FeedItem } from '@bellhop/business'
import type { JobId } from '@bellhop/model'
import { openDatabase } from '@bellhop/persistence'
import { HandWorker, startTestPlatform, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** How long a reader waits for what does not come. */
const PATIENCE_MS = 5_000

let world: TestPlatform
let fileId: string

beforeAll(async () => {
  world = await startTestPlatform()
  fileId = (await uploadBytes(world.owner, 'a.csv', 'a\n1\n', { startJobs: false })).file.id
}, 60_000)
afterAll(() => world[Symbol.asyncDispose]())

async function endedAgo(seconds: number): Promise<JobId> {
  const { owner, platform } = world
  const { id } = await submitJob(owner, { kind: 'dataset.profile', input: { fileId } })
  const worker = new HandWorker(platform, owner.caller.workspaceId)
  await worker.complete(await worker.claim(id), {})
  await platform.database.sql`
    update jobs set finished_at = now() - ${seconds} * interval '1 second', version = version + 1 where id = ${id}`
  return id
}

/** What a reader gets who leaves after so many. */
async function read(ctx: Context, count: number, cursor: string): Promise<FeedItem[]> {
  const items: FeedItem[] = []
  for await (const item of feedJobs(ctx, { cursor }, AbortSignal.timeout(PATIENCE_MS))) {
    items.push(item)
    if (items.length === count) break
  }
  return items
}

test('a slow reader that leaves in the middle of a batch misses nothing of it, though it ended over a minute ago', async () => {
  const cursor = String(Date.now() - 5 * 60_000)
  const ended = [await endedAgo(200), await endedAgo(150), await endedAgo(100)]
  const seen = new Set<JobId>()
  let at = cursor
  // It never has the time for more than what it has had and one.
  for (let taken = 1; taken <= ended.length; taken += 1) {
    const items = await read(world.owner, taken, at)
    for (const { job } of items) seen.add(job.id)
    at = items.at(-1)!.cursor
  }
  expect(seen).toEqual(new Set(ended))
  expect(Number(at)).toBeGreaterThan(Date.now() - 60_000)
})

test('a feed whose store is away ends with the error, keeps no mailbox, and the next reader has it all', async () => {
  await using away = openDatabase('postgres://nobody@127.0.0.1:1/nothing')
  await using hub = new JobHub({ ...world.platform, database: away })
  const broken: Context = { ...world.owner, jobHub: hub }
  const error = await read(broken, 1, '0').catch((cause: unknown) => cause)
  expect(toAppError(error).code).toBe('DATABASE_UNAVAILABLE')
  expect(hub.watchers).toBe(0)
  expect(await read(world.owner, 1, '0')).toHaveLength(1)
})
