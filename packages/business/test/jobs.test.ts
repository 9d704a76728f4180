import { randomBytes } from 'node:crypto'
import {
  cancelJob,
  deleteFile,
  feedJobs,
  getFile,
  getJob,
  listJobs,
  retryJob,
  submitJob,
  watchJob,
} from '@bellhop/business'
import type { Context } from '@bellhop/business'
import { isJobEnded } from '@bellhop/model'
import type { FileId, JobDetail, JobId, JobSnapshot } from '@bellhop/model'
import { followEnd, waitForParts } from '@bellhop/persistence'
import type { ChangedJobs } from '@bellhop/persistence'
import { HandWorker, startTestPlatform, until, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let world: TestPlatform
let owner: Context

beforeAll(async () => {
  world = await startTestPlatform()
  owner = world.owner
})
afterAll(() => world[Symbol.asyncDispose]())

/** 200,000 rows: long enough to be caught running. */
const longCsv = `id,name,amount\n${Array.from({ length: 200_000 }, (_, id) => `${id},name ${id % 977},${(id * 37) % 1000}`).join('\n')}\n`

async function csv(content = 'city,people\nSeoul,9400000\nBusan,3300000\n', name = 'cities.csv'): Promise<FileId> {
  return (await uploadBytes(owner, name, content, { startJobs: false })).file.id
}

async function collect(watching: AsyncIterable<JobSnapshot>): Promise<JobSnapshot[]> {
  const seen: JobSnapshot[] = []
  for await (const snapshot of watching) seen.push(snapshot)
  return seen
}

function ended(jobId: JobId): Promise<JobDetail> {
  return until('the job has ended', async () => {
    const job = await getJob(owner, { jobId })
    return isJobEnded(job.status) && job
  })
}

const signal = () => AbortSignal.timeout(25_000)

test('a job is answered at once, watched with rising versions to its end, and its outputs can be seen then', async () => {
  const fileId = await csv()
  const submitted = await submitJob(owner, { kind: 'dataset.profile', input: { fileId } })
  expect(submitted).toMatchObject({ status: 'PENDING', kind: 'dataset.profile', fileId, attempt: 1, progress: 0 })
  const watching = collect(watchJob(owner, { jobId: submitted.id }, signal()))
  await using _ = await world.startWorker()
  const seen = await watching
  expect(seen.map(({ version }) => version)).toEqual(seen.map(({ version }) => version).toSorted((a, b) => a - b))
  expect(new Set(seen.map(({ version }) => version)).size).toBe(seen.length)
  expect(seen.at(0)?.status).toBe('PENDING')
  expect(seen.at(-1)).toMatchObject({ status: 'COMPLETED', progress: 1 })
  expect(seen.filter(({ status }) => isJobEnded(status))).toHaveLength(1)

  const done = await getJob(owner, { jobId: submitted.id })
  expect(done.output).toMatchObject({ rowCount: 2, columnCount: 2, format: 'csv' })
  expect((await getFile(owner, { fileId })).outputs.map(({ role, jobId }) => [role, jobId])).toEqual([
    ['parquet', submitted.id],
  ])
})

test('a watcher who comes late is told how it is, once, and one who saw it before is told nothing', async () => {
  await using _ = await world.startWorker()
  const { id } = await submitJob(owner, { kind: 'dataset.profile', input: { fileId: await csv() } })
  const { version } = await ended(id)
  expect((await collect(watchJob(owner, { jobId: id }, signal()))).map((job) => job.version)).toEqual([version])
  expect(await collect(watchJob(owner, { jobId: id, after: version }, signal()))).toEqual([])
})

describe('an idempotency key', () => {
  test('gives the same job to twenty at once, and a conflict to another request', async () => {
    const fileId = await csv()
    const request = { kind: 'dataset.profile', input: { fileId }, idempotencyKey: 'once' }
    const jobs = await Promise.all(Array.from({ length: 20 }, () => submitJob(owner, request)))
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(1)
    const other = { ...request, input: { fileId: await csv() } }
    await expect(submitJob(owner, other)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
      details: { jobId: jobs[0]!.id },
    })
    await cancelJob(owner, { jobId: jobs[0]!.id })
  })
})

describe('what is refused', () => {
  test.each([
    ['a kind that does not exist', { kind: 'video.dream', input: {} }, 'UNKNOWN_JOB_KIND'],
    ['a kind that is a word of JavaScript', { kind: 'constructor', input: {} }, 'UNKNOWN_JOB_KIND'],
    [
      'an input that does not fit',
      { kind: 'image.variants', input: { fileId: 'x', widths: [1] } },
      'JOB_INPUT_INVALID',
    ],
  ])('%s', async (_, request, code) => {
    await expect(submitJob(owner, request)).rejects.toMatchObject({ code, message: expect.stringMatching(/\.$/) })
  })

  test('a file that is not there, and nothing is queued', async () => {
    const before = (await listJobs(owner, { limit: 1 })).counts
    await expect(
      submitJob(owner, { kind: 'dataset.profile', input: { fileId: `file_${'0'.repeat(26)}` } }),
    ).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
    expect((await listJobs(owner, { limit: 1 })).counts).toEqual(before)
  })
})

describe('bad files end as FAILED with the reason in words, and can be retried', () => {
  test.each([
    [
      'a corrupt JPEG',
      'broken.jpg',
      Buffer.concat([Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'), randomBytes(500)]),
      'image.variants',
    ],
    ['an empty CSV', 'empty.csv', Buffer.alloc(0), 'dataset.profile'],
    [
      'a CSV of binary noise',
      'noise.csv',
      Buffer.concat([Buffer.from([0, 1, 2, 3]), randomBytes(4000)]),
      'dataset.profile',
    ],
  ])('%s', async (_, name, bytes, kind) => {
    await using worker = await world.startWorker()
    void worker
    const { jobs } = await uploadBytes(owner, name, new Uint8Array(bytes))
    expect(jobs.map((job) => job.kind)).toEqual([kind])
    const job = await ended(jobs[0]!.id)
    expect(job).toMatchObject({
      status: 'FAILED',
      attempt: 1,
      output: null,
      error: { code: expect.stringMatching(/^[A-Z_]+$/), sentence: expect.stringMatching(/^[A-Z].*\.$/s) },
    })
    expect(job.error?.code).not.toBe('INTERNAL')
    const retried = await retryJob(owner, { jobId: job.id })
    expect(retried).toMatchObject({ status: 'PENDING', attempt: 2 })
    expect((await ended(job.id)).history.map(({ status }) => status)).toEqual([
      'PENDING',
      'PROCESSING',
      'FAILED',
      'PENDING',
      'PROCESSING',
      'FAILED',
    ])
  })

  test('ragged rows are counted and said', async () => {
    await using _ = await world.startWorker()
    const { jobs } = await uploadBytes(owner, 'ragged.csv', 'a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n')
    const job = (await ended(jobs[0]!.id)) as JobDetail<'dataset.profile'>
    expect(job.status === 'FAILED' || job.output!.notes.some(({ code }) => code === 'RAGGED_ROWS')).toBe(true)
  })
})

describe('cancel', () => {
  test('of a waiting job is at once, twice is once, and a finished one has nothing to cancel', async () => {
    const { id } = await submitJob(owner, { kind: 'dataset.profile', input: { fileId: await csv() } })
    expect(await cancelJob(owner, { jobId: id })).toMatchObject({ status: 'CANCELLED' })
    expect(await cancelJob(owner, { jobId: id })).toMatchObject({ status: 'CANCELLED' })
    await expect(retryJob(owner, { jobId: id })).rejects.toMatchObject({ code: 'JOB_NOT_RETRYABLE' })
    await using _ = await world.startWorker()
    const done = await submitJob(owner, { kind: 'dataset.profile', input: { fileId: await csv() } })
    await ended(done.id)
    await expect(cancelJob(owner, { jobId: done.id })).rejects.toMatchObject({ code: 'JOB_NOT_CANCELLABLE' })
  })

  test('of a running job stops it, shows "cancelling" first, and leaves no output', async () => {
    await using _ = await world.startWorker()
    const { id } = await submitJob(owner, {
      kind: 'dataset.profile',
      input: { fileId: await csv(longCsv, 'long.csv') },
    })
    await until('it runs', async () => (await getJob(owner, { jobId: id })).stage !== null)
    const watching = collect(watchJob(owner, { jobId: id }, signal()))
    expect(await cancelJob(owner, { jobId: id })).toMatchObject({ status: 'PROCESSING', cancelling: true })
    expect((await watching).at(-1)).toMatchObject({ status: 'CANCELLED', cancelling: false })
    expect(await world.platform.store.list(`workspaces/${owner.caller.workspaceId}/jobs/${id}/`)).toEqual([])
  })
})

test('a retry of a whole tries its failed parts again, and theirs, but nothing that is done', async () => {
  const { database } = world.platform
  const { workspaceId, userId: createdBy } = owner.caller
  const hand = new HandWorker(world.platform, workspaceId)
  const { id: whole } = await submitJob(owner, { kind: 'dataset.profile', input: { fileId: await csv() } })
  const split = async (jobId: JobId): Promise<JobId[]> => {
    const lease = await hand.claim(jobId)
    const { kind, fileId } = await getJob(owner, { jobId })
    const part = { workspaceId, kind, kindVersion: 1, fileId, input: { fileId }, maxAttempts: 1, createdBy }
    const order = { priority: 'normal' as const, delayMs: 0, after: [] }
    const parts = [1, 2].map((weight) => ({ ...part, order, part: { of: jobId, weight } }))
    const usage = { cpuSeconds: 0, readBytes: 0, wroteBytes: 0, stages: [] }
    const changed: ChangedJobs = []
    await database.db.transaction((tx) => waitForParts(tx, lease, { stage: 'parts', parts }, usage, changed))
    return changed.flatMap(({ id }) => (id === jobId ? [] : [id])).toSorted()
  }
  const status = async (jobId: JobId) => {
    const { status: is, waitingFor } = await getJob(owner, { jobId })
    return waitingFor === null ? is : `${is} for ${waitingFor}`
  }
  const [done, outer] = (await split(whole)) as [JobId, JobId]
  const [innerDone, innerLost] = (await split(outer)) as [JobId, JobId]
  for (const id of [done, innerDone]) await hand.complete(await hand.claim(id), {})
  await hand.fail(await hand.claim(innerLost), { code: 'BROKEN', sentence: 'It broke.', retryable: false })
  await database.db.transaction((tx) => followEnd(tx, innerLost))
  const all = [whole, done, outer, innerDone, innerLost]
  expect(await Promise.all(all.map(status))).toEqual(['FAILED', 'COMPLETED', 'FAILED', 'COMPLETED', 'FAILED'])
  expect(await retryJob(owner, { jobId: whole })).toMatchObject({ status: 'PENDING', waitingFor: 'jobs' })
  expect(await Promise.all(all.map(status))).toEqual([
    'PENDING for jobs',
    'COMPLETED',
    'PENDING for jobs',
    'COMPLETED',
    'PENDING for turn',
  ])
  await cancelJob(owner, { jobId: whole })
})

test('a worker that is shut down hands its job back, and another finishes it', async () => {
  const first = await world.startWorker()
  const { id } = await submitJob(owner, { kind: 'dataset.profile', input: { fileId: await csv(longCsv, 'long.csv') } })
  await until('it runs', async () => (await getJob(owner, { jobId: id })).status === 'PROCESSING')
  const stopping = first[Symbol.asyncDispose]()
  await using _ = await world.startWorker()
  await stopping
  expect(await ended(id)).toMatchObject({ status: 'COMPLETED' })
})

test('a job whose worker fell silent is taken up by another, and the first can change nothing', async () => {
  const { sql } = world.platform.database
  const { id } = await submitJob(owner, { kind: 'dataset.profile', input: { fileId: await csv() } })
  // A worker that claimed the job and was killed: its row is there, and it never beats again.
  await sql`insert into workers (id, pool_id, host, pid, kinds, beat_at) values ('wrk_dead', 'dead', 'x', 1, '{}', now() - interval '20 seconds')`
  await sql`update jobs set status = 'PROCESSING', version = version + 1, lease_token = 'dead', lease_owner = 'wrk_dead', started_at = now() where id = ${id}`
  await sql`select graphile_worker.remove_job(${`${id}:1`})`
  await using _ = await world.startWorker()
  const job = await ended(id)
  expect(job).toMatchObject({ status: 'COMPLETED', attempt: 2 })
  expect(job.history.map(({ status, attempt }) => [status, attempt])).toEqual([
    ['PENDING', 1],
    ['PROCESSING', 1],
    ['FAILED', 1],
    ['PENDING', 2],
    ['PROCESSING', 2],
    ['COMPLETED', 2],
  ])
})

test('a job that kills its worker three times is given up', async () => {
  const { sql } = world.platform.database
  const { id } = await submitJob(owner, { kind: 'dataset.profile', input: { fileId: await csv() } })
  await sql`update jobs set rescues = 2, status = 'PROCESSING', version = version + 1, lease_token = 'again', lease_owner = 'wrk_again' where id = ${id}`
  await sql`insert into workers (id, pool_id, host, pid, kinds, beat_at) values ('wrk_again', 'again', 'x', 1, '{}', now() - interval '20 seconds')`
  await using _ = await world.startWorker()
  expect(await ended(id)).toMatchObject({ status: 'FAILED', error: { code: 'WORKER_DIED' } })
})

test('the feed begins with what is active, follows every job of the workspace, and goes on from its cursor', async () => {
  const stop = new AbortController()
  const waiting = await submitJob(owner, { kind: 'dataset.profile', input: { fileId: await csv() } })
  const seen: JobSnapshot[] = []
  let cursor = ''
  const feeding = (async () => {
    for await (const item of feedJobs(owner, {}, stop.signal)) {
      seen.push(item.job)
      cursor = item.cursor
    }
  })()
  await until('it is told of', () => seen.some(({ id }) => id === waiting.id))
  const worker = await world.startWorker()
  const next = await submitJob(owner, { kind: 'dataset.profile', input: { fileId: await csv() } })
  await until('both have ended', () =>
    [waiting, next].every(({ id }) => seen.some((job) => job.id === id && job.status === 'COMPLETED')),
  )
  stop.abort()
  await feeding
  for (const { id } of [waiting, next]) {
    const versions = seen.filter((job) => job.id === id).map(({ version }) => version)
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b))
  }

  // What ended while nobody listened is told of after.
  const missed = await submitJob(owner, { kind: 'dataset.profile', input: { fileId: await csv() } })
  await ended(missed.id)
  await worker[Symbol.asyncDispose]()
  const resumed = feedJobs(owner, { cursor }, signal())
  for await (const { job } of resumed) if (job.id === missed.id && job.status === 'COMPLETED') break
})

test('a watcher that leaves is forgotten', async () => {
  const { id } = await submitJob(owner, { kind: 'dataset.profile', input: { fileId: await csv() } })
  const before = owner.jobHub.watchers
  for (let n = 0; n < 50; n++) {
    const stop = new AbortController()
    const watching = collect(watchJob(owner, { jobId: id }, stop.signal))
    const feeding = feedJobs(owner, {}, stop.signal).next()
    stop.abort()
    await Promise.all([watching, feeding])
  }
  expect(owner.jobHub.watchers).toBeLessThanOrEqual(before + 50)
  await cancelJob(owner, { jobId: id })
})

test('a file that is deleted takes its jobs along: those that wait and those that run', async () => {
  const waiting = await csv()
  const { id: first } = await submitJob(owner, { kind: 'dataset.profile', input: { fileId: waiting } })
  await deleteFile(owner, { fileId: waiting })
  expect(await getJob(owner, { jobId: first })).toMatchObject({ status: 'CANCELLED' })

  await using _ = await world.startWorker()
  const running = await csv(longCsv, 'long.csv')
  const { id: second } = await submitJob(owner, { kind: 'dataset.profile', input: { fileId: running } })
  await until('it runs', async () => (await getJob(owner, { jobId: second })).stage !== null)
  await deleteFile(owner, { fileId: running })
  expect(await ended(second)).toMatchObject({ status: 'CANCELLED' })
  expect(await world.platform.store.list(`workspaces/${owner.caller.workspaceId}/jobs/${second}/`)).toEqual([])
})
