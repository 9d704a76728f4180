import { newId } from '@bellhop/model'
import type { JobId, UserId, WorkerId, WorkspaceId } from '@bellhop/model'
import { claimJob, completeJob, createWorkspace, insertJob, isCompletedBy, isDatabaseAway } from '@bellhop/persistence'
import type { Lease } from '@bellhop/persistence'
import { createTestDatabase } from '@bellhop/testkit'
import type { TestDatabase } from '@bellhop/testkit'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let database: TestDatabase
let workspaceId: WorkspaceId
let createdBy: UserId
const owner: WorkerId = newId('worker')

beforeAll(async () => {
  database = await createTestDatabase()
  createdBy = newId('user')
  await database.db.execute(sql`insert into users (id, name, email) values (${createdBy}, 'Mina', 'mina@example.com')`)
  workspaceId = await createWorkspace(database.db, 'Home', createdBy)
})
afterAll(() => database[Symbol.asyncDispose]())

const submit = (input: unknown = {}, of = workspaceId) =>
  insertJob(database.db, {
    workspaceId: of,
    kind: 'dataset.profile',
    kindVersion: 1,
    fileId: null,
    input,
    maxAttempts: 3,
    createdBy,
  })

const submitted = async (count: number) => {
  const rows = await Promise.all(Array.from({ length: count }, () => submit()))
  return rows.map((row) => row!.id)
}

async function claim(jobId: JobId): Promise<Lease> {
  const token = crypto.randomUUID()
  await claimJob(database.db, jobId, 1, { token, owner })
  return { jobId, attempt: 1, token }
}

const running = async (count: number) => Promise.all((await submitted(count)).map(claim))

const complete = (lease: Lease, output: unknown = {}) => completeJob(database.db, lease, { output, outputs: [] })

/** As one transaction wrote them, they have one number. */
async function statementsThatWrote(ids: readonly JobId[]): Promise<number> {
  const [row] = await database.db.execute<{ count: number }>(sql`
    select count(distinct xmin::text)::int as count from jobs
    where id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`)
  return row!.count
}

async function eventsOf(ids: readonly JobId[]): Promise<readonly string[]> {
  const rows = await database.db.execute<{ said: string }>(sql`
    select string_agg(version || ' ' || status, ', ' order by version) as said from job_events
    where job_id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))
    group by job_id`)
  return rows.map(({ said }) => said)
}

const WHOLE = '1 PENDING, 2 PROCESSING, 3 COMPLETED'

test('what comes while a statement is under way goes together in the next, and each is answered for itself', async () => {
  const leases = await running(20)
  const ids = leases.map(({ jobId }) => jobId)
  const strange = { ...leases[0]!, token: 'of another' }
  const answers = await Promise.all([...leases, strange].map((lease) => complete(lease)))
  expect(answers).toEqual([...ids.map(() => true), false])
  expect(await statementsThatWrote(ids)).toBe(1)
  expect(await eventsOf(ids)).toEqual(ids.map(() => WHOLE))
})

test('the same lease completed twice at once is completed once', async () => {
  const [lease] = await running(1)
  const answers = await Promise.all([complete(lease!), complete(lease!)])
  expect(answers).toContain(true)
  expect(await eventsOf([lease!.jobId])).toEqual([WHOLE])
})

test('a claim whose answer was lost is answered when it is asked again, and claims nothing anew', async () => {
  const [id] = await submitted(1)
  const lease = { token: crypto.randomUUID(), owner }
  expect(await claimJob(database.db, id!, 1, lease)).toMatchObject({ version: 2 })
  expect(await claimJob(database.db, id!, 1, lease)).toMatchObject({ version: 2, leaseToken: lease.token })
})

test('jobs submitted together have their progress and their place in the queue, one after the other', async () => {
  const ids = await submitted(30)
  const rows = await database.db.execute<{ id: JobId; turn: string }>(sql`
    select j.id, j.turn from jobs j
    join job_progress p on p.job_id = j.id
    join graphile_worker.jobs q on q.key = j.id || ':1'
    where j.id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))
    order by q.run_at`)
  expect(rows.map(({ id }) => id)).toEqual(ids)
  expect(new Set(rows.map(({ turn }) => turn)).size).toBe(ids.length)
})

describe('one that the database refuses fails alone', () => {
  test('among completions', async () => {
    const [first, bad, last] = await running(3)
    const answers = await Promise.allSettled([complete(first!), complete(bad!, { text: '\u0000' }), complete(last!)])
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await eventsOf([first!.jobId, last!.jobId])).toEqual([WHOLE, WHOLE])
    expect(await eventsOf([bad!.jobId])).toEqual(['1 PENDING, 2 PROCESSING'])
  })

  test('among submissions', async () => {
    const [first, bad, last] = await Promise.allSettled([submit(), submit({ text: '\u0000' }), submit()])
    expect([first.status, bad.status, last.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })
})

test('a job that another has locked does not hold up the rest', async () => {
  const [locked, free] = await running(2)
  const held = await database.sql.reserve()
  try {
    await held`begin`
    await held`select from jobs where id = ${locked!.jobId} for update`
    const waits = complete(locked!)
    expect(await complete(free!)).toBe(true)
    await held`rollback`
    expect(await waits).toBe(true)
  } finally {
    held.release()
  }
})

test('a lost connection fails all that it carried, and asked again each is done once', async () => {
  const leases = await running(5)
  const ids = leases.map(({ jobId }) => jobId)
  const held = await database.sql.reserve()
  try {
    await held`begin`
    await held`lock table jobs in access exclusive mode`
    const lost = Promise.allSettled(leases.map((lease) => complete(lease)))
    await expect
      .poll(
        () => held`
          select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and wait_event_type = 'Lock'`,
        { timeout: 10_000 },
      )
      .toHaveLength(1)
    const answers = await lost
    expect(answers.map((answer) => answer.status === 'rejected' && isDatabaseAway(answer.reason))).toEqual(
      ids.map(() => true),
    )
    await held`rollback`
  } finally {
    held.release()
  }
  await Promise.all(leases.map(async (lease) => (await complete(lease)) || isCompletedBy(database.db, lease)))
  expect(await eventsOf(ids)).toEqual(ids.map(() => WHOLE))
})
