import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { getJob, submitJob } from '@bellhop/business'
import type { Platform } from '@bellhop/business'
import { newId } from '@bellhop/model'
import type { JobId, JobRun } from '@bellhop/model'
import { registerWorker } from '@bellhop/persistence'
import { startTestPlatform, until, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { AttemptHost } from '../src/attempt.ts'
import { ProgressReporter } from '../src/progress-reporter.ts'
import { keepLease } from '../src/worker-lease.ts'

let world: TestPlatform
let fileId: string

beforeAll(async () => {
  world = await startTestPlatform({ flaky: { platform: true } })
  fileId = (await uploadBytes(world.owner, 'a.csv', 'a\n1\n', { startJobs: false })).file.id
}, 60_000)
afterEach(() => void vi.useRealTimers())
afterAll(() => world[Symbol.asyncDispose]())

/** A worker that holds one attempt, and whose clock is the test's. Its beats go to the database at this address. */
async function leaseOver(databaseUrl: string) {
  const stack = new AsyncDisposableStack()
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  const { platform } = world
  const stops: string[] = []
  const row = { id: newId('worker'), poolId: 'p', host: 'x', pid: 1, kinds: ['dataset.profile'], concurrency: 1 }
  await registerWorker(platform.database.db, row)
  const withLine: Platform = { ...platform, settings: { ...platform.settings, databaseUrl } }
  const host: AttemptHost = {
    platform: withLine,
    workerId: row.id,
    scratchRoot: world.dir,
    progress: stack.use(new ProgressReporter(platform)),
    running: new Map(),
    processorOf: () => ({ run: async () => ({}) }),
  }
  const lease = { jobId: newId('job'), attempt: 1, token: crypto.randomUUID() }
  host.running.set(lease.token, { lease, stop: (reason) => stops.push(reason), done: Promise.resolve() })
  stack.use(keepLease(host, () => row))
  const beatAt = async () => {
    const [worker] = await platform.database.sql<{ beat: string }[]>`
      select beat_at::text as beat from workers where id = ${row.id}`
    return worker?.beat
  }
  return { stops, beatAt, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

test('a worker that cannot renew its lease stops its own work before others may take it, and not earlier', async () => {
  await using worker = await leaseOver('postgres://nobody@127.0.0.1:1/nothing')
  await vi.advanceTimersByTimeAsync(12_000)
  expect(worker.stops).toEqual([])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(worker.stops).toEqual(['lost'])
})

test('a beat that hangs is made again on a new connection', async () => {
  await using network = await startNetwork(world.platform.settings.databaseUrl)
  await using worker = await leaseOver(network.url)
  // Its next turns come at once; its patience with one beat is of true time, 3 s.
  const afterTurn = () => vi.advanceTimersByTimeAsync(5_000).then(() => worker.beatAt())
  await expect.poll(afterTurn).not.toBe(await worker.beatAt())
  network.freeze()
  await expect.poll(afterTurn, { timeout: 10_000 }).not.toBe(await worker.beatAt())
})

/** The way to the database. Frozen, what is connected stays so and hears nothing any more; what connects later gets through. */
async function startNetwork(databaseUrl: string) {
  const { hostname, port } = new URL(databaseUrl)
  const ways = new Set<{ readonly near: Socket; readonly far: Socket }>()
  const server = createServer((near) => {
    const far = connect({ host: hostname, port: Number(port) }).on('error', () => near.destroy())
    near.on('error', () => far.destroy())
    near.pipe(far).pipe(near)
    ways.add({ near, far })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    freeze() {
      for (const { near, far } of ways) {
        near.unpipe(far)
        near.resume()
      }
    },
    async [Symbol.asyncDispose]() {
      for (const { near, far } of ways) {
        near.destroy()
        far.destroy()
      }
      server.close()
      await once(server, 'close')
    },
  }
}

const submit = () => submitJob(world.owner, { kind: 'dataset.profile', input: { fileId } })
const detail = (jobId: JobId) => getJob(world.owner, { jobId })

test('a job that will not stop is handed back past the bound, and what it still does changes nothing', async () => {
  const begun = Promise.withResolvers<JobRun<unknown>>()
  const release = Promise.withResolvers<void>()
  const worker = await world.startWorker({
    kinds: ['dataset.*'],
    finishWithinMs: 1,
    processorOf: () => ({
      async run(job) {
        begun.resolve(job)
        await release.promise
        return {}
      },
    }),
  })
  const { id } = await submit()
  const { signal } = await begun.promise
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const stopping = worker[Symbol.asyncDispose]()
  await expect.poll(() => vi.advanceTimersByTimeAsync(1).then(() => signal.aborted)).toBe(true)
  await vi.advanceTimersByTimeAsync(4_900)
  expect(await detail(id)).toMatchObject({ status: 'PROCESSING', attempt: 1 })
  await vi.advanceTimersByTimeAsync(200)
  vi.useRealTimers()
  await stopping
  const handedBack = await detail(id)
  expect(handedBack).toMatchObject({ status: 'PENDING', attempt: 2, maxAttempts: 4 })
  expect(handedBack.history.map(({ status }) => status)).toEqual(['PENDING', 'PROCESSING', 'FAILED', 'PENDING'])
  const before = world.flaky.seen('ListObjects')
  release.resolve()
  await until('its end was refused, and it cleans up', () => world.flaky.seen('ListObjects') > before)
  expect(await detail(id)).toMatchObject({ status: 'PENDING', attempt: 2, version: handedBack.version })
}, 20_000)

test('what a failed attempt could not remove from the store the queue removes later', async () => {
  const objects = async () => (await world.platform.store.list(`workspaces/`)).filter((key) => key.includes('/jobs/'))
  expect(await objects()).toEqual([])
  const refused = world.flaky.plan('ListMultipartUploads', { kind: 'refuse', status: 403, code: 'AccessDenied' })
  await using _ = await world.startWorker({
    kinds: ['dataset.*'],
    processorOf: () => ({
      async run({ objects: store }) {
        await store.put({ role: 'x', name: 'x.txt', mediaType: 'text/plain', body: new Uint8Array(3) })
        expect(await objects()).toHaveLength(1)
        throw new Error('It fails.')
      },
    }),
  })
  const { id } = await submit()
  await until('it failed', async () => (await detail(id)).attempt > 1)
  expect(refused.hits).toBe(1)
  await until('its output is gone', async () => (await objects()).length === 0)
})
