import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  completeUpload,
  getJob,
  listJobs,
  migrateDatabase,
  startUpload,
  submitJob,
  toAppError,
  watchJob,
} from '@bellhop/business'
import { startPostgres } from '@bellhop/local-stack'
import type { LocalPostgres } from '@bellhop/local-stack'
import type { JobSnapshot } from '@bellhop/model'
import { put, startTestPlatform, until, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { childrenOf, isAlive, startWorkerProcess } from './world/worker-process.ts'

let dataDir: string
let postgres: LocalPostgres
let world: TestPlatform

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'bellhop-outage-'))
  postgres = await startPostgres({ dataDir, postgres: { fsync: 'off' } })
  await migrateDatabase({ databaseUrl: postgres.url })
  world = await startTestPlatform({ databaseUrl: postgres.url })
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
  await postgres.stop()
  await rm(dataDir, { recursive: true, force: true })
})

async function restartPostgres(whileAway: () => Promise<void>): Promise<void> {
  const { port } = postgres
  await postgres.stop()
  await whileAway()
  postgres = await startPostgres({ dataDir, port, postgres: { fsync: 'off' } })
}

const startWorker = () => startWorkerProcess(world.environment)

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'ok',
    (error: unknown) => toAppError(error).code,
  )

test('while the database is away requests say so; when it is back everything goes on by itself', async () => {
  const { owner } = world
  await using worker = await startWorker()
  const { file } = await uploadBytes(owner, 'a.csv', 'a,b\n1,2\n', { startJobs: false })
  const waiting = await submitJob(owner, { kind: 'dataset.profile', input: { fileId: file.id } })
  await until('it is done', async () => (await getJob(owner, { jobId: waiting.id })).status === 'COMPLETED')

  await restartPostgres(async () => {
    expect(await codeOf(listJobs(owner, { limit: 1 }))).toBe('DATABASE_UNAVAILABLE')
  })
  const job = await until('a job is taken', () =>
    submitJob(owner, { kind: 'dataset.profile', input: { fileId: file.id } }).catch(() => undefined),
  )
  const seen: JobSnapshot[] = []
  for await (const snapshot of watchJob(owner, { jobId: job.id }, AbortSignal.timeout(40_000))) seen.push(snapshot)
  expect(seen.at(-1)?.status).toBe('COMPLETED')
  expect(worker.child.exitCode).toBeNull()
}, 60_000)

test('a watcher that was there before the database went sees the end, with rising versions', async () => {
  const { owner } = world
  const { file } = await uploadBytes(owner, 'b.csv', 'a,b\n1,2\n', { startJobs: false })
  const job = await submitJob(owner, { kind: 'dataset.profile', input: { fileId: file.id } })
  const seen: JobSnapshot[] = []
  const watching = (async () => {
    for await (const snapshot of watchJob(owner, { jobId: job.id }, AbortSignal.timeout(50_000))) seen.push(snapshot)
  })()
  await until('it watches', () => seen.length > 0)
  await restartPostgres(async () => {})
  await using worker = await startWorker()
  await watching
  expect(seen.at(-1)?.status).toBe('COMPLETED')
  expect(worker.child.exitCode).toBeNull()
  const versions = seen.map(({ version }) => version)
  expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b))
}, 60_000)

test('backends that are killed under load lose no job', async () => {
  const { owner } = world
  await using worker = await startWorker()
  const { file } = await uploadBytes(owner, 'c.csv', 'a,b\n1,2\n', { startJobs: false })
  const jobs: JobSnapshot[] = []
  for (let round = 0; round < 8; round++) {
    const killing = world.platform.database.sql`
      select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.catch(
      () => {},
    )
    const job = await until('a job is taken', () =>
      submitJob(owner, { kind: 'dataset.profile', input: { fileId: file.id }, idempotencyKey: `round ${round}` }).catch(
        () => undefined,
      ),
    )
    jobs.push(job)
    await killing
  }
  for (const { id } of jobs) {
    await until(
      `${id} is done`,
      async () => (await getJob(owner, { jobId: id }).catch(() => undefined))?.status === 'COMPLETED',
      60_000,
    )
  }
  expect(worker.child.exitCode).toBeNull()
}, 120_000)

test('while the store is away an upload says so and loses nothing', async () => {
  const { owner } = world
  const bytes = new TextEncoder().encode('kept')
  const plan = await startUpload(owner, { name: 'kept.txt', sizeBytes: bytes.length })
  if (plan.mode !== 'single') throw new Error('Expected one PUT.')
  await put(plan.put, bytes)
  const start = await world.stopStore()
  expect(await codeOf(completeUpload(owner, plan))).toBe('STORE_UNAVAILABLE')
  expect(await codeOf(startUpload(owner, { name: 'large.bin', sizeBytes: 20_000_000 }))).toBe('STORE_UNAVAILABLE')
  await start()
  expect((await completeUpload(owner, plan)).file.status).toBe('READY')
}, 60_000)

test('a worker that is killed has its job done by another, and leaves no child', async () => {
  const { owner } = world
  const rows = Array.from({ length: 300_000 }, (_, id) => `${id},name ${id % 977},${(id * 37) % 1000}`).join('\n')
  const { file } = await uploadBytes(owner, 'long.csv', `id,name,amount\n${rows}\n`, { startJobs: false })
  const first = await startWorker()
  const job = await submitJob(owner, { kind: 'dataset.profile', input: { fileId: file.id } })
  const stage = async () => (await getJob(owner, { jobId: job.id })).stage
  await until('it is being read', async () => !['downloading', null].includes(await stage()))
  const children = childrenOf(first.child.pid!)
  expect(children.length).toBeGreaterThan(0)
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  await using second = await startWorker()
  await until('the children are gone', () => children.every((pid) => !isAlive(pid)))
  const done = () => getJob(owner, { jobId: job.id })
  await until('another has done it', async () => (await done()).status === 'COMPLETED', 40_000)
  const { history, attempt } = await done()
  expect(attempt).toBe(2)
  expect(history.map(({ status }) => status)).toEqual([
    'PENDING',
    'PROCESSING',
    'FAILED',
    'PENDING',
    'PROCESSING',
    'COMPLETED',
  ])
  expect(second.child.exitCode).toBeNull()
}, 90_000)
