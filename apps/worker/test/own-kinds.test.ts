import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cancelJob, getJob, startDownload, submitJob } from '@bellhop/business'
import { isJobEnded } from '@bellhop/model'
import type { JobDetail, JobId, JobSnapshot, OutputFile } from '@bellhop/model'
import { startTestPlatform, until, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { isAlive, startWorkerProcess } from './world/worker-process.ts'

/** A worker loads its modules for seconds on a busy machine. */
const SLOW_MS = 60_000

const stack = new AsyncDisposableStack()
let world: TestPlatform
let worker: Awaited<ReturnType<typeof startWorkerProcess>>

beforeAll(async () => {
  world = stack.use(await startTestPlatform({ kindsDir: folderOf(1) }))
  worker = stack.use(await startWorkerProcess(world.environment))
})
afterEach(() => void vi.useRealTimers())
afterAll(() => stack.disposeAsync())

const folderOf = (version: 1 | 2) => fileURLToPath(new URL(`kinds/v${version}`, import.meta.url))

function submit(act: string, more: object = {}): Promise<JobSnapshot> {
  return submitJob(world.owner, { kind: 'test.mischief', input: { act, ...more } })
}

const detail = (jobId: JobId) => getJob(world.owner, { jobId })

function ended(jobId: JobId): Promise<JobDetail> {
  return until('the job has ended', async () => {
    const job = await detail(jobId)
    return isJobEnded(job.status) && job.retryAt === null ? job : undefined
  })
}

/** The number that the job tells in its stage. */
function toldPid(jobId: JobId): Promise<number> {
  return until('it tells a process', async () => Number((await detail(jobId)).stage?.split(' ')[1]) || undefined)
}

test('a kind from the folder runs in a real worker: input parsed, file read, output stored, result parsed', async () => {
  const { file } = await uploadBytes(world.owner, 'a.txt', 'ho', { startJobs: false })
  const job = await ended((await submit('copy', { fileId: file.id })).id)
  expect(job).toMatchObject({ kind: 'test.mischief', status: 'COMPLETED', fileId: file.id, progress: 1, attempt: 1 })
  const { said, files } = job.output as { said: string; files: OutputFile[] }
  expect(said).toBe('hoho')
  const download = await startDownload(world.owner, { id: files[0]!.id, disposition: 'attachment' })
  expect(await (await fetch(download.url)).text()).toBe('hoho')
})

test('what does not fit its input schema is refused before there is a job, in words', async () => {
  await expect(submit('fly')).rejects.toMatchObject({
    code: 'JOB_INPUT_INVALID',
    message: expect.stringMatching(/^The input does not fit test\.mischief\. act: /),
  })
})

test('a cancel leaves no process of it, nor one that it had started', async () => {
  const job = await submit('hang')
  const pid = await toldPid(job.id)
  expect(isAlive(pid)).toBe(true)
  await cancelJob(world.owner, { jobId: job.id })
  expect((await ended(job.id)).status).toBe('CANCELLED')
  await until('its child is gone', () => !isAlive(pid))
})

test('a cancel also ends code that never lets go of its thread', async () => {
  const job = await submit('spin')
  const pid = await toldPid(job.id)
  await cancelJob(world.owner, { jobId: job.id })
  expect((await ended(job.id)).status).toBe('CANCELLED')
  expect(isAlive(pid)).toBe(false)
})

test('a JobInputError is final, with its code and sentence', async () => {
  expect(await ended((await submit('refuse')).id)).toMatchObject({
    status: 'FAILED',
    attempt: 1,
    error: { code: 'TOO_PLAIN', sentence: 'There is nothing in it to work on.' },
  })
})

test('an output that does not fit its own schema is final, and says what is wrong with it', async () => {
  const job = await ended((await submit('lie')).id)
  expect(job).toMatchObject({ status: 'FAILED', attempt: 1, error: { code: 'OUTPUT_INVALID' } })
  expect(job.error?.sentence).toMatch(/^What test\.mischief@1 gave does not fit .* said: .+\.$/)
})

test('a job that wants more memory than its kind may have is final, and the worker lives on', async () => {
  expect(await ended((await submit('eat')).id)).toMatchObject({
    status: 'FAILED',
    attempt: 1,
    error: { code: 'OUT_OF_MEMORY', sentence: expect.stringContaining('(64 MiB)') },
  })
  expect(worker.child.exitCode).toBeNull()
})

test('its process sees nothing of the worker: no database, no store, no secret', async () => {
  const job = await ended((await submit('look')).id)
  const { said } = job.output as { said: string }
  const { names, atHome } = JSON.parse(said) as { names: string[]; atHome: boolean }
  expect(atHome).toBe(true)
  expect(names.filter((name) => /^(DATABASE|S3|BELLHOP)_/.test(name))).toEqual([])
})

test('a job about no file has nowhere to put outputs, and is told so', async () => {
  const job = await submit('copy')
  await until('it failed once', async () => (await detail(job.id)).attempt > 1)
  await cancelJob(world.owner, { jobId: job.id })
  expect((await ended(job.id)).status).toBe('CANCELLED')
})

test(
  'when its worker is killed, no process of it lives on, though it is deaf',
  async () => {
    await using lone = await startTestPlatform({ kindsDir: folderOf(1) })
    const doomed = await startWorkerProcess(lone.environment)
    const { id: jobId } = await submitJob(lone.owner, { kind: 'test.mischief', input: { act: 'spin' } })
    const pid = await until('it tells its process', async () => {
      const { stage } = await getJob(lone.owner, { jobId })
      return Number(stage?.split(' ')[1]) || undefined
    })
    doomed.child.kill('SIGKILL')
    await once(doomed.child, 'exit')
    await until('it is gone', () => !isAlive(pid))
  },
  SLOW_MS,
)

test(
  'a worker of version 1 leaves jobs of version 2 alone; one of version 2 takes both',
  async () => {
    await using next = await startTestPlatform({ kindsDir: folderOf(2) })
    await using _ = await startWorkerProcess({ ...next.environment, BELLHOP_KINDS_DIR: folderOf(1) })
    const statusOf = async (jobId: JobId) => (await getJob(next.owner, { jobId })).status
    const request = { kind: 'test.mischief', input: { act: 'look' } }
    const job = await submitJob(next.owner, request)
    // One that the older worker can take, queued after it, is done first.
    const { file } = await uploadBytes(next.owner, 'a.csv', 'a,b\n1,2\n', { startJobs: false })
    const other = await submitJob(next.owner, { kind: 'dataset.profile', input: { fileId: file.id } })
    await until('the other is done', async () => (await statusOf(other.id)) === 'COMPLETED')
    expect(await statusOf(job.id)).toBe('PENDING')
    await using __ = await next.startWorker()
    await until('a newer worker takes it', async () => (await statusOf(job.id)) === 'COMPLETED')
  },
  SLOW_MS,
)

test(
  'a folder needs nothing installed; a file at fault in it stops the start, and is named with the reason',
  async () => {
    await using folder = await kindsFolder()
    await writeFile(join(folder.dir, 'first.ts'), kindText('team.first', 1))
    await writeFile(join(folder.dir, 'again.ts'), kindText('team.first', 1))
    await writeFile(join(folder.dir, 'ours.ts'), kindText('image.variants', 1))
    await writeFile(join(folder.dir, 'zero.ts'), kindText('team.zero', 0))
    await expect(startWorkerProcess({ ...world.environment, BELLHOP_KINDS_DIR: folder.dir })).rejects.toThrow(
      [
        'Not every file of the kinds folder can be used; mend or remove it.',
        `${folder.dir}/first.ts: \`team.first\` is the kind of again.ts already; choose another name.`,
        `${folder.dir}/ours.ts: \`image.variants\` is a kind that comes with Bellhop; choose another name.`,
        `${folder.dir}/zero.ts: version: Expected a whole number from 1 to 10000.`,
      ].join('\n'),
    )
  },
  SLOW_MS,
)

test(
  'tries and maxRunning of a kind hold, and the place of a worker that was killed goes to the next',
  async () => {
    await using lone = await startTestPlatform({ kindsDir: folderOf(1) })
    const seen = (jobId: JobId) => getJob(lone.owner, { jobId })
    const submitSingle = () => submitJob(lone.owner, { kind: 'test.single', input: {} })
    const doomed = await startWorkerProcess(lone.environment)
    const twice = await submitJob(lone.owner, { kind: 'test.twice', input: {} })
    const [first, second] = [await submitSingle(), await submitSingle()]
    await until('one waits for the place of the other', async () => {
      const jobs = [await seen(first.id), await seen(second.id)]
      return jobs.some(({ status }) => status === 'PROCESSING') && jobs.some(({ waitingFor }) => waitingFor === 'slot')
    })
    await until('it is tried no more', async () => {
      const { status, retryAt, attempt } = await seen(twice.id)
      return status === 'FAILED' && retryAt === null && attempt === 2
    })
    doomed.child.kill('SIGKILL')
    await once(doomed.child, 'exit')
    // As if it had been silent for longer than a lease.
    await lone.platform.database.sql`update workers set beat_at = now() - interval '1 minute'`
    // Its beats come when the test says so.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    await using _ = await lone.startWorker({ finishWithinMs: 1 })
    const beat = () => vi.advanceTimersByTimeAsync(5_000)
    const running = await until('the place is taken again', async () => {
      await beat()
      const jobs = [await seen(first.id), await seen(second.id)]
      return jobs.find(({ status, attempt, id }) => status === 'PROCESSING' && (id !== first.id || attempt === 2))
    })
    const other = running.id === first.id ? second : first
    expect(await seen(other.id)).toMatchObject({ status: 'PENDING' })
    await cancelJob(lone.owner, { jobId: running.id })
    await until('the next has it', async () => {
      await beat()
      return (await seen(other.id)).status === 'PROCESSING'
    })
  },
  SLOW_MS,
)

async function kindsFolder(): Promise<{ readonly dir: string } & AsyncDisposable> {
  const dir = await mkdtemp(join(tmpdir(), 'bellhop-kinds-'))
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) }
}

function kindText(name: string, version: number): string {
  return `
import { defineKind, z } from '@bellhop/kind'
export default defineKind({
  name: '${name}', version: ${version}, input: z.object({}), output: z.object({}), run: async () => ({})
})`
}
