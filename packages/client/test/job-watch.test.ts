import type { JobId } from '@bellhop/model'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { BellhopError, connect } from '../src/index.ts'
import type { Bellhop, ConnectOptions } from '../src/index.ts'
import { API_KEY, startPlatform } from './world/platform.ts'
import type { TestPlatform } from './world/platform.ts'

let platform: TestPlatform

beforeAll(async () => {
  platform = await startPlatform()
})

afterAll(() => platform[Symbol.asyncDispose]())

beforeEach(() => {
  platform.api.webSockets = true
  platform.api.intercept = () => undefined
  platform.api.calls.length = 0
})

function open(options: Partial<ConnectOptions> = {}): Bellhop {
  return connect({ url: platform.api.url, apiKey: API_KEY, ...options })
}

/** Starts a watch and reports what it has seen. */
function follow(bellhop: Bellhop, id: JobId) {
  const seen: { version: number; status: string }[] = []
  const done = (async () => {
    for await (const { version, status } of bellhop.jobs.watch(id)) seen.push({ version, status })
  })()
  return { seen, done }
}

describe.for(['ws', 'sse'] as const)('over %s', (transport) => {
  test('a watch sees versions rise, ends at the final state, and outlives a restart of the server', async () => {
    await using bellhop = open({ transport })
    const { id } = await bellhop.jobs.submit('image.variants', { fileId: 'file_1' })
    const watch = follow(bellhop, id)
    await expect.poll(() => watch.seen.length).toBe(1)
    platform.jobs.change(id, { status: 'PROCESSING', progress: 0.1 })
    await expect.poll(() => watch.seen.length).toBe(2)
    await platform.api.stop()
    platform.jobs.change(id, { progress: 0.5 })
    await platform.api.start()
    await expect.poll(() => watch.seen.at(-1)?.version, { timeout: 10_000 }).toBe(3)
    platform.jobs.change(id, { status: 'FAILED', retryAt: new Date().toISOString() })
    await expect.poll(() => watch.seen.at(-1)?.status).toBe('FAILED')
    platform.jobs.change(id, { status: 'PENDING', retryAt: null, attempt: 2 })
    await expect.poll(() => watch.seen.at(-1)?.status).toBe('PENDING')
    platform.jobs.change(id, { status: 'COMPLETED', progress: 1 })
    await watch.done
    expect(watch.seen).toEqual([
      { version: 1, status: 'PENDING' },
      { version: 2, status: 'PROCESSING' },
      { version: 3, status: 'PROCESSING' },
      { version: 4, status: 'FAILED' },
      { version: 5, status: 'PENDING' },
      { version: 6, status: 'COMPLETED' },
    ])
    await expect.poll(() => platform.jobs.watchers).toBe(0)
  })

  test('a job that is not there, and a key that is none, are errors', async () => {
    await using bellhop = open({ transport })
    await expect(follow(bellhop, 'job_none').done).rejects.toMatchObject({ code: 'JOB_NOT_FOUND', requestId: 'req_1' })
    await using stranger = open({ transport, apiKey: 'bh_wrong' })
    await expect(follow(stranger, 'job_none').done).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  test('a signal ends a watch, and the server stops with it', async () => {
    await using bellhop = open({ transport })
    const { id } = await bellhop.jobs.submit('image.variants', { fileId: 'file_1' })
    const stop = new AbortController()
    const watching = (async () => {
      for await (const state of bellhop.jobs.watch(id, { signal: stop.signal })) if (state) stop.abort()
    })()
    await expect(watching).rejects.toMatchObject({ code: 'ABORTED' })
    await expect.poll(() => platform.jobs.watchers).toBe(0)
  })
})

test('where WebSockets are forbidden, a watch goes on over Server-Sent Events', async () => {
  platform.api.webSockets = false
  await using bellhop = open()
  const { id } = await bellhop.jobs.submit('image.variants', { fileId: 'file_1' })
  const watch = follow(bellhop, id)
  await expect.poll(() => watch.seen.length, { timeout: 10_000 }).toBe(1)
  expect(platform.api.calls).toContain('jobs.watch')
  platform.jobs.change(id, { status: 'CANCELLED' })
  await watch.done
  expect(watch.seen.at(-1)).toEqual({ version: 2, status: 'CANCELLED' })
})

describe('wait', () => {
  test('resolves to the finished job with its output', async () => {
    await using bellhop = open()
    const job = await bellhop.jobs.submit('image.variants', { fileId: 'file_1' })
    const waiting = bellhop.jobs.wait(job.id)
    platform.jobs.change(job.id, { status: 'COMPLETED' })
    const done = await waiting
    expect(done.output.files[0]?.id).toMatch(/^out_/)
  })

  test('rejects with the job of a failure and of a cancel', async () => {
    await using bellhop = open()
    const failing = await bellhop.jobs.submit('image.variants', { fileId: 'file_1' })
    platform.jobs.change(failing.id, {
      status: 'FAILED',
      error: { code: 'IMAGE_CORRUPT', sentence: 'The image is corrupt.' },
    })
    await expect(bellhop.jobs.wait(failing)).rejects.toMatchObject({
      code: 'JOB_FAILED',
      message: 'The image is corrupt.',
      details: { job: { id: failing.id } },
    })
    const cancelled = await bellhop.jobs.submit('image.variants', { fileId: 'file_1' })
    platform.jobs.change(cancelled.id, { status: 'CANCELLED' })
    await expect(bellhop.jobs.wait(cancelled)).rejects.toMatchObject({ code: 'JOB_CANCELLED' })
  })
})

describe('calls', () => {
  test('a submit whose answer was lost is tried again, and makes one job', async () => {
    await using bellhop = open()
    const before = platform.jobs.count
    let refusals = 0
    platform.api.intercept = () => (++refusals === 1 ? 502 : undefined)
    await bellhop.jobs.submit('image.variants', { fileId: 'file_1' })
    expect(platform.jobs.count).toBe(before + 1)
  })

  test('a server that is not there is NETWORK, one that says nothing is TIMEOUT, a signal is ABORTED', async () => {
    await using nobody = connect({ url: 'http://127.0.0.1:9', apiKey: API_KEY, retries: 1 })
    await expect(nobody.jobs.get('job_1')).rejects.toMatchObject({ code: 'NETWORK', retryable: true })
    const hangs: typeof fetch = () => new Promise(() => {})
    await using slow = open({ timeoutMs: 50, retries: 0, fetch: hangs })
    await expect(slow.jobs.get('job_1')).rejects.toMatchObject({ code: 'TIMEOUT' })
    await expect(slow.jobs.get('job_1', { signal: AbortSignal.timeout(1) })).rejects.toMatchObject({ code: 'ABORTED' })
  })

  test('an error of the server keeps its code, status, sentence and request id', async () => {
    await using bellhop = open()
    const error: unknown = await bellhop.jobs.get('job_none').catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(BellhopError)
    expect(error).toMatchObject({
      code: 'JOB_NOT_FOUND',
      status: 404,
      message: 'There is no such job in this workspace.',
      requestId: 'req_1',
      retryable: false,
    })
  })

  test('an address that is none is refused at once', () => {
    expect(() => connect({ url: 'localhost:3000' })).toThrow(/Expected `url` to be an http or https address/)
  })
})
