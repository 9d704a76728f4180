import { isJobEnded } from '@bellhop/model'
import type { JobSnapshot } from '@bellhop/model'
import { uploadBytes, until } from '@bellhop/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer } from './world/server.ts'
import type { TestServer } from './world/server.ts'

let server: TestServer
let key: string
let fileId: string

beforeAll(async () => {
  server = await startTestServer()
  key = (await server.key()).key
  fileId = (await uploadBytes(server.world.owner, 'a.csv', 'a,b\n1,2\n', { startJobs: false })).file.id
})
afterAll(() => server[Symbol.asyncDispose]())

function call(
  path: string,
  init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(`${server.url}${path}`, {
    redirect: 'manual',
    ...init,
    headers: { authorization: `Bearer ${key}`, ...init.headers },
  })
}

function submit(input: unknown = { fileId }, headers: Record<string, string> = {}): Promise<Response> {
  return call('/v1/jobs', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ kind: 'dataset.profile', input }),
  })
}

async function submitted(): Promise<JobSnapshot> {
  return (await (await submit()).json()) as JobSnapshot
}

/** Until the job is over, as docs/http-api.md tells a client to. */
async function follow(id: string): Promise<JobSnapshot[]> {
  const seen: JobSnapshot[] = []
  for (;;) {
    const answer = await call(`/v1/jobs/${id}?after=${seen.at(-1)?.version ?? 0}&wait=10`)
    if (answer.status === 304) continue
    expect(answer.status).toBe(200)
    const job = (await answer.json()) as JobSnapshot
    expect(answer.headers.get('etag')).toBe(`"${job.version}"`)
    seen.push(job)
    if (isJobEnded(job.status)) return seen
  }
}

describe('submit', () => {
  test('is taken with 202, and says where and when to look', async () => {
    const answer = await submit()
    const job = (await answer.json()) as JobSnapshot
    expect(answer.status).toBe(202)
    expect(job).toMatchObject({ kind: 'dataset.profile', status: 'PENDING', version: 1 })
    expect(answer.headers.get('location')).toBe(`/v1/jobs/${job.id}`)
    expect(answer.headers.get('etag')).toBe('"1"')
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  })

  test('with the same idempotency key answers the same job; with another request it is a conflict', async () => {
    const first = await submit({ fileId }, { 'idempotency-key': 'once' })
    const again = await submit({ fileId }, { 'idempotency-key': 'once' })
    expect(again.status).toBe(202)
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
    const other = await call('/v1/jobs', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'once' },
      body: JSON.stringify({ kind: 'file.verify', input: { fileId } }),
    })
    expect(other.status).toBe(409)
    expect(await other.json()).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' })
  })

  test.each([
    ['an unknown kind', '{"kind":"nope","input":{}}', 400, 'UNKNOWN_JOB_KIND'],
    ['an input that does not fit', '{"kind":"dataset.profile","input":{}}', 400, 'JOB_INPUT_INVALID'],
    ['a field that is none', '{"kind":"dataset.profile","input":{},"prio":1}', 400, 'INVALID_INPUT'],
    ['what is not JSON', '{', 400, 'INVALID_INPUT'],
    ['what is too long', JSON.stringify('x'.repeat(300_000)), 400, 'INVALID_INPUT'],
  ])('refuses %s as a problem', async (_, body, status, code) => {
    const answer = await call('/v1/jobs', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    const problem = (await answer.json()) as Record<string, unknown>
    expect(problem).toMatchObject({ status, code, retryable: false, requestId: answer.headers.get('x-request-id') })
    expect(problem['sentence']).toBe(problem['detail'])
  })
})

test.each([
  ['GET', '/v1/nothing', 404, 'ROUTE_NOT_FOUND'],
  ['PUT', '/v1/jobs', 405, 'ROUTE_NOT_FOUND'],
  ['GET', '/v1/jobs/job_1', 400, 'INVALID_INPUT'],
  ['GET', `/v1/jobs/job_${'0'.repeat(26)}`, 404, 'JOB_NOT_FOUND'],
  ['GET', `/v1/jobs/job_${'0'.repeat(26)}/events`, 404, 'JOB_NOT_FOUND'],
  ['GET', `/v1/jobs/job_${'0'.repeat(26)}?after=1&wait=31`, 400, 'INVALID_INPUT'],
  ['DELETE', `/v1/jobs/job_${'0'.repeat(26)}`, 404, 'JOB_NOT_FOUND'],
])('%s %s answers %i %s', async (method, path, status, code) => {
  const answer = await call(path, { method })
  expect(answer.status).toBe(status)
  expect(await answer.json()).toMatchObject({ code, status })
})

test('who is not known is told so, and what opens the door', async () => {
  const answer = await call('/v1/jobs', { headers: { authorization: 'Bearer bh_nobody' } })
  expect(answer.status).toBe(401)
  expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  expect(await answer.json()).toMatchObject({ code: 'UNAUTHENTICATED' })
})

test('a stranger with our id finds nothing, over any route', async () => {
  const job = await submitted()
  const { userId, workspaceId } = (await server.world.stranger()).caller
  const { createApiKey } = await import('@bellhop/persistence')
  const theirs = await createApiKey(server.world.platform.database.db, {
    userId,
    workspaceId,
    role: 'owner',
    name: 'theirs',
  })
  const headers = { authorization: `Bearer ${theirs.key}` }
  for (const path of ['', '?after=0&wait=5', '/result', '/events']) {
    expect((await call(`/v1/jobs/${job.id}${path}`, { headers })).status, path).toBe(404)
  }
  expect((await call(`/v1/jobs/${job.id}`, { method: 'DELETE', headers })).status).toBe(404)
  expect((await call(`/v1/jobs/${job.id}/retry`, { method: 'POST', headers })).status).toBe(404)
  expect(await (await call('/v1/jobs', { headers })).json()).toMatchObject({ items: [] })
})

describe('the state', () => {
  test('is 304 while it is what the client has', async () => {
    const job = await submitted()
    const answer = await call(`/v1/jobs/${job.id}`)
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"1"'])
    expect((await call(`/v1/jobs/${job.id}`, { headers: { 'if-none-match': '"1"' } })).status).toBe(304)
    expect((await call(`/v1/jobs/${job.id}?after=1`)).status).toBe(304)
    expect((await call(`/v1/jobs/${job.id}?after=0`)).status).toBe(200)
  })

  test('a cancelled one answers the long-poll that waits for it at once', async () => {
    const job = await submitted()
    const before = server.world.owner.jobHub.watchers
    const waiting = call(`/v1/jobs/${job.id}?after=1&wait=25`)
    await until('it is held', () => server.world.owner.jobHub.watchers > before)
    const cancelled = await call(`/v1/jobs/${job.id}`, { method: 'DELETE' })
    expect(cancelled.status).toBe(200)
    expect(await (await waiting).json()).toEqual(await cancelled.json())
    expect((await call(`/v1/jobs/${job.id}`, { method: 'DELETE' })).status).toBe(200)
    expect((await call(`/v1/jobs/${job.id}/retry`, { method: 'POST' })).status).toBe(409)
    expect((await call(`/v1/jobs/${job.id}/result`)).status).toBe(409)
  })

  test('a long-poll whose time is up is 304, and one whose client leaves lets go', async () => {
    const job = await submitted()
    const { jobHub } = server.world.owner
    const before = jobHub.watchers
    expect((await call(`/v1/jobs/${job.id}?after=1&wait=0.2`)).status).toBe(304)
    const leaving = new AbortController()
    const held = call(`/v1/jobs/${job.id}?after=1&wait=30`, { signal: leaving.signal }).catch(() => 'left')
    await until('it is held', () => jobHub.watchers > before)
    leaving.abort()
    expect(await held).toBe('left')
    await until('nothing is held', () => jobHub.watchers === before)
  })

  test('a COMPLETED one leads to its result by 303', async () => {
    await using _ = await server.world.startWorker()
    const job = await submitted()
    const seen = await follow(job.id)
    expect(seen.at(-1)?.status).toBe('COMPLETED')
    const versions = seen.map(({ version }) => version)
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b))
    const done = await call(`/v1/jobs/${job.id}`)
    expect([done.status, done.headers.get('location')]).toEqual([303, `/v1/jobs/${job.id}/result`])
    expect(done.headers.has('retry-after')).toBe(false)
    expect(await done.json()).toEqual(seen.at(-1))
    const result = await call(done.headers.get('location')!)
    expect([result.status, await result.json()]).toMatchObject([200, { format: 'csv', rowCount: 1 }])
  })
})

test('the list comes in pages that lead to each other', async () => {
  await Promise.all([submitted(), submitted(), submitted()])
  const ids: string[] = []
  let next: string | undefined = '/v1/jobs?limit=2&kind=dataset.profile&status=PENDING&status=COMPLETED'
  while (next !== undefined) {
    const answer: Response = await call(next)
    const page = (await answer.json()) as { items: JobSnapshot[] }
    expect(page.items.length).toBeLessThanOrEqual(2)
    ids.push(...page.items.map(({ id }) => id))
    next = /<(.*)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]
  }
  expect(ids.length).toBeGreaterThanOrEqual(3)
  expect(ids).toEqual([...new Set(ids)].toSorted().toReversed())
})

describe('events', () => {
  async function read(path: string, headers: Record<string, string> = {}) {
    const answer = await call(path, { headers })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    const events: { id: string; job: JobSnapshot }[] = []
    const done = (async () => {
      let text = ''
      for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
        text += chunk
        const blocks = text.split('\n\n')
        text = blocks.pop() ?? ''
        for (const block of blocks) {
          const [, id, data] = /^id: (.*)\ndata: (.*)$/.exec(block) ?? []
          if (id !== undefined && data !== undefined) events.push({ id, job: JSON.parse(data) as JobSnapshot })
        }
      }
    })()
    return { events, done, stop: () => answer.body!.cancel().catch(() => {}) }
  }

  test('of one job carry its version as id, end with it, and are not repeated', async () => {
    const job = await submitted()
    const stream = await read(`/v1/jobs/${job.id}/events`)
    await until('it is told as it is', () => stream.events.length === 1)
    await call(`/v1/jobs/${job.id}`, { method: 'DELETE' })
    await stream.done
    expect(stream.events.map(({ id, job: { version, status } }) => [id, version, status])).toEqual([
      ['1', 1, 'PENDING'],
      ['2', 2, 'CANCELLED'],
    ])
    const again = await read(`/v1/jobs/${job.id}/events`, { 'last-event-id': '1' })
    await again.done
    expect(again.events.map(({ id }) => id)).toEqual(['2'])
    expect((await call(`/v1/jobs/${job.id}/events`, { headers: { 'last-event-id': '2' } })).status).toBe(204)
  })

  test('of the workspace tell what is active, each change, and after a cursor what has ended since', async () => {
    const job = await submitted()
    const abort = new AbortController()
    const answer = await call('/v1/jobs/events', { signal: abort.signal })
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const hears = async (pattern: RegExp) => {
      while (!pattern.test(text)) {
        const { value, done } = await reader.read()
        if (done) throw new Error('The stream has ended.')
        text += value
      }
    }
    await hears(new RegExp(`data: .*${job.id}.*PENDING`))
    const cursor = /id: (\d+)/.exec(text)![1]!
    await call(`/v1/jobs/${job.id}`, { method: 'DELETE' })
    await hears(new RegExp(`data: .*${job.id}.*CANCELLED`))
    abort.abort()
    await reader.closed.catch(() => {})
    const back = await call(`/v1/jobs/events?after=${cursor}`)
    const again = back.body!.pipeThrough(new TextDecoderStream()).getReader()
    text = ''
    while (!text.includes(job.id)) text += (await again.read()).value ?? ''
    expect(text).toMatch(new RegExp(`${job.id}.*CANCELLED`))
    await again.cancel()
    await until('nobody watches', () => server.world.owner.jobHub.watchers === 0)
  })
})

test('a page of another origin may ask, with a key', async () => {
  const answer = await call('/v1/jobs', { method: 'OPTIONS', headers: { origin: 'https://elsewhere.example' } })
  expect(answer.status).toBe(204)
  expect(answer.headers.get('access-control-allow-methods')).toContain('DELETE')
  expect(answer.headers.get('access-control-allow-headers')).toContain('idempotency-key')
})
