import { newId } from '@bellhop/model'
import type { JobId, UserId, WorkerId, WorkspaceId } from '@bellhop/model'
import {
  cancelPendingJob,
  claimJob,
  completeJob,
  createWorkspace,
  failJob,
  findSnapshots,
  followEnd,
  followForgotten,
  insertJob,
  retryJob,
  waitForParts,
} from '@bellhop/persistence'
import type { ChangedJobs, JobRow, NewJob } from '@bellhop/persistence'
import { createTestDatabase } from '@bellhop/testkit'
import type { TestDatabase } from '@bellhop/testkit'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'

let database: TestDatabase
let workspaceId: WorkspaceId
let createdBy: UserId
const owner: WorkerId = newId('worker')
const failure = { code: 'BROKEN', sentence: 'It broke.', retryable: false }

beforeAll(async () => {
  database = await createTestDatabase()
  createdBy = newId('user')
  await database.db.execute(sql`insert into users (id, name, email) values (${createdBy}, 'Mina', 'mina@example.com')`)
  workspaceId = await createWorkspace(database.db, 'Home', createdBy)
})
afterAll(() => database[Symbol.asyncDispose]())

function newJob(order: Partial<NewJob['order']> = {}): NewJob {
  return {
    workspaceId,
    kind: 'dataset.profile',
    kindVersion: 1,
    fileId: null,
    input: {},
    maxAttempts: 3,
    createdBy,
    order: { priority: 'normal', delayMs: 0, after: [], ...order },
  }
}

async function submit(...after: readonly JobRow[]): Promise<JobRow> {
  const job = await database.db.transaction((tx) => insertJob(tx, newJob({ after: after.map(({ id }) => id) })))
  return job!
}

/** The job hands its worker back, and waits for so many parts, in their order. */
async function split(whole: JobRow, count: number): Promise<JobRow[]> {
  const lease = await claimed(whole)
  const parts = Array.from({ length: count }, () => ({ ...newJob(), part: { of: whole.id, weight: 1 } }))
  const changed: ChangedJobs = []
  const usage = { cpuSeconds: 0, readBytes: 0, wroteBytes: 0, stages: [] }
  const waits = database.db.transaction((tx) => waitForParts(tx, lease, { stage: 'parts', parts }, usage, changed))
  expect(await waits).toBe(true)
  return changed.filter(({ id }) => id !== whole.id).toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

async function claimed(job: JobRow, attempt = 1) {
  const lease = { jobId: job.id, attempt, token: crypto.randomUUID() }
  expect(await claimJob(database.db, job.id, attempt, { token: lease.token, owner })).toBeDefined()
  return lease
}

async function complete(job: JobRow, changed?: ChangedJobs, attempt = 1): Promise<void> {
  const lease = await claimed(job, attempt)
  expect(await completeJob(database.db, lease, { output: {}, outputs: [] }, changed)).toBe(true)
}

async function giveUp(job: JobRow): Promise<JobRow[]> {
  const lease = await claimed(job)
  return database.db.transaction(async (tx) => {
    await failJob(tx, lease, failure)
    return followEnd(tx, job.id)
  })
}

async function seen({ id }: Pick<JobRow, 'id'>) {
  const [snapshot] = await findSnapshots(database.db, workspaceId, [id])
  return snapshot!
}

const isQueued = async (id: JobId) =>
  (await database.db.execute(sql`select from graphile_worker.jobs where key like ${`${id}:%`}`)).length > 0

test('a job waits until all that it comes after are COMPLETED, and is queued by the last of them', async () => {
  const [first, second] = [await submit(), await submit()]
  const last = await submit(first, second)
  expect(await seen(last)).toMatchObject({ status: 'PENDING', waitingFor: 'jobs' })
  expect(await isQueued(last.id)).toBe(false)
  const changed: ChangedJobs = []
  await complete(first, changed)
  expect(changed).toEqual([])
  expect(await isQueued(last.id)).toBe(false)
  await complete(second, changed)
  expect(changed.map(({ id }) => id)).toEqual([last.id])
  expect(await seen(last)).toMatchObject({ waitingFor: 'turn' })
  await complete(last)
})

test('two that end at the same time queue what waits for both, once', async () => {
  for (let race = 0; race < 10; race++) {
    const both = [await submit(), await submit()]
    const last = await submit(...both)
    const changed: ChangedJobs = []
    await Promise.all(both.map((job) => complete(job, changed)))
    expect(changed.map(({ id }) => id)).toEqual([last.id])
    expect(await seen(last)).toMatchObject({ waitingFor: 'turn' })
  }
})

test('a job that comes while the one before it ends is not forgotten', async () => {
  for (let race = 0; race < 20; race++) {
    const first = await submit()
    const lease = await claimed(first)
    const [next] = await Promise.all([submit(first), completeJob(database.db, lease, { output: {}, outputs: [] })])
    expect(await seen(next)).toMatchObject({ status: 'PENDING', waitingFor: 'turn' })
    expect(await isQueued(next.id)).toBe(true)
  }
})

test('when one FAILS for good or is CANCELLED, all that were to come after it FAIL with a sentence', async () => {
  const first = await submit()
  const second = await submit(first)
  const third = await submit(second, await submit())
  expect((await giveUp(first)).map(({ id }) => id)).toEqual([second.id, third.id])
  expect(await seen(second)).toMatchObject({
    status: 'FAILED',
    waitingFor: null,
    error: { code: 'PREDECESSOR_FAILED', sentence: expect.stringContaining(first.id) },
  })
  expect(await seen(third)).toMatchObject({ status: 'FAILED', error: { code: 'PREDECESSOR_FAILED' } })

  const waiting = await submit()
  const after = await submit(waiting)
  const changed: ChangedJobs = []
  await database.db.transaction((tx) => cancelPendingJob(tx, workspaceId, waiting.id, changed))
  expect(changed.map(({ id }) => id)).toEqual([after.id])
  expect(await seen(after)).toMatchObject({ status: 'FAILED', error: { code: 'PREDECESSOR_CANCELLED' } })
  // Too late: it fails at once.
  expect(await submit(waiting)).toMatchObject({ status: 'FAILED', errorCode: 'PREDECESSOR_CANCELLED' })
})

test('an attempt that fails and is tried again fails nobody else', async () => {
  const first = await submit()
  const next = await submit(first)
  const lease = await claimed(first)
  await database.db.transaction(async (tx) => {
    await failJob(tx, lease, failure)
    await retryJob(tx, first.id, { delayMs: 0 })
  })
  expect(await seen(next)).toMatchObject({ status: 'PENDING', waitingFor: 'jobs' })
  await complete(first, [], 2)
  expect(await seen(next)).toMatchObject({ waitingFor: 'turn' })
})

test('when a part FAILS for good the whole FAILS for its reason, and nothing of it begins any more', async () => {
  const whole = await submit()
  const [first, second, third, fourth] = (await split(whole, 4)) as [JobRow, JobRow, JobRow, JobRow]
  await complete(first)
  const [, inner] = (await split(third, 2)) as [JobRow, JobRow]
  const running = await claimed(inner)
  const changed = await giveUp(second)
  const broken = { status: 'FAILED', waitingFor: null, error: { code: 'BROKEN', sentence: 'It broke.' } }
  for (const job of [whole, third, fourth]) {
    expect(await seen(job)).toMatchObject(broken)
    expect(changed.map(({ id }) => id)).toContain(job.id)
  }
  expect(await isQueued(fourth.id)).toBe(false)
  // A part of a part that had not begun is not begun either; what is done stays, and what runs comes to its end.
  expect(changed).toHaveLength(4)
  expect(await seen(first)).toMatchObject({ status: 'COMPLETED' })
  expect(await completeJob(database.db, running, { output: {}, outputs: [] })).toBe(true)
})

test('a retry waits anew', async () => {
  const first = await submit()
  const next = await submit(first)
  await giveUp(first)
  await database.db.transaction((tx) => retryJob(tx, first.id, { delayMs: 0, takesTurn: true }))
  await database.db.transaction((tx) => retryJob(tx, next.id, { delayMs: 0, takesTurn: true }))
  expect(await seen(next)).toMatchObject({ status: 'PENDING', waitingFor: 'jobs', attempt: 2 })
  await complete(first, [], 2)
  await complete(next, [], 2)
})

test('what no end has brought on the sweep brings on', async () => {
  const [done, cancelled] = [await submit(), await submit()]
  const [next, lost, waits] = [await submit(done), await submit(cancelled), await submit(await submit())]
  // Ends that somebody wrote by hand, past all of this.
  await database.db.execute(sql`
    update jobs set status = 'PROCESSING', lease_token = 'x', lease_owner = 'x', version = version + 1 where id = ${done.id}`)
  await database.db.execute(sql`
    update jobs set status = 'COMPLETED', output = '{}', lease_token = null, lease_owner = null, finished_at = now(),
      version = version + 1
    where id = ${done.id}`)
  await database.db.execute(sql`
    update jobs set status = 'CANCELLED', finished_at = now(), version = version + 1 where id = ${cancelled.id}`)
  const sweep = () => database.db.transaction((tx) => followForgotten(tx))
  expect(new Set((await sweep()).map(({ id }) => id))).toEqual(new Set([next.id, lost.id]))
  expect(await seen(next)).toMatchObject({ waitingFor: 'turn' })
  expect(await seen(lost)).toMatchObject({ status: 'FAILED' })
  expect(await seen(waits)).toMatchObject({ waitingFor: 'jobs' })
  expect(await sweep()).toEqual([])
})
