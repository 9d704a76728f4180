import { revokeApiKey, submitJob } from '@bellhop/business'
import { createUser, createWorkspace } from '@bellhop/persistence'
import { until, uploadBytes } from '@bellhop/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { startTestServer } from './world/server.ts'
import type { TestServer } from './world/server.ts'
import { Subscriber } from './world/subscriber.ts'

/** Written in live-feed.ts: rights that were taken away end a feed within 2 s. */
const REVOKED_WITHIN_MS = 4_000

let server: TestServer
let fileId: string

beforeAll(async () => {
  server = await startTestServer()
  fileId = (await uploadBytes(server.world.owner, 'a.csv', 'a,b\n1,2\n', { startJobs: false })).file.id
})
afterEach(async () => {
  vi.restoreAllMocks()
  // Those of a test that failed too, else the next one would fail for it.
  for (const { socket } of opened.splice(0)) socket.terminate()
  await until('nobody watches', () => server.world.owner.jobHub.watchers === 0)
})
afterAll(() => server[Symbol.asyncDispose]())

const opened: Subscriber[] = []
async function open(key: string): Promise<Subscriber> {
  const client = await Subscriber.open(server.url, key)
  opened.push(client)
  return client
}

const submit = () => submitJob(server.world.owner, { kind: 'dataset.profile', input: { fileId } })

/** Reads a stream of events to its end, which the server makes. */
async function readAll(path: string, headers: Record<string, string>): Promise<string> {
  const answer = await fetch(`${server.url}${path}`, { headers })
  expect(answer.status).toBe(200)
  return answer.text()
}

describe('a right that is taken away ends what runs, though nothing happens on it', () => {
  test('a key that is revoked, over WebSocket and over plain events', async () => {
    const { id, key } = await server.key()
    const job = await submit()
    const client = await open(key)
    const ids = [client.subscribe('jobs.feed'), client.subscribe('jobs.watch', { jobId: job.id })]
    const overHttp = readAll(`/v1/jobs/${job.id}/events`, { authorization: `Bearer ${key}` })
    await until('they run', () => server.world.owner.jobHub.watchers === 3)
    await revokeApiKey(server.world.owner, { id })
    for (const each of ids) {
      await until(
        'it is ended',
        () => client.heard(each).some(({ error }) => error?.data.appCode === 'UNAUTHENTICATED'),
        REVOKED_WITHIN_MS,
      )
    }
    expect(await overHttp).toMatch(/event: problem\ndata: .*"code":"UNAUTHENTICATED"/)
    client.socket.terminate()
  })

  test('a session that is ended, and a person who is taken out of a workspace', async () => {
    const { platform } = server.world
    const { db, sql } = platform.database
    const email = 'member@example.com'
    const userId = await createUser(db, { name: 'Member', email })
    await createWorkspace(db, 'Their own', userId)
    const workspaceId = server.world.owner.caller.workspaceId
    await sql`insert into members (workspace_id, user_id, role) values (${workspaceId}, ${userId}, 'member')`
    const token = await platform.identity.issueSignInToken(email)
    const cookie = (await platform.identity.redeemSignInToken(token, new Headers()))
      .map((set) => set.split(';')[0])
      .join('; ')
    const named = { cookie, 'x-bellhop-workspace': workspaceId }
    const unnamed = { cookie }
    // The default is the workspace that is first in line: ours, until its person is taken out of it.
    const streams = [readAll('/v1/jobs/events', named), readAll('/v1/jobs/events', unnamed)]
    await until('they run', () => server.world.owner.jobHub.watchers === 2)
    await sql`delete from members where workspace_id = ${workspaceId} and user_id = ${userId}`
    platform.callers.clear()
    for (const stream of streams) expect(await stream).toMatch(/event: problem\ndata: .*"code":"WORKSPACE_NOT_FOUND"/)

    const again = readAll('/v1/jobs/events', unnamed)
    await until('it runs', () => server.world.owner.jobHub.watchers === 1)
    await fetch(`${server.url}/auth/sign-out`, { method: 'POST', headers: { cookie } })
    expect(await again).toMatch(/event: problem\ndata: .*"code":"UNAUTHENTICATED"/)
  })
})

test('a client that does not read makes the server hold one state a feed, and is told the newest when it reads again', async () => {
  const FEEDS = 40
  const STATE_BYTES = 50_000
  const CHANGES = 60
  const sockets = new Set<WebSocket>()
  const send = WebSocket.prototype.send
  vi.spyOn(WebSocket.prototype, 'send').mockImplementation(function (this: WebSocket, ...args) {
    sockets.add(this)
    return Reflect.apply(send, this, args)
  })
  const { sql } = server.world.platform.database
  const job = await submit()
  const { key } = await server.key()
  const client = await open(key)
  const ids = Array.from({ length: FEEDS }, () => client.subscribe('jobs.watch', { jobId: job.id }))
  await until('all have begun', () => ids.every((id) => client.heard(id).some(({ result }) => result?.type === 'data')))
  client.socket.pause()
  sockets.delete(client.socket)
  const [held] = [...sockets]
  let most = 0
  const { jobHub, caller } = server.world.owner
  for (let change = 0; change < CHANGES; change++) {
    await sql`
      update jobs set version = version + 1, error_code = 'NOTE', error_sentence = ${`${change} ${'x'.repeat(STATE_BYTES)}`}
      where id = ${job.id}`
    jobHub.changed([{ id: job.id, workspaceId: caller.workspaceId }])
    await new Promise((resolve) => setTimeout(resolve, 20))
    most = Math.max(most, held!.bufferedAmount)
  }
  // Full at last; each feed may have passed the gate once before it saw that.
  expect(most).toBeGreaterThan(64 * 1024)
  expect(most).toBeLessThan(2 * FEEDS * STATE_BYTES)
  client.socket.resume()
  await sql`update jobs set version = version + 1, status = 'CANCELLED', finished_at = now(), error_sentence = 'short' where id = ${job.id}`
  jobHub.changed([{ id: job.id, workspaceId: caller.workspaceId }])
  for (const id of ids) {
    await until('it has ended', () => client.heard(id).some(({ result }) => result?.type === 'stopped'))
    const states = client.states(id)
    expect(states.at(-1)).toMatchObject({ status: 'CANCELLED' })
    const versions = states.map(({ version }) => version)
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b))
    expect(versions.length).toBeLessThan(CHANGES)
  }
  client.socket.terminate()
}, 60_000)

test('what changes while the connection that listens is broken is told as soon as it listens again', async () => {
  const { sql } = server.world.platform.database
  const { key } = await server.key()
  const job = await submit()
  const client = await open(key)
  const id = client.subscribe('jobs.watch', { jobId: job.id })
  await until('it has begun', () => client.states(id).length === 1)
  // Twice within the time of one sweep, which would find it as well.
  for (const version of [2, 3]) {
    await until('what listens is killed', async () => {
      const killed = await sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'bellhop listener'`
      return killed.length > 0
    })
    await sql`update jobs set version = version + 1 where id = ${job.id}`
    await until('it is told', () => client.states(id).at(-1)?.version === version, 6_000)
    await until('it listens again', async () => {
      const rows = await sql`
        select from pg_stat_activity where datname = current_database() and application_name = 'bellhop listener'`
      return rows.length > 0
    })
  }
  client.socket.terminate()
}, 60_000)
