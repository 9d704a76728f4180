import { newId } from '@bellhop/model'
import type { JobId, JobPriority, UserId, WorkerId, WorkspaceId } from '@bellhop/model'
import {
  claimJob,
  completeJob,
  createWorkspace,
  failJob,
  findSnapshots,
  insertJob,
  registerWorker,
  releaseForgotten,
  removeWorker,
  retryJob,
  setKindLimits,
  takeFromWorker,
} from '@bellhop/persistence'
import type { ChangedJobs, JobOrder, JobRow, Lease } from '@bellhop/persistence'
import { createTestDatabase } from '@bellhop/testkit'
import type { TestDatabase } from '@bellhop/testkit'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

let database: TestDatabase
let createdBy: UserId
const owner: WorkerId = newId('worker')
const failure = { code: 'BROKEN', sentence: 'It broke.', retryable: true }

beforeAll(async () => {
  database = await createTestDatabase()
  createdBy = newId('user')
  await database.db.execute(sql`insert into users (id, name, email) values (${createdBy}, 'Mina', 'mina@example.com')`)
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(async () => {
  await database.db.execute(sql`truncate jobs, graphile_worker._private_jobs, job_kind_limits cascade`)
})

async function newWorkspace(columns: { weight?: number; maxRunning?: number } = {}): Promise<WorkspaceId> {
  const id = await createWorkspace(database.db, 'Home', createdBy)
  await database.db.execute(sql`
    update workspaces set job_weight = ${columns.weight ?? 1}, max_running_jobs = ${columns.maxRunning ?? null}
    where id = ${id}`)
  return id
}

async function submit(
  workspaceId: WorkspaceId,
  order: Partial<JobOrder> = {},
  kind = 'dataset.profile',
): Promise<JobRow> {
  const job = await database.db.transaction((tx) =>
    insertJob(tx, {
      workspaceId,
      kind,
      kindVersion: 1,
      fileId: null,
      input: {},
      maxAttempts: 3,
      createdBy,
      order: { priority: 'normal', delayMs: 0, after: [], ...order },
    }),
  )
  return job!
}

/** As `submit` would, a great many in one statement; of them only the first thousand can be taken. */
async function submitMany(workspaceId: WorkspaceId, count: number): Promise<void> {
  await database.db.execute(sql`
    with job as (
      insert into jobs (id, workspace_id, kind, kind_version, max_attempts, input, turn)
      select 'job_' || ${workspaceId} || n, ${workspaceId}, 'dataset.profile', 1, 3, '{}',
        job_turn(${workspaceId}, 'dataset.profile', 'normal')
      from generate_series(1, 1) n
      returning id, turn
    ), rest as (
      insert into jobs (id, workspace_id, kind, kind_version, max_attempts, input, turn)
      select 'job_' || ${workspaceId} || n, ${workspaceId}, 'dataset.profile', 1, 3, '{}',
        job.turn + (n - 1) * 1000000::bigint / w.job_weight
      from job, generate_series(2, ${count}::int) n, workspaces w
      where w.id = ${workspaceId}
      returning id, turn
    ), entry as (
      select id, turn from job union all (select id, turn from rest order by turn limit 1000)
    ), progress as (insert into job_progress (job_id) select id from entry)
    select graphile_worker.add_jobs(array_agg((
      'job:dataset.profile@1', json_build_object('jobId', id, 'attempt', 1), null,
      timestamptz 'epoch' + turn * interval '1 microsecond', 1, id || ':1', 1, null
    )::graphile_worker.job_spec))
    from entry`)
}

interface Taken {
  readonly row: JobRow
  readonly lease: Lease
}

/** What graphile-worker hands out next, in its own order; undefined when there is nothing that is due. */
async function nextEntry(): Promise<{ jobId: JobId; attempt: number } | undefined> {
  const [entry] = await database.db.execute<{ payload: { jobId: JobId; attempt: number } }>(sql`
    with next as (
      select id from graphile_worker._private_jobs where is_available and run_at <= now()
      order by priority, run_at, id limit 1 for update skip locked
    )
    delete from graphile_worker._private_jobs j using next where j.id = next.id returning j.payload`)
  return entry?.payload
}

/** The next job that runs; those that must wait after all are put back by their claims. */
async function take(changed?: ChangedJobs): Promise<Taken | undefined> {
  for (;;) {
    const entry = await nextEntry()
    if (!entry) return undefined
    const lease = { jobId: entry.jobId, attempt: entry.attempt, token: crypto.randomUUID() }
    const row = await claimJob(database.db, lease.jobId, lease.attempt, { token: lease.token, owner }, changed)
    if (row) return { row, lease }
  }
}

const complete = (lease: Lease, changed?: ChangedJobs) =>
  completeJob(database.db, lease, { output: {}, outputs: [] }, changed)

async function drain(count: number): Promise<JobRow[]> {
  const rows: JobRow[] = []
  while (rows.length < count) {
    const taken = await take()
    if (!taken) break
    await complete(taken.lease)
    rows.push(taken.row)
  }
  return rows
}

async function seen(job: Pick<JobRow, 'id' | 'workspaceId'>) {
  const [snapshot] = await findSnapshots(database.db, job.workspaceId, [job.id])
  return snapshot!
}

describe('turns', () => {
  test('one job starts among the first few though another workspace has 10,000 waiting', async () => {
    const [many, one] = [await newWorkspace(), await newWorkspace()]
    await submitMany(many, 10_000)
    await drain(5)
    const job = await submit(one)
    const started = await drain(4)
    expect(started.map(({ id }) => id)).toContain(job.id)
  })

  test('workspaces of weight 1 and 3 share the workers like 1 to 3 while both wait', async () => {
    const [light, heavy] = [await newWorkspace(), await newWorkspace({ weight: 3 })]
    await submitMany(light, 60)
    await drain(5)
    await submitMany(heavy, 60)
    const started = await drain(40)
    const share = started.filter(({ workspaceId }) => workspaceId === heavy).length
    expect(share).toBeGreaterThanOrEqual(29)
    expect(share).toBeLessThanOrEqual(31)
  })

  test('what a workspace has had before is not held against it', async () => {
    const [busy, other] = [await newWorkspace(), await newWorkspace()]
    await submitMany(busy, 20)
    await drain(20)
    await submitMany(other, 20)
    const job = await submit(busy)
    expect((await drain(3)).map(({ id }) => id)).toContain(job.id)
  })

  test('a kind that nobody waited for begins where the kinds are that share its workers', async () => {
    await registerWorker(database.db, {
      id: owner,
      poolId: 'pool',
      host: 'x',
      pid: 1,
      kinds: ['dataset.profile', 'image.variants'],
      concurrency: 1,
    })
    const [first, second] = [await newWorkspace(), await newWorkspace()]
    await submitMany(first, 30)
    await drain(10)
    const job = await submit(first)
    for (let n = 0; n < 20; n++) await submit(second, {}, 'image.variants')
    const started = await drain(20)
    const images = started.filter(({ kind }) => kind === 'image.variants').length
    expect(images).toBeGreaterThan(7)
    expect(images).toBeLessThan(13)
    expect(started.map(({ id }) => id)).not.toContain(job.id)
    await removeWorker(database.db, owner)
  })

  test('high goes before and low behind what the same workspace has waiting', async () => {
    const workspaceId = await newWorkspace()
    const submitted: [JobPriority, JobId][] = []
    for (const priority of ['low', ...Array.from({ length: 6 }, () => 'normal' as const), 'high'] as const) {
      submitted.push([priority, (await submit(workspaceId, { priority })).id])
    }
    const names = new Map(submitted.map(([priority, id]) => [id, priority]))
    const started = (await drain(8)).map(({ id }) => names.get(id))
    // One round behind the head of the line.
    expect(started.indexOf('high')).toBeLessThanOrEqual(2)
    expect(started.at(-1)).toBe('low')
  })

  test('a great many of high priority do not starve another workspace either', async () => {
    const [many, one] = [await newWorkspace(), await newWorkspace()]
    for (let n = 0; n < 20; n++) await submit(many, { priority: 'high' })
    const job = await submit(one)
    expect((await drain(4)).map(({ id }) => id)).toContain(job.id)
  })

  test('two that are submitted at the same time by one workspace get two places', async () => {
    const workspaceId = await newWorkspace()
    const rows = await Promise.all(Array.from({ length: 30 }, () => submit(workspaceId)))
    expect(new Set(rows.map(({ turn }) => turn)).size).toBe(30)
  })

  test('an automatic retry goes first, and one by hand takes its turn', async () => {
    const workspaceId = await newWorkspace()
    const job = await submit(workspaceId)
    const { lease } = (await take())!
    await submitMany(workspaceId, 10)
    await database.db.transaction(async (tx) => {
      await failJob(tx, lease, failure)
      await retryJob(tx, job.id, { delayMs: 0 })
    })
    const second = (await take())!
    expect(second.row.id).toBe(job.id)
    await database.db.transaction(async (tx) => {
      await failJob(tx, second.lease, failure)
      await retryJob(tx, job.id, { delayMs: 0, takesTurn: true })
    })
    expect((await drain(11)).at(-1)?.id).toBe(job.id)
  })
})

describe('a delay', () => {
  test('keeps a job back, and then it queues behind those that came before', async () => {
    const workspaceId = await newWorkspace()
    const later = await submit(workspaceId, { delayMs: 60_000 })
    expect(await seen(later)).toMatchObject({ status: 'PENDING', waitingFor: 'time' })
    await submitMany(workspaceId, 5)
    expect((await drain(1))[0]?.id).not.toBe(later.id)
    // A minute later.
    await database.db.execute(sql`update jobs set run_at = now(), version = version + 1 where id = ${later.id}`)
    await database.db.execute(
      sql`update graphile_worker._private_jobs set run_at = now() where key = ${`${later.id}:1`}`,
    )
    expect(await seen(later)).toMatchObject({ waitingFor: 'turn' })
    const started = await drain(5)
    expect(started).toHaveLength(5)
    expect(started.at(-1)?.id).toBe(later.id)
  })
})

describe('limits', () => {
  test('as many of a kind run at once as its limit says, however many claim, and each end lets the next in, in order', async () => {
    await setKindLimits(database.db, new Map([['dataset.profile', 3]]))
    const [a, b] = [await newWorkspace(), await newWorkspace()]
    const submitted: JobRow[] = []
    for (let n = 0; n < 20; n++) submitted.push(await submit(n % 2 ? a : b))
    const running = new Map<JobId, Lease>()
    const done: JobId[] = []
    const check = async () => {
      const [row] = await database.db.execute<{ n: number }>(
        sql`select count(*)::int as n from jobs where status = 'PROCESSING'`,
      )
      expect(row!.n).toBeLessThanOrEqual(3)
    }
    // A round brings at least one to its end.
    for (let round = 0; round < 20 && done.length < 20; round++) {
      const taken = await Promise.all(Array.from({ length: 8 }, () => take()))
      await check()
      for (const one of taken) if (one) running.set(one.row.id, one.lease)
      expect(running.size).toBeGreaterThan(0)
      // All at once, so that ends and claims race in the next round.
      const ending = [...running]
      running.clear()
      const [ended, early] = await Promise.all([
        Promise.all(ending.map(([, lease]) => complete(lease))),
        Promise.all(Array.from({ length: 4 }, () => take())),
      ])
      expect(ended).not.toContain(false)
      await check()
      for (const one of early) if (one) running.set(one.row.id, one.lease)
      done.push(...ending.map(([id]) => id))
    }
    expect(new Set(done).size).toBe(20)
  }, 30_000)

  test('a workspace at its bound waits for itself only, and says so', async () => {
    const [bound, free] = [await newWorkspace({ maxRunning: 1 }), await newWorkspace()]
    const [first, second] = [await submit(bound), await submit(bound)]
    const other = await submit(free)
    const changed: ChangedJobs = []
    const started = [await take(changed), await take(changed), await take(changed)]
    expect(started.map((taken) => taken?.row.id)).toEqual(expect.arrayContaining([first.id, other.id]))
    expect(started.filter(Boolean)).toHaveLength(2)
    expect(changed.map(({ id }) => id)).toEqual([second.id])
    expect(await seen(second)).toMatchObject({ status: 'PENDING', waitingFor: 'slot' })
    // Behind it nobody goes through the queue in vain.
    const third = await submit(bound)
    expect(third.parkedFor).toBe('workspace')
    expect(await nextEntry()).toBeUndefined()
    const released: ChangedJobs = []
    await complete(started.find((taken) => taken?.row.id === first.id)!.lease, released)
    expect(released.map(({ id }) => id)).toEqual([second.id])
    expect((await take())?.row.id).toBe(second.id)
  })

  test('a place that a workspace at its bound cannot use goes to the next of the kind', async () => {
    await setKindLimits(database.db, new Map([['dataset.profile', 2]]))
    const [bound, free] = [await newWorkspace({ maxRunning: 1 }), await newWorkspace()]
    await submit(bound)
    await submit(free)
    const running = [await take(), await take()]
    const [next, last] = [await submit(bound), await submit(free)]
    expect(await take()).toBeUndefined()
    const ofFree = running.find((taken) => taken?.row.workspaceId === free)!
    await complete(ofFree.lease)
    expect((await take())?.row.id).toBe(last.id)
    expect(await seen(next)).toMatchObject({ waitingFor: 'slot' })
  })

  test('the rescue of a dead holder lets the next in', async () => {
    await setKindLimits(database.db, new Map([['dataset.profile', 1]]))
    const workspaceId = await newWorkspace()
    await submit(workspaceId)
    const next = await submit(workspaceId)
    const holder = (await take())!
    expect(await take()).toBeUndefined()
    await database.db.transaction((tx) => takeFromWorker(tx, holder.row, failure))
    expect((await take())?.row.id).toBe(next.id)
  })

  test('what no end has released the sweep releases: once, and not more than there is room for', async () => {
    await setKindLimits(database.db, new Map([['dataset.profile', 1]]))
    const workspaceId = await newWorkspace()
    for (let n = 0; n < 4; n++) await submit(workspaceId)
    await registerWorker(database.db, {
      id: owner,
      poolId: 'pool',
      host: 'x',
      pid: 1,
      kinds: ['dataset.profile'],
      concurrency: 1,
    })
    const holder = (await take())!
    expect(await take()).toBeUndefined()
    expect(await releaseForgotten(database.db)).toHaveLength(0)
    // An end that somebody wrote by hand, past all of this.
    await database.db.execute(sql`
      update jobs set status = 'COMPLETED', output = '{}', lease_token = null, lease_owner = null, finished_at = now(),
        version = version + 1
      where id = ${holder.row.id}`)
    const sweep = () => database.db.transaction((tx) => releaseForgotten(tx))
    expect(await sweep()).toHaveLength(1)
    expect(await sweep()).toHaveLength(0)
    expect(await take()).toBeDefined()
    await setKindLimits(database.db, new Map([['dataset.profile', undefined]]))
    expect(await sweep()).toHaveLength(2)
    await removeWorker(database.db, owner)
  })
})
