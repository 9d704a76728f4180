import {
  cancelJob,
  followJobLog,
  getJob,
  getJobLog,
  listJobs,
  queuePlaces,
  submitJob,
  watchJob,
} from '@bellhop/business'
import type { Context } from '@bellhop/business'
import { JOB_KINDS, isJobEnded, newId } from '@bellhop/model'
import type { FileId, JobDetail, JobId, JobLogStep, JobSnapshot } from '@bellhop/model'
import { claimJob, completeJob, failJob, recordPastJobs, retryJob } from '@bellhop/persistence'
import type { Lease } from '@bellhop/persistence'
import { startTestPlatform, until, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ProgressReporter } from '../src/progress-reporter.ts'

const KIND = JOB_KINDS['dataset.profile']
const signal = () => AbortSignal.timeout(25_000)

let world: TestPlatform
let owner: Context

beforeAll(async () => {
  world = await startTestPlatform()
  owner = world.owner
})
afterAll(() => world[Symbol.asyncDispose]())

async function csv(content = 'city,people\nSeoul,9400000\n'): Promise<FileId> {
  return (await uploadBytes(owner, 'cities.csv', content, { startJobs: false })).file.id
}

async function submitted(content?: string): Promise<JobId> {
  return (await submitJob(owner, { kind: KIND.name, input: { fileId: await csv(content) } })).id
}

/** Claims the job as a worker would that nobody else has seen. */
async function claimed(jobId: JobId, attempt = 1): Promise<Lease> {
  const lease = { jobId, attempt, token: newId('worker') }
  const row = await claimJob(world.platform.database.db, jobId, attempt, { token: lease.token, owner: newId('worker') })
  expect(row?.status).toBe('PROCESSING')
  await world.platform.database.sql`select graphile_worker.remove_job(${`${jobId}:${attempt}`})`
  return lease
}

function reportOf(reporter: ProgressReporter, lease: Lease) {
  return reporter.track({ lease, workspaceId: owner.caller.workspaceId }, KIND)
}

function ended(jobId: JobId): Promise<JobDetail> {
  return until('the job has ended', async () => {
    const job = await getJob(owner, { jobId })
    return isJobEnded(job.status) && job
  })
}

test('jobs that wait have a place in the line, told with them and asked for alone, and nobody else learns it', async () => {
  const jobIds = [await submitted(), await submitted(), await submitted()]
  await until('the line is known', async () => (await queuePlaces(owner, { jobIds })).length === 3)
  const places = (await queuePlaces(owner, { jobIds })).toSorted((a, b) => a.queue.place - b.queue.place)
  expect(places.map(({ queue }) => queue.place)).toEqual([1, 2, 3])
  expect(places.map(({ jobId }) => jobId)).toEqual(jobIds)
  // Nobody runs jobs here, so nobody can say when.
  expect(new Set(places.map(({ queue }) => queue.expectedStart))).toEqual(new Set([null]))
  expect((await getJob(owner, { jobId: jobIds[1]! })).queue).toEqual(places[1]?.queue)
  const listed = (await listJobs(owner, { limit: 10 })).items.filter(({ id }) => jobIds.includes(id))
  expect(listed.map(({ queue }) => queue?.place)).toEqual([3, 2, 1])
  expect(await queuePlaces(await world.stranger(), { jobIds })).toEqual([])

  await using _ = await world.startWorker({ concurrency: 1 })
  for (const jobId of jobIds) expect(await ended(jobId)).toMatchObject({ status: 'COMPLETED', queue: null })
})

test('what ended before tells the time of the next from its first moment, and its start before that', async () => {
  const { db } = world.platform.database
  const past = { kind: KIND.name, kindVersion: KIND.version, sizeBytes: 30, durationMs: 60_000 }
  const stageMs = { downloading: 10_000, reading: 30_000, profiling: 20_000 }
  for (let many = 0; many < 40; many++) await recordPastJobs(db, [{ ...past, stageMs }])
  const jobId = await submitted()
  const lease = await claimed(jobId)
  await using reporter = new ProgressReporter(world.platform)
  const report = reportOf(reporter, lease)
  const told = await until('a time is told', async () => {
    const job = await getJob(owner, { jobId })
    return job.eta !== null && job
  })
  const leftMs = (iso: string | null) => new Date(iso ?? 0).getTime() - Date.now()
  expect(told.progress).toBe(0)
  expect(leftMs(told.eta)).toBeGreaterThan(30_000)
  expect(leftMs(told.etaLate)).toBeGreaterThanOrEqual(leftMs(told.eta))

  // One worker takes the kind, one job at a time, and it is busy with that one.
  await world.platform.database.sql`
    insert into workers (id, pool_id, host, pid, kinds, concurrency) values ('wrk_alone', 'x', 'x', 1, ${[KIND.name]}, 1)`
  const next = await submitted()
  const start = await until(
    'its start is told',
    async () => (await getJob(owner, { jobId: next })).queue?.expectedStart,
  )
  expect(leftMs(start)).toBeGreaterThan(30_000)
  expect(leftMs(start)).toBeLessThan(60_000)
  await cancelJob(owner, { jobId: next })
  await world.platform.database.sql`delete from workers`

  await reporter.settle(report)
  await completeJob(db, lease, { output: {}, outputs: [], usage: report.usage({ readBytes: 0, wroteBytes: 0 }) }, [])
  await world.platform.database.sql`delete from job_history`
})

test('the timeline of a job tells of each attempt where it ran, in what stages, what it took, and why it ended', async () => {
  const { db } = world.platform.database
  const content = `city,people\n${'Seoul,9400000\n'.repeat(2_000)}`
  const jobId = await submitted(content)
  const lease = await claimed(jobId)
  await using reporter = new ProgressReporter(world.platform)
  const report = reportOf(reporter, lease)
  report.tools.advance('downloading', 10, 100)
  const running = await until('the stage is told', async () => {
    const job = await getJob(owner, { jobId })
    return job.stage !== null && job
  })
  expect(running).toMatchObject({ stage: 'downloading', work: { done: 10, total: 100, unit: 'bytes' } })
  expect(running.attempts).toMatchObject([
    { attempt: 1, outcome: null, stages: [{ name: 'downloading', endedAt: null }] },
  ])
  // The worker dies: whoever rescues the job knows what it had told of, and no more.
  reporter.drop(report)
  await failJob(db, lease, { code: 'WORKER_DIED', sentence: 'The worker died.', retryable: true })
  await retryJob(db, jobId, { delayMs: 0 })

  await using _ = await world.startWorker()
  const { attempts } = await ended(jobId)
  expect(attempts).toMatchObject([
    {
      attempt: 1,
      outcome: 'FAILED',
      reason: 'The worker died.',
      cpuSeconds: null,
      readBytes: null,
      stages: [{ name: 'downloading' }],
    },
    { attempt: 2, outcome: 'COMPLETED', reason: null, readBytes: content.length },
  ])
  const [, second] = attempts
  expect(second?.workerId).toMatch(/^wrk_/)
  // The engine runs in a process of its own, which is counted.
  expect(second?.cpuSeconds).toBeGreaterThan(0.1)
  expect(second?.wroteBytes).toBeGreaterThan(0)
  expect(second?.stages.map(({ name }) => name)).toEqual(KIND.stages?.map(({ name }) => name))
  const times: readonly (string | null | undefined)[] = [
    second?.queuedAt,
    second?.startedAt,
    ...(second?.stages.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]) ?? []),
    second?.endedAt,
  ]
  expect(times).toEqual(times.toSorted((a, b) => String(a).localeCompare(String(b))))
})

test('a job that was COMPLETED is remembered, and a failed one is not', async () => {
  const { sql } = world.platform.database
  await sql`delete from job_history`
  const worker = await world.startWorker()
  await ended(await submitted())
  await ended(await submitted('   '))
  await worker[Symbol.asyncDispose]()
  const rows = await sql<{ kind: string; size_bytes: string; stage_ms: Record<string, number> }[]>`
    select kind, size_bytes, stage_ms from job_history`
  expect(rows).toHaveLength(1)
  expect(Object.keys(rows[0]?.stage_ms ?? {})).toContain('profiling')
})

describe('the log of a job', () => {
  test('is followed line by line to the end of the job, and read again from any line', async () => {
    const { db } = world.platform.database
    const jobId = await submitted()
    const lease = await claimed(jobId)
    await using reporter = new ProgressReporter(world.platform)
    const report = reportOf(reporter, lease)
    report.tools.log('first')
    const steps: JobLogStep[] = []
    const following = (async () => {
      for await (const step of followJobLog(owner, { jobId }, signal())) steps.push(step)
    })()
    await until('the first line came', () => Promise.resolve(steps.length === 1))
    report.tools.log('second\nthird')
    await reporter.settle(report)
    await completeJob(db, lease, { output: {}, outputs: [] }, [])
    world.platform.notifier.jobChanged({ id: jobId, workspaceId: owner.caller.workspaceId })
    await following
    expect(steps.map(({ seq, line }) => [seq, line?.attempt, line?.line])).toEqual([
      [1, 1, 'first'],
      [2, 1, 'second'],
      [3, 1, 'third'],
      [3, undefined, undefined],
    ])
    const { lines, dropped } = await getJobLog(owner, { jobId, after: 2 })
    expect([lines.map(({ line }) => line), dropped]).toEqual([['third'], 0])
    await expect(getJobLog(await world.stranger(), { jobId })).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
  })

  test('keeps the newest thousand lines and says how many are gone', async () => {
    const jobId = await submitted()
    const lease = await claimed(jobId)
    await using reporter = new ProgressReporter(world.platform)
    for (let round = 0; round < 7; round++) {
      const report = reportOf(reporter, lease)
      for (let line = 1; line <= 200; line++) report.tools.log(`line ${round * 200 + line}`)
      await reporter.settle(report)
    }
    const { lines, dropped } = await getJobLog(owner, { jobId })
    expect([lines.length, lines[0]?.line, lines.at(-1)?.seq, dropped]).toEqual([1_000, 'line 401', 1_400, 400])
    const [row] = await world.platform.database.sql<{ count: number }[]>`
      select count(*)::int from job_log where job_id = ${jobId}`
    expect(row?.count).toBe(1_000)
  })

  test('takes nothing from a worker that lost the job', async () => {
    const { db } = world.platform.database
    const jobId = await submitted()
    const lease = await claimed(jobId)
    await using reporter = new ProgressReporter(world.platform)
    const report = reportOf(reporter, lease)
    await failJob(db, lease, { code: 'WORKER_DIED', sentence: 'The worker died.', retryable: true })
    report.tools.log('I still live')
    report.tools.advance('reading', 1, 2)
    await reporter.settle(report)
    expect((await getJobLog(owner, { jobId })).lines).toEqual([])
    expect(await getJob(owner, { jobId })).toMatchObject({ status: 'FAILED', progress: 0 })
  })
})

test('a watcher who waits is told the place with the job, and versions rise strictly all the same', async () => {
  const jobId = await submitted()
  await until('the line is known', async () => (await queuePlaces(owner, { jobIds: [jobId] })).length === 1)
  const seen: JobSnapshot[] = []
  const watching = (async () => {
    for await (const snapshot of watchJob(owner, { jobId }, signal())) seen.push(snapshot)
  })()
  await until('the first state came', () => Promise.resolve(seen.length > 0))
  await using _ = await world.startWorker()
  await watching
  expect(seen[0]).toMatchObject({ status: 'PENDING', queue: { place: expect.any(Number) as number } })
  expect(seen.at(-1)).toMatchObject({ status: 'COMPLETED', queue: null, eta: null, etaLate: null, work: null })
  expect(seen.every(({ version }, index) => index === 0 || version > (seen[index - 1]?.version ?? 0))).toBe(true)
})
