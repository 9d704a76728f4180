import { JOB_TRANSITIONS, newId } from '@bellhop/model'
import type { JobFailure, JobId, JobStatus, WorkerId, WorkspaceId } from '@bellhop/model'
import {
  completeJob,
  createWorkspace,
  failJob,
  finishCancel,
  lockJobsByToken,
  openDatabase,
  requestCancel,
  writeProgress,
} from '@bellhop/persistence'
import type { Database, Lease, PendingOutput } from '@bellhop/persistence'
import { createTestDatabase } from '@bellhop/testkit'
import type { TestDatabase } from '@bellhop/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rescueJob } from '../src/attempt.ts'

const RACES = 2_000
/** Races at the same time, each with a connection for either side. */
const LANES = 8

let owned: TestDatabase
let database: Database
let workspaceId: WorkspaceId
let fileId: string

beforeAll(async () => {
  owned = await createTestDatabase()
  database = openDatabase(owned.url, { maxConnections: 2 * LANES, name: 'races' })
  const { sql, db } = database
  const userId = newId('user')
  await sql`insert into users (id, name, email) values (${userId}, 'Mina', 'mina@example.com')`
  workspaceId = await createWorkspace(db, 'Home', userId)
  fileId = newId('file')
  await sql`
    insert into files (id, workspace_id, owner_id, name, type, media_type, size_bytes, status, object_key, integrity, ready_at)
    values (${fileId}, ${workspaceId}, ${userId}, 'a.csv', 'dataset', 'text/csv', 1, 'READY', ${fileId}, 'size', now())`
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await owned[Symbol.asyncDispose]()
})

/** Jobs that are PROCESSING in the hands of one worker, made by the arrows that lead there. */
async function running(): Promise<Lease[]> {
  const { sql } = database
  const workerId: WorkerId = newId('worker')
  const leases = Array.from({ length: RACES }, () => ({ jobId: newId('job'), attempt: 1, token: crypto.randomUUID() }))
  const ids = leases.map(({ jobId }) => jobId)
  await sql`
    insert into jobs (id, workspace_id, kind, kind_version, file_id, input, max_attempts)
    select id, ${workspaceId}, 'dataset.profile', 1, ${fileId}, '{}', 3 from unnest(${ids}::text[]) as id`
  await sql`insert into job_progress (job_id) select id from unnest(${ids}::text[]) as id`
  await sql`
    update jobs
    set status = 'PROCESSING', version = version + 1, lease_token = held.token, lease_owner = ${workerId}, started_at = now()
    from unnest(${ids}::text[], ${leases.map(({ token }) => token)}::text[]) as held (id, token)
    where jobs.id = held.id`
  return leases
}

function output(): PendingOutput {
  const id = newId('output')
  return {
    id,
    role: 'x',
    name: 'x',
    mediaType: 'x/y',
    sizeBytes: 1,
    width: undefined,
    height: undefined,
    objectKey: id,
  }
}

function complete(lease: Lease): Promise<boolean> {
  return database.db.transaction((tx) => completeJob(tx, lease, { output: {}, outputs: [output()] }))
}

/** Every race of the list, some at a time. Who starts first changes from race to race. */
async function race(leases: readonly Lease[], run: (lease: Lease, at: number) => Promise<void>): Promise<void> {
  const left = [...leases.entries()]
  const lane = async () => {
    for (let next = left.pop(); next; next = left.pop()) await run(next[1], next[0])
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}

/** Starts both, the one that the number says a little later. */
async function both<A, B>(at: number, a: () => Promise<A>, b: () => Promise<B>): Promise<[A, B]> {
  const later = async <T>(act: () => Promise<T>) => {
    for (let turn = 0; turn < at % 4; turn++) await new Promise((resolve) => setImmediate(resolve))
    return act()
  }
  return Promise.all(at % 2 === 0 ? [a(), later(b)] : [later(a), b()])
}

interface Fact {
  readonly id: JobId
  readonly status: JobStatus
  readonly attempt: number
  readonly outputs: number
  readonly queued: number
  readonly history: JobStatus[]
}

async function factsOf(leases: readonly Lease[]): Promise<Map<JobId, Fact>> {
  const rows = await database.sql<Fact[]>`
    select
      j.id,
      j.status,
      j.attempt,
      (select count(*)::int from outputs o where o.job_id = j.id) as outputs,
      (select count(*)::int from graphile_worker.jobs q where q.key = j.id || ':' || j.attempt) as queued,
      (select array_agg(e.status order by e.version) from job_events e where e.job_id = j.id) as history
    from jobs j
    where j.id = any(${leases.map(({ jobId }) => jobId)})`
  return new Map(rows.map((fact) => [fact.id, fact]))
}

/** What each history does that the table of arrows does not allow. */
function illegalOf(facts: Iterable<Fact>): string[] {
  return [...facts].flatMap(({ id, history }) =>
    history.flatMap((status, at) => {
      const before = history[at - 1]
      const isLegal = before ? Object.values(JOB_TRANSITIONS[before]).includes(status) : status === 'PENDING'
      return isLegal ? [] : [`${id}: ${history.join(' → ')}`]
    }),
  )
}

test('2,000 times a cancel races a completion: one of them wins, and outputs are there if and only if it was the completion', async () => {
  const leases = await running()
  const winners = new Map<JobId, 'complete' | 'cancel'>()
  await race(leases, async (lease, at) => {
    const [completed, asked] = await both(
      at,
      () => complete(lease),
      () => requestCancel(database.db, workspaceId, lease.jobId),
    )
    const cancelled = await finishCancel(database.db, lease)
    expect({ completed, cancelled }).toEqual({ completed, cancelled: !completed })
    if (cancelled) expect(asked).toBeDefined()
    winners.set(lease.jobId, completed ? 'complete' : 'cancel')
  })
  const facts = await factsOf(leases)
  expect(illegalOf(facts.values())).toEqual([])
  for (const [id, winner] of winners) {
    expect(facts.get(id)).toMatchObject(
      winner === 'complete'
        ? { status: 'COMPLETED', outputs: 1, history: ['PENDING', 'PROCESSING', 'COMPLETED'] }
        : { status: 'CANCELLED', outputs: 0, history: ['PENDING', 'PROCESSING', 'CANCELLED'] },
    )
  }
  // A race that always goes one way proves nothing.
  expect(new Set(winners.values()).size).toBe(2)
}, 60_000)

const failure: JobFailure = { code: 'BROKEN', sentence: 'It broke.', retryable: true }
const zombieActs = [complete, complete, complete, (lease: Lease) => failJob(database.db, lease, failure)]

/** Of so many zombies one tries everything once more. */
const LATE_OF = 8

function late(lease: Lease): Promise<boolean[]> {
  return Promise.all([
    complete(lease),
    finishCancel(database.db, lease),
    failJob(database.db, lease, failure),
    writeProgress(database.db, [
      { lease, fraction: 0.9, stage: 'late', work: null, remaining: null, stages: null },
    ]).then((told) => told.length > 0),
  ])
}

test('2,000 times a rescue races the zombie: one of them wins, and a rescued job is queued once', async () => {
  const leases = await running()
  const winners = new Map<JobId, 'rescue' | 'zombie'>()
  await race(leases, async (lease, at) => {
    const act = zombieActs[at % zombieActs.length] ?? complete
    const [byZombie] = await both(
      at >> 2,
      () => act(lease),
      () =>
        database.db.transaction(async (tx) => {
          for (const job of await lockJobsByToken(tx, [lease.token])) await rescueJob(tx, job)
        }),
    )
    if (at % LATE_OF === 0) expect(await late(lease)).toEqual([false, false, false, false])
    winners.set(lease.jobId, byZombie ? 'zombie' : 'rescue')
  })
  const facts = await factsOf(leases)
  expect(illegalOf(facts.values())).toEqual([])
  for (const [at, { jobId }] of leases.entries()) {
    const completes = zombieActs[at % zombieActs.length] === complete
    const fact = facts.get(jobId)
    if (winners.get(jobId) === 'rescue') {
      expect(fact).toMatchObject({ status: 'PENDING', attempt: 2, outputs: 0, queued: 1 })
    } else if (completes) {
      expect(fact).toMatchObject({ status: 'COMPLETED', attempt: 1, outputs: 1, queued: 0 })
    } else {
      expect(fact).toMatchObject({ status: 'FAILED', attempt: 1, outputs: 0, queued: 0 })
    }
  }
  expect(new Set(winners.values()).size).toBe(2)
}, 60_000)
