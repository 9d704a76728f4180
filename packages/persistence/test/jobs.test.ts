import { JOB_STATUSES, JOB_TRANSITIONS, newId } from '@bellhop/model'
import type { FileId, JobId, JobStatus, UserId, WorkerId, WorkspaceId } from '@bellhop/model'
import {
  cancelPendingJob,
  claimJob,
  completeJob,
  createWorkspace,
  failJob,
  findJobDetail,
  findSnapshots,
  finishCancel,
  insertJob,
  isCompletedBy,
  requestCancel,
  requeueLost,
  retryJob,
  takeFromWorker,
  writeProgress,
} from '@bellhop/persistence'
import type { JobRow, Lease } from '@bellhop/persistence'
import { createTestDatabase } from '@bellhop/testkit'
import type { TestDatabase } from '@bellhop/testkit'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let database: TestDatabase
let workspaceId: WorkspaceId
let createdBy: UserId
const workerId: WorkerId = newId('worker')
const failure = { code: 'BROKEN', sentence: 'It broke.', retryable: true }

beforeAll(async () => {
  database = await createTestDatabase()
  createdBy = newId('user')
  await database.db.execute(sql`insert into users (id, name, email) values (${createdBy}, 'Mina', 'mina@example.com')`)
  workspaceId = await createWorkspace(database.db, 'Home', createdBy)
})
afterAll(() => database[Symbol.asyncDispose]())

async function newJob(): Promise<JobRow> {
  const fileId: FileId = newId('file')
  await database.db.execute(sql`
    insert into files (id, workspace_id, owner_id, name, type, media_type, size_bytes, status, object_key, integrity, ready_at)
    values (${fileId}, ${workspaceId}, ${createdBy}, 'a.csv', 'dataset', 'text/csv', 1, 'READY', ${fileId}, 'size', now())`)
  const job = await insertJob(database.db, {
    workspaceId,
    kind: 'dataset.profile',
    kindVersion: 1,
    fileId,
    input: { fileId },
    maxAttempts: 3,
    createdBy,
  })
  return job!
}

async function claimed(): Promise<{ job: JobRow; lease: Lease }> {
  const { id } = await newJob()
  const lease = { jobId: id, attempt: 1, token: crypto.randomUUID() }
  const job = await claimJob(database.db, id, 1, { token: lease.token, owner: workerId })
  return { job: job!, lease }
}

async function statusOf(id: JobId): Promise<JobStatus> {
  const [snapshot] = await findSnapshots(database.db, workspaceId, [id])
  return snapshot!.status
}

test('the database has the very arrows of the table of statuses', async () => {
  const declared = JOB_STATUSES.flatMap((from) =>
    Object.values(JOB_TRANSITIONS[from]).flatMap((to) => (to === null ? [] : [`${from}>${to}`])),
  )
  const rows = await database.db.execute<{ arrow: string }>(sql`
    select f.s || '>' || t.s as arrow
    from unnest(${sql.raw(`array['${JOB_STATUSES.join("','")}']`)}) f(s)
    cross join unnest(${sql.raw(`array['${JOB_STATUSES.join("','")}']`)}) t(s)
    where job_arrow_exists(f.s, t.s)`)
  expect(rows.map((row) => row.arrow).toSorted()).toEqual([...new Set(declared)].toSorted())
})

test('no statement, however written, walks an arrow that does not exist or leaves the version behind', async () => {
  const { id } = await newJob()
  const skip = database.db.execute(
    sql`update jobs set status = 'FAILED', finished_at = now(), version = version + 2 where id = ${id}`,
  )
  await expect(skip).rejects.toMatchObject({ cause: { constraint_name: 'jobs_version' } })
  await cancelPendingJob(database.db, workspaceId, id)
  const wake = database.db.execute(
    sql`update jobs set status = 'PENDING', finished_at = null, version = version + 1 where id = ${id}`,
  )
  await expect(wake).rejects.toMatchObject({ cause: { constraint_name: 'jobs_arrow' } })
})

test('one of twenty claims of the same attempt wins', async () => {
  const { id } = await newJob()
  const claims = await Promise.all(
    Array.from({ length: 20 }, () => claimJob(database.db, id, 1, { token: crypto.randomUUID(), owner: workerId })),
  )
  expect(claims.filter(Boolean)).toHaveLength(1)
})

describe('a worker that lost its lease changes nothing', () => {
  async function rescued() {
    const { job, lease } = await claimed()
    await database.db.transaction(async (tx) => {
      await takeFromWorker(tx, job, failure)
      await retryJob(tx, job.id, { delayMs: 0, rescued: true })
    })
    const before = await findJobDetail(database.db, workspaceId, job.id)
    return { lease, before, after: () => findJobDetail(database.db, workspaceId, job.id) }
  }

  test.each([
    ['by completing', (lease: Lease) => completeJob(database.db, lease, { output: {}, outputs: [] })],
    ['by failing', (lease: Lease) => failJob(database.db, lease, failure)],
    ['by cancelling', (lease: Lease) => finishCancel(database.db, lease)],
    [
      'by reporting progress',
      async (lease: Lease) =>
        (
          await writeProgress(database.db, [
            { lease, fraction: 0.5, stage: 'x', work: null, remaining: null, stages: null },
          ])
        ).length > 0,
    ],
  ])('%s', async (_, act) => {
    const { lease, before, after } = await rescued()
    expect(await act(lease)).toBe(false)
    expect(await after()).toEqual(before)
  })
})

test('a cancel and a completion that race give one end, and the history is legal', async () => {
  const ends: string[] = []
  for (let race = 0; race < 40; race++) {
    const { job, lease } = await claimed()
    const [completed] = await Promise.all([
      database.db.transaction((tx) => completeJob(tx, lease, { output: {}, outputs: [] })),
      requestCancel(database.db, workspaceId, job.id),
    ])
    const cancelled = await finishCancel(database.db, lease)
    expect([completed, cancelled].filter(Boolean)).toHaveLength(1)
    const { history, status } = (await findJobDetail(database.db, workspaceId, job.id))!
    expect(history.map((event) => event.status)).toEqual(['PENDING', 'PROCESSING', status])
    ends.push(status)
  }
  expect(new Set(ends)).not.toContain('PROCESSING')
})

test('an automatic retry walks FAILED and then PENDING in one transaction, both recorded, and is queued', async () => {
  const { job, lease } = await claimed()
  await database.db.transaction(async (tx) => {
    await failJob(tx, lease, failure)
    await retryJob(tx, job.id, { delayMs: 60_000 })
  })
  const detail = (await findJobDetail(database.db, workspaceId, job.id))!
  expect(detail.history.map(({ status, attempt, reason }) => [status, attempt, reason])).toEqual([
    ['PENDING', 1, null],
    ['PROCESSING', 1, null],
    ['FAILED', 1, 'It broke.'],
    ['PENDING', 2, null],
  ])
  expect(detail).toMatchObject({ status: 'PENDING', attempt: 2, error: { code: 'BROKEN', sentence: 'It broke.' } })
  const queued = await database.db.execute(
    sql`select key from graphile_worker.jobs where key = ${`${job.id}:2`} and run_at > now() + interval '30 seconds'`,
  )
  expect(queued).toHaveLength(1)
})

test('a job that is rolled back was never queued', async () => {
  const id = await database.db
    .transaction(async (tx) => {
      const job = await insertJob(tx, {
        workspaceId,
        kind: 'dataset.profile',
        kindVersion: 1,
        fileId: null,
        input: {},
        maxAttempts: 1,
        createdBy,
      })
      const queued = await tx.execute(sql`select from graphile_worker.jobs where key = ${`${job!.id}:1`}`)
      expect(queued).toHaveLength(1)
      throw new Error(job!.id)
    })
    .catch((error: Error) => error.message as JobId)
  expect(await findSnapshots(database.db, workspaceId, [id])).toEqual([])
  expect(await database.db.execute(sql`select from graphile_worker.jobs where key = ${`${id}:1`}`)).toHaveLength(0)
})

test('versions rise with every transition and every report of progress, and nothing follows the end', async () => {
  const { job, lease } = await claimed()
  const versions: number[] = []
  const look = async () => versions.push((await findSnapshots(database.db, workspaceId, [job.id]))[0]!.version)
  await look()
  for (const fraction of [0.1, 0.2, 0.3]) {
    await writeProgress(database.db, [{ lease, fraction, stage: 'reading', work: null, remaining: null, stages: null }])
    await look()
  }
  await completeJob(database.db, lease, { output: {}, outputs: [] })
  await look()
  await writeProgress(database.db, [{ lease, fraction: 0.9, stage: 'late', work: null, remaining: null, stages: null }])
  await look()
  expect(versions).toEqual([2, 3, 4, 5, 6, 6])
})

test('a waiting job is cancelled at once and taken out of the queue', async () => {
  const { id } = await newJob()
  await cancelPendingJob(database.db, workspaceId, id)
  expect(await statusOf(id)).toBe('CANCELLED')
  expect(await database.db.execute(sql`select from graphile_worker.jobs where key = ${`${id}:1`}`)).toHaveLength(0)
})

test('outputs are not there before their job is COMPLETED', async () => {
  const { job, lease } = await claimed()
  const output = {
    id: newId('output'),
    role: 'parquet',
    name: 'a.parquet',
    mediaType: 'x/y',
    sizeBytes: 1,
    width: undefined,
    height: undefined,
    objectKey: newId('output'),
  }
  const seen = () => database.db.execute(sql`select from outputs where job_id = ${job.id}`)
  await requestCancel(database.db, workspaceId, job.id)
  expect(await completeJob(database.db, lease, { output: {}, outputs: [output] })).toBe(false)
  expect(await seen()).toHaveLength(0)
  const other = await claimed()
  expect(await completeJob(database.db, other.lease, { output: {}, outputs: [output] })).toBe(true)
  expect(await database.db.execute(sql`select from outputs where job_id = ${other.job.id}`)).toHaveLength(1)
})

describe('what the queue has lost is queued again', () => {
  const entries = (id: JobId) =>
    database.db.execute(sql`select locked_at from graphile_worker.jobs where key = ${`${id}:1`}`)

  test.each([
    ['an entry that is gone', (id: JobId) => sql`select graphile_worker.remove_job(${`${id}:1`})`],
    [
      'an entry that a process locked and never claimed',
      (id: JobId) =>
        sql`update graphile_worker._private_jobs set locked_at = now() - interval '1 minute', locked_by = 'dead' where key = ${`${id}:1`}`,
    ],
    [
      'an entry that was freed after its process had taken it and died',
      (id: JobId) => sql`update graphile_worker._private_jobs set attempts = attempts + 1 where key = ${`${id}:1`}`,
    ],
  ])('%s', async (_, lose) => {
    const { id } = await newJob()
    expect(await requeueLost(database.db)).toBe(0)
    await database.db.execute(lose(id))
    await database.db.execute(
      sql`update jobs set run_at = now() - interval '30 seconds', version = version + 1 where id = ${id}`,
    )
    expect(await requeueLost(database.db)).toBe(1)
    expect(await entries(id)).toMatchObject([{ locked_at: null }])
    expect(await requeueLost(database.db)).toBe(0)
  })
})

test('who lost the answer to a completion learns that it was theirs', async () => {
  const { lease } = await claimed()
  expect(await isCompletedBy(database.db, lease)).toBe(false)
  await completeJob(database.db, lease, { output: {}, outputs: [] })
  expect(await completeJob(database.db, lease, { output: {}, outputs: [] })).toBe(false)
  expect(await isCompletedBy(database.db, lease)).toBe(true)
  expect(await isCompletedBy(database.db, { ...lease, attempt: 2 })).toBe(false)
})
