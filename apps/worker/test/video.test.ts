import { once } from 'node:events'
import { cancelJob, getFile, getJob, listJobs, submitJob } from '@bellhop/business'
import type { JobId, JobSnapshot } from '@bellhop/model'
import { startTestPlatform, until, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mediaFolder, picture } from '../../../packages/business/test/processors/media.ts'
import { childrenOf, isAlive, startWorkerProcess } from './world/worker-process.ts'

const SLOW_MS = 90_000
/** As it is promised. */
const GONE_WITHIN_MS = 2_000

const stack = new AsyncDisposableStack()
let world: TestPlatform
let film: Uint8Array<ArrayBuffer>

beforeAll(async () => {
  world = stack.use(await startTestPlatform())
  // Two hours, a frame a second: two stretches.
  await using media = await mediaFolder({ 'film.mp4': { tracks: [picture('16x16', 1, 7_200)] } })
  film = new Uint8Array(await media.bytes('film.mp4'))
}, SLOW_MS)
afterAll(() => stack.disposeAsync())

const startWorker = () => startWorkerProcess({ ...world.environment, BELLHOP_WORKER_CONCURRENCY: '1' })
const detail = (jobId: JobId) => getJob(world.owner, { jobId })

async function submitFilm(bytes = film): Promise<{
  job: JobSnapshot
  segments: () => Promise<readonly JobSnapshot[]>
  roles: () => Promise<string[]>
}> {
  const { file } = await uploadBytes(world.owner, 'film.mp4', bytes, { startJobs: false })
  const job = await submitJob(world.owner, { kind: 'video.encode', input: { fileId: file.id, formats: ['mp4'] } })
  const segments = async () =>
    (await listJobs(world.owner, { kind: 'video.segment', fileId: file.id, limit: 10 })).items
  const roles = async () => (await getFile(world.owner, { fileId: file.id })).outputs.map(({ role }) => role)
  return { job, segments, roles }
}

const countOf = (jobs: readonly JobSnapshot[], status: JobSnapshot['status']) =>
  jobs.filter((job) => job.status === status).length

test(
  'a killed worker costs one stretch of a film: another goes on with the rest, and who watches the whole sees it',
  async () => {
    const first = await startWorker()
    const { job, segments, roles } = await submitFilm()
    await until(
      'one stretch is done and the other under way',
      async () => {
        const found = await segments()
        return countOf(found, 'COMPLETED') === 1 && countOf(found, 'PROCESSING') === 1
      },
      40_000,
    )
    const children = childrenOf(first.child.pid!)
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')
    await until('the children are gone', () => children.every((pid) => !isAlive(pid)))
    const half = await detail(job.id)
    expect(half).toMatchObject({ status: 'PENDING', waitingFor: 'jobs', stage: 'encoding', error: null, retryAt: null })
    expect(half.progress).toBeGreaterThanOrEqual(0.45)
    expect(half.progress).toBeLessThan(1)
    // As time would: nobody hears of it any more.
    await world.platform.database.sql`update workers set beat_at = beat_at - interval '1 minute'`
    await using _ = await startWorker()
    const done = await until(
      'the film is done',
      async () => {
        const found = await detail(job.id)
        return found.status === 'PENDING' || found.status === 'PROCESSING' ? undefined : found
      },
      60_000,
    )
    expect(done).toMatchObject({
      status: 'COMPLETED',
      output: { renditions: [{ name: 'source', video: { width: 16 } }] },
    })
    expect((await segments()).map(({ status, attempt }) => `${status} ${attempt}`).toSorted()).toEqual([
      'COMPLETED 1',
      'COMPLETED 2',
    ])
    // The stretches went with the join.
    expect(await roles()).toEqual(['rendition'])
  },
  SLOW_MS,
)

test(
  'a cancel of the whole stops its parts, and leaves no process and no output',
  async () => {
    await using worker = await startWorker()
    const { job, segments, roles } = await submitFilm()
    await until('a stretch is being encoded', async () => countOf(await segments(), 'PROCESSING') > 0, 40_000)
    const children = await until('by a child', () => {
      const found = childrenOf(worker.child.pid!)
      return found.length > 0 ? found : undefined
    })
    await cancelJob(world.owner, { jobId: job.id })
    await until('the child is gone', () => children.every((pid) => !isAlive(pid)), GONE_WITHIN_MS)
    await until('every part has ended', async () => countOf(await segments(), 'CANCELLED') === 2)
    expect((await detail(job.id)).status).toBe('CANCELLED')
    expect(await roles()).toEqual([])
  },
  SLOW_MS,
)

test(
  'a stretch that cannot be read fails the whole film with its sentence, and no other is begun',
  async () => {
    await using _ = await startWorker()
    const damaged = film.slice()
    damaged.fill(0xff, Math.floor(damaged.length * 0.3), Math.floor(damaged.length * 0.6))
    const { job, segments, roles } = await submitFilm(damaged)
    const failed = await until('the film has failed', async () => {
      const found = await detail(job.id)
      return found.status === 'FAILED' && found
    })
    expect(failed.error).toMatchObject({
      code: 'MEDIA_UNREADABLE',
      sentence: expect.stringContaining('upload it again'),
    })
    for (const segment of await segments()) expect(segment).toMatchObject({ status: 'FAILED', error: failed.error })
    const begun = await Promise.all((await segments()).map(async ({ id }) => (await detail(id)).startedAt))
    expect(begun.filter((at) => at !== null)).toHaveLength(1)
    expect(await roles()).toEqual([])
  },
  SLOW_MS,
)
