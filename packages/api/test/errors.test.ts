import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { appRouter } from '@bellhop/api'
import type { RequestContext } from '@bellhop/api'
import { AppError } from '@bellhop/model'
import { startTestPlatform } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import { afterAll, beforeAll, expect, test } from 'vitest'

let world: TestPlatform
let server: Server
let identify: RequestContext['identify']

beforeAll(async () => {
  world = await startTestPlatform()
  const { platform, jobHub, viewHub, caller } = world.owner
  identify = async () => caller
  const handler = createHTTPHandler({
    router: appRouter,
    createContext: () => ({
      platform,
      jobHub,
      viewHub,
      requestId: 'request 7',
      identify: () => identify(),
      hasRoom: () => true,
      drained: async () => {},
    }),
  })
  server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await world[Symbol.asyncDispose]()
})

async function call(
  path: string,
  input?: unknown,
): Promise<{ status: number; error: { message: string; data: Record<string, unknown> }; text: string }> {
  const { port } = server.address() as AddressInfo
  const answer = await fetch(`http://127.0.0.1:${port}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input ?? {}),
  })
  const text = await answer.text()
  return { status: answer.status, text, ...(JSON.parse(text) as { error: never }) }
}

test.each([
  [
    'uploads.start',
    { name: 'a', sizeBytes: -1 },
    400,
    'INVALID_INPUT',
    'sizeBytes: Expected the size in bytes, a whole number from 0.',
  ],
  [
    'uploads.start',
    { name: 'a', sizeBytes: '1' },
    400,
    'INVALID_INPUT',
    'sizeBytes: Expected the size in bytes, a whole number from 0.',
  ],
  ['uploads.start', { name: 'a', sizeBytes: 1e300 }, 400, 'INVALID_INPUT', 'sizeBytes'],
  ['uploads.start', { name: '', sizeBytes: 1 }, 400, 'FILE_NAME_INVALID', '1 to 255'],
  ['jobs.submit', { kind: 'nope', input: {} }, 400, 'UNKNOWN_JOB_KIND', 'image.variants, dataset.profile'],
  ['jobs.cancel', { jobId: 'job_1' }, 400, 'INVALID_INPUT', 'Expected a job id'],
  ['files.delete', { fileId: `file_${'0'.repeat(26)}` }, 404, 'FILE_NOT_FOUND', 'no such file'],
])('%s %j answers %i %s', async (path, input, status, code, words) => {
  const answer = await call(path, input)
  expect(answer.status).toBe(status)
  expect(answer.error.data).toMatchObject({
    appCode: code,
    httpStatus: status,
    retryable: false,
    requestId: 'request 7',
    sentence: answer.error.message,
  })
  expect(answer.error.message).toContain(words)
})

test('who is not known is told to sign in', async () => {
  identify = () => Promise.reject(new AppError('UNAUTHENTICATED'))
  expect(await call('jobs.cancel', { jobId: `job_${'0'.repeat(26)}` })).toMatchObject({
    status: 401,
    error: { data: { appCode: 'UNAUTHENTICATED' } },
  })
})

test('what nobody foresaw leaves as a sentence and a request id; the log has the rest', async () => {
  identify = () => Promise.reject(new Error('select password from users where X-Amz-Signature=abc'))
  const { status, text, error } = await call('files.delete', { fileId: `file_${'0'.repeat(26)}` })
  expect(status).toBe(500)
  expect(error.data).toMatchObject({ appCode: 'INTERNAL', requestId: 'request 7' })
  expect(text).not.toMatch(/password|select|stack|\.ts:/)
  expect(world.complaints.join()).toContain('select password')
})

test('so does an error in the middle of a subscription', async () => {
  identify = async () => world.owner.caller
  const broken = { ...world.owner.platform, database: { ...world.owner.platform.database, db: undefined as never } }
  const caller = appRouter.createCaller({
    ...world.owner,
    platform: broken,
    requestId: 'request 8',
    identify,
    hasRoom: () => true,
    drained: async () => {},
  })
  const feed = (await caller.jobs.watch({ jobId: `job_${'0'.repeat(26)}` })) as AsyncIterable<unknown>
  await expect(feed[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'INTERNAL_SERVER_ERROR',
    message: expect.stringContaining('on our side'),
  })
})
