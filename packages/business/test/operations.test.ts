import { operationsReport } from '@bellhop/business'
import type { Context } from '@bellhop/business'
import { newId } from '@bellhop/model'
import type { JobStatus, WorkerId } from '@bellhop/model'
import { listEndedByMinute, sumEndedJobs, tallyEndedJobs } from '@bellhop/persistence'
import { startTestPlatform } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'

const KIND = 'dataset.profile'
const MINUTE_MS = 60_000

let world: TestPlatform

beforeEach(async () => {
  world = await startTestPlatform()
})
afterEach(() => world[Symbol.asyncDispose]())

interface MadeJob {
  readonly status?: JobStatus
  readonly kind?: string
  /** How long ago it was due, was claimed, and ended. */
  readonly dueMs?: number
  readonly startedMs?: number
  readonly endedMs?: number
  readonly worker?: WorkerId
}

/** A row as the platform leaves it, with times of the test's choosing. */
async function make({ caller }: Context, job: MadeJob = {}): Promise<string> {
  const { status = 'PENDING', kind = KIND, dueMs = 0, startedMs, endedMs, worker } = job
  const id = newId('job')
  const { sql } = world.platform.database
  const ago = (ms: number | undefined) =>
    ms === undefined ? sql`null` : sql`now() - ${ms}::float8 * interval '1 millisecond'`
  await sql`
    insert into jobs (id, workspace_id, kind, kind_version, status, max_attempts, input, output, lease_token, lease_owner,
      created_at, run_at, started_at, finished_at)
    values (${id}, ${caller.workspaceId}, ${kind}, 1, ${status}, 3, '{}'::jsonb, ${status === 'COMPLETED' ? sql`'{}'::jsonb` : null},
      ${worker ? newId('job') : null}, ${worker ?? null}, ${ago(Math.max(dueMs, 0))}, ${ago(dueMs)}, ${ago(startedMs)}, ${ago(endedMs)})`
  await sql`insert into job_progress (job_id, fraction) values (${id}, 0.5)`
  return id
}

async function remember(kind: string, durationMs: number, slot: number): Promise<void> {
  await world.platform.database.sql`
    insert into job_history (kind, kind_version, size_class, slot, size_bytes, duration_ms, stage_ms)
    values (${kind}, 1, 0, ${slot}, 1, ${durationMs}, '{}')`
}

async function newWorker(concurrency: number): Promise<WorkerId> {
  const id: WorkerId = newId('worker')
  await world.platform.database.sql`
    insert into workers (id, pool_id, host, pid, kinds, concurrency) values (${id}, ${id}, 'here', 7, ${[KIND]}, ${concurrency})`
  return id
}

test('the queue is counted by kind over all workspaces, and what waits is worth what its kind takes', async () => {
  const stranger = await world.stranger()
  await make(world.owner, { dueMs: 90_000 })
  await make(stranger, { dueMs: 30_000 })
  await make(stranger, { dueMs: -60_000 })
  await make(stranger, { kind: 'image.variants', dueMs: 5_000 })
  const parked = await make(stranger, { kind: 'image.variants', dueMs: 60_000 })
  await world.platform.database.sql`update jobs set parked_for = 'kind', version = version + 1 where id = ${parked}`
  await remember(KIND, 4_000, 0)
  await remember(KIND, 8_000, 1)
  const w = await newWorker(3)
  await make(world.owner, { status: 'PROCESSING', startedMs: 1_000, worker: w })

  const { queue, capacity, here } = await operationsReport(world.owner)
  expect(queue).toEqual([
    {
      kind: KIND,
      waiting: 2,
      later: 1,
      running: 1,
      oldestWaitMs: expect.closeTo(90_000, -4) as number,
      expectedRunMs: 6_000,
      workWaitingMs: 12_000,
    },
    {
      kind: 'image.variants',
      waiting: 1,
      later: 1,
      running: 0,
      oldestWaitMs: expect.closeTo(5_000, -4) as number,
      expectedRunMs: null,
      workWaitingMs: 10_000,
    },
  ])
  expect(capacity).toEqual({ workers: 1, slots: 3, busySlots: 1, workWaitingMs: 22_000, drainMs: 22_000 / 3 })
  expect(here).toEqual({ PENDING: 1, PROCESSING: 1, COMPLETED: 0, FAILED: 0, CANCELLED: 0 })
})

test('a worker is shown with the jobs of the own workspace; of others only how many', async () => {
  const stranger = await world.stranger()
  const w = await newWorker(4)
  const mine = await make(world.owner, { status: 'PROCESSING', startedMs: 2_000, worker: w })
  const theirs = [
    await make(stranger, { status: 'PROCESSING', startedMs: 1_000, worker: w }),
    await make(stranger, { status: 'PROCESSING', startedMs: 1_000, worker: w }),
  ]
  const report = await operationsReport(world.owner)
  expect(report.workers).toMatchObject([
    {
      id: w,
      host: 'here',
      slots: 4,
      running: [{ jobId: mine, kind: KIND, fileName: null, attempt: 1, progress: 0.5, cancelling: false }],
      runningElsewhere: 2,
    },
  ])
  const said = JSON.stringify(report)
  for (const id of [...theirs, stranger.caller.workspaceId]) expect(said).not.toContain(id)
  expect((await operationsReport(stranger)).workers).toMatchObject([{ running: [{}, {}], runningElsewhere: 1 }])
})

test('only owners see it', async () => {
  for (const role of ['member', 'viewer'] as const) {
    await expect(operationsReport(world.as(role))).rejects.toMatchObject({ code: 'FORBIDDEN' })
  }
})

test('what ended is counted over five minutes, an hour and a day, with the times it took', async () => {
  const ended = (status: JobStatus, minutesAgo: number, runMs = 1_000) =>
    make(world.owner, {
      status,
      endedMs: minutesAgo * MINUTE_MS,
      startedMs: minutesAgo * MINUTE_MS + runMs,
      dueMs: minutesAgo * MINUTE_MS + runMs + 500,
    })
  for (const runMs of [1_000, 2_000, 3_000]) await ended('COMPLETED', 1, runMs)
  await ended('FAILED', 20)
  await ended('CANCELLED', 20)
  await ended('COMPLETED', 5 * 60)
  await ended('FAILED', 26 * 60)

  const { ended: byKind, minutes } = await operationsReport(world.owner)
  expect(byKind).toHaveLength(1)
  expect(byKind[0]!.ended).toEqual({
    fiveMinutes: { COMPLETED: 3, FAILED: 0, CANCELLED: 0 },
    hour: { COMPLETED: 3, FAILED: 1, CANCELLED: 1 },
    day: { COMPLETED: 4, FAILED: 1, CANCELLED: 1 },
  })
  expect(byKind[0]!.runMs!.p50).toBeCloseTo(1_000, -1)
  expect(byKind[0]!.waitMs!.p90).toBeCloseTo(500, -1)
  expect(minutes).toHaveLength(60)
  const sum = (status: 'COMPLETED' | 'FAILED') => minutes.reduce((total, minute) => total + minute[status], 0)
  expect([sum('COMPLETED'), sum('FAILED')]).toEqual([3, 1])
})

test('counting ahead changes no figure, is the same when repeated, and never falls', async () => {
  const { db, sql } = world.platform.database
  for (const minutesAgo of [2, 2, 30, 600]) {
    await make(world.owner, {
      status: 'COMPLETED',
      endedMs: minutesAgo * MINUTE_MS,
      startedMs: minutesAgo * MINUTE_MS + 5,
    })
  }
  const failed = await make(world.owner, { status: 'FAILED', endedMs: 2 * MINUTE_MS, startedMs: 2 * MINUTE_MS + 5 })
  const before = await listEndedByMinute(db)
  expect(await sumEndedJobs(db)).toEqual([])

  await Promise.all([tallyEndedJobs(db), tallyEndedJobs(db)])
  const totals = [
    { kind: KIND, status: 'COMPLETED', jobs: 4 },
    { kind: KIND, status: 'FAILED', jobs: 1 },
  ]
  expect(await sumEndedJobs(db)).toEqual(totals)
  expect(await listEndedByMinute(db)).toEqual(before)

  // Retried by hand: it has not ended any more, and yet it had.
  await sql`
    update jobs set status = 'PENDING', attempt = 2, version = version + 1, finished_at = null, started_at = null where id = ${failed}`
  await tallyEndedJobs(db)
  expect(await sumEndedJobs(db)).toEqual(totals)
})

test('minutes that are over a day old become one, and the sum stays', async () => {
  const { db, sql } = world.platform.database
  await sql`
    insert into job_tallies (minute, kind, status, jobs)
    select date_trunc('minute', now()) - n * interval '1 hour', ${KIND}, 'COMPLETED', 10 from generate_series(1, 48) as n`
  await tallyEndedJobs(db)
  expect(await sumEndedJobs(db)).toEqual([{ kind: KIND, status: 'COMPLETED', jobs: 480 }])
  const [kept] = await sql<{ rows: number }[]>`select count(*)::int as rows from job_tallies`
  expect(kept!.rows).toBeLessThanOrEqual(26)
  const byMinute = await listEndedByMinute(db)
  expect(byMinute.reduce((sum, { jobs }) => sum + jobs, 0)).toBeLessThanOrEqual(240)
})

test('the database is asked once for all who ask within a second', async () => {
  const { operations } = world.platform
  const reads = await Promise.all([operations.read(), operations.read(), operations.read()])
  expect(new Set(reads).size).toBe(1)
  expect(await operations.read()).toBe(reads[0])
})
