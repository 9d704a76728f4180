import { getJob, submitJob } from '@bellhop/business'
import type { JobId } from '@bellhop/model'
import { startTestPlatform, until, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let world: TestPlatform

beforeAll(async () => {
  world = await startTestPlatform()
})
afterAll(() => world[Symbol.asyncDispose]())

const job = (jobId: JobId) => getJob(world.owner, { jobId })

test('a worker takes the kinds of its pool only, and leaves chores to those that do them', async () => {
  const { owner } = world
  await using _ = await world.startWorker({ kinds: ['dataset.*'], chores: false })
  const { file } = await uploadBytes(owner, 'a.csv', 'a,b\n1,2\n', { startJobs: false })
  const other = await submitJob(owner, { kind: 'file.verify', input: { fileId: file.id } })
  const mine = await submitJob(owner, { kind: 'dataset.profile', input: { fileId: file.id } })
  await until('its own kind is done', async () => (await job(mine.id)).status === 'COMPLETED')
  expect(await job(other.id)).toMatchObject({ status: 'PENDING', waitingFor: 'turn' })
  const [chore] = await world.platform.database.sql`
    select graphile_worker.add_job('key-rates:prune', '{}'::json, job_key := 'left')`
  expect(chore).toBeDefined()
  const next = await submitJob(owner, { kind: 'dataset.profile', input: { fileId: file.id } })
  await until('another is done', async () => (await job(next.id)).status === 'COMPLETED')
  expect(await world.platform.database.sql`select from graphile_worker.jobs where key = 'left'`).toHaveLength(1)

  await using all = await world.startWorker()
  void all
  await until('the rest is done', async () => (await job(other.id)).status === 'COMPLETED')
  await until(
    'the chore is done',
    async () => (await world.platform.database.sql`select from graphile_worker.jobs where key = 'left'`).length === 0,
  )
}, 60_000)

test('a pattern that matches no kind is refused', async () => {
  await expect(world.startWorker({ kinds: ['sound.*'] })).rejects.toThrow('`sound.*`')
})

test('jobs of a chain, a delay and a key run through the workers, and the key covers the order', async () => {
  const { owner } = world
  await using _ = await world.startWorker()
  const { file } = await uploadBytes(owner, 'b.csv', 'a,b\n1,2\n', { startJobs: false })
  const request = { kind: 'dataset.profile', input: { fileId: file.id } }
  const first = await submitJob(owner, { ...request, delayMs: 500 })
  expect(first).toMatchObject({ waitingFor: 'time', priority: 'normal' })
  const last = await submitJob(owner, {
    ...request,
    after: [first.id],
    priority: 'high',
    idempotencyKey: 'last',
  })
  expect(last).toMatchObject({ waitingFor: 'jobs', priority: 'high' })
  await expect(submitJob(owner, { ...request, idempotencyKey: 'last' })).rejects.toMatchObject({
    code: 'IDEMPOTENCY_CONFLICT',
  })
  const same = { ...request, after: [first.id], priority: 'high' as const, idempotencyKey: 'last' }
  expect((await submitJob(owner, same)).id).toBe(last.id)
  await until('the last is done', async () => (await job(last.id)).status === 'COMPLETED', 30_000)
  const [before, after] = [await job(first.id), await job(last.id)]
  expect(before.finishedAt! <= after.startedAt!).toBe(true)
  const stranger = await world.stranger()
  const theirs = { ...request, after: [first.id] }
  await expect(submitJob(stranger, theirs)).rejects.toMatchObject({ code: expect.stringMatching(/_NOT_FOUND$/) })
}, 60_000)
