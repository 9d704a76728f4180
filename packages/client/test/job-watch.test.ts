import type { FileId, JobId } from '@bellhop/model'
import { HandWorker, uploadBytes } from '@bellhop/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { BellhopError, connect } from '../src/index.ts'
import type { Bellhop, ConnectOptions } from '../src/index.ts'
import { WRONG_KEY, startHouse } from './world/house.ts'
import type { House } from './world/house.ts'

const NO_JOB: JobId = 'job_01m7zzzzzzzzzzzzzzzzzzzzzz'
const SOON = { timeout: 20_000 }
const failure = { code: 'IMAGE_CORRUPT', sentence: 'The image is corrupt.', retryable: false }

let house: House
let worker: HandWorker
let fileId: FileId

beforeAll(async () => {
  house = await startHouse({ worker: false })
  const { owner, platform } = house.platform
  worker = new HandWorker(platform, owner.caller.workspaceId)
  const { file } = await uploadBytes(owner, 'notes.txt', 'a', { startJobs: false })
  fileId = file.id
})

afterAll(() => house[Symbol.asyncDispose]())

beforeEach(() => {
  house.api.webSockets = true
  house.api.intercept = () => undefined
  house.api.calls.length = 0
})

function open(options: Partial<ConnectOptions> = {}): Bellhop {
  return connect({ url: house.api.url, ...options })
}

const watchers = () => house.platform.owner.jobHub.watchers

/** Starts a watch and reports what it has seen. */
function follow(bellhop: Bellhop, id: JobId) {
  const seen: { version: number; status: string; attempt: number }[] = []
  const done = (async () => {
    for await (const { version, status, attempt } of bellhop.jobs.watch(id)) seen.push({ version, status, attempt })
  })()
  return { seen, done }
}

describe.for(['ws', 'sse'] as const)('over %s', (transport) => {
  test('a watch sees versions rise, ends at the final state, and outlives a restart of the server', async () => {
    await using bellhop = open({ transport })
    const { id } = await bellhop.jobs.submit('image.variants', { fileId })
    const watch = follow(bellhop, id)
    await expect.poll(() => watch.seen.at(-1)?.status, SOON).toBe('PENDING')
    await house.api.stop()
    const first = await worker.claim(id)
    await house.api.start()
    await expect.poll(() => watch.seen.at(-1)?.status, SOON).toBe('PROCESSING')
    await worker.fail(first, failure, { again: true })
    await expect.poll(() => watch.seen.at(-1), SOON).toMatchObject({ status: 'PENDING', attempt: 2 })
    const second = await worker.claim(id)
    await expect.poll(() => watch.seen.at(-1), SOON).toMatchObject({ status: 'PROCESSING', attempt: 2 })
    await worker.complete(second, { files: [] })
    await watch.done
    expect(watch.seen.map(({ status }) => status)).toEqual([
      'PENDING',
      'PROCESSING',
      'PENDING',
      'PROCESSING',
      'COMPLETED',
    ])
    const versions = watch.seen.map(({ version }) => version)
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b))
    await expect.poll(watchers, SOON).toBe(0)
  })

  test('a job that is not there, and a key that is none, are errors', async () => {
    await using bellhop = open({ transport })
    const error = { code: 'JOB_NOT_FOUND', requestId: 'request 1' }
    await expect(follow(bellhop, NO_JOB).done).rejects.toMatchObject(error)
    await using stranger = open({ transport, apiKey: WRONG_KEY })
    await expect(follow(stranger, NO_JOB).done).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  test('a signal ends a watch, and the server stops with it', async () => {
    await using bellhop = open({ transport })
    const { id } = await bellhop.jobs.submit('image.variants', { fileId })
    const stop = new AbortController()
    const watching = (async () => {
      for await (const state of bellhop.jobs.watch(id, { signal: stop.signal })) if (state) stop.abort()
    })()
    await expect(watching).rejects.toMatchObject({ code: 'ABORTED' })
    await expect.poll(watchers, SOON).toBe(0)
  })
})

test('where WebSockets are forbidden, a watch goes on over Server-Sent Events', async () => {
  house.api.webSockets = false
  await using bellhop = open()
  const { id } = await bellhop.jobs.submit('image.variants', { fileId })
  const watch = follow(bellhop, id)
  await expect.poll(() => watch.seen.length, SOON).toBe(1)
  expect(house.api.calls).toContain('jobs.watch')
  await bellhop.jobs.cancel(id)
  await watch.done
  expect(watch.seen.at(-1)).toMatchObject({ status: 'CANCELLED' })
})

describe('wait', () => {
  test('resolves to the finished job with its output', async () => {
    await using bellhop = open()
    const job = await bellhop.jobs.submit('image.variants', { fileId })
    const waiting = bellhop.jobs.wait(job.id)
    await worker.complete(await worker.claim(job.id), { width: 3, files: [] })
    expect((await waiting).output.width).toBe(3)
  })

  test('rejects with the job of a failure and of a cancel', async () => {
    await using bellhop = open()
    const failing = await bellhop.jobs.submit('image.variants', { fileId })
    await worker.fail(await worker.claim(failing.id), failure)
    await expect(bellhop.jobs.wait(failing)).rejects.toMatchObject({
      code: 'JOB_FAILED',
      message: 'The image is corrupt.',
      details: { job: { id: failing.id } },
    })
    const cancelled = await bellhop.jobs.submit('image.variants', { fileId })
    await bellhop.jobs.cancel(cancelled.id)
    await expect(bellhop.jobs.wait(cancelled)).rejects.toMatchObject({ code: 'JOB_CANCELLED' })
  })
})

describe('calls', () => {
  test('a submit whose answer was lost is tried again, and makes one job', async () => {
    await using bellhop = open()
    const count = async () => (await bellhop.jobs.list({ fileId })).items.length
    const before = await count()
    let refusals = 0
    house.api.intercept = () => (++refusals === 1 ? 502 : undefined)
    await bellhop.jobs.submit('image.variants', { fileId })
    expect(refusals).toBeGreaterThan(1)
    expect(await count()).toBe(before + 1)
  })

  test('a server that is not there is NETWORK, one that says nothing is TIMEOUT, a signal is ABORTED', async () => {
    await using nobody = connect({ url: 'http://127.0.0.1:9', retries: 1 })
    await expect(nobody.jobs.get(NO_JOB)).rejects.toMatchObject({ code: 'NETWORK', retryable: true })
    const hangs: typeof fetch = () => new Promise(() => {})
    await using slow = open({ timeoutMs: 50, retries: 0, fetch: hangs })
    await expect(slow.jobs.get(NO_JOB)).rejects.toMatchObject({ code: 'TIMEOUT' })
    await expect(slow.jobs.get(NO_JOB, { signal: AbortSignal.timeout(1) })).rejects.toMatchObject({ code: 'ABORTED' })
  })

  test('an error of the server keeps its code, status, sentence and request id', async () => {
    await using bellhop = open()
    const error: unknown = await bellhop.jobs.get(NO_JOB).catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(BellhopError)
    expect(error).toMatchObject({
      code: 'JOB_NOT_FOUND',
      status: 404,
      message: 'There is no such job in this workspace.',
      requestId: 'request 1',
      retryable: false,
    })
  })

  test('an address that is none is refused at once', () => {
    expect(() => connect({ url: 'localhost:3000' })).toThrow(/Expected `url` to be an http or https address/)
  })
})
