import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  cancelJob,
  createWebhook,
  deleteWebhook,
  getJob,
  listWebhookDeliveries,
  listWebhooks,
  replayWebhookDelivery,
  retryJob,
  rotateWebhookSecret,
  submitJob,
  testWebhook,
  updateWebhook,
} from '@bellhop/business'
import type { Context } from '@bellhop/business'
import { LIMITS, MAX_WEBHOOK_TRIES, newId, webhookDelayMs } from '@bellhop/model'
import type { JobSnapshot, WebhookDelivery, WebhookId, WebhookMessage } from '@bellhop/model'
import { claimJob, failJob, pruneDeliveries, retryJob as retryRow } from '@bellhop/persistence'
import { startTestPlatform, until, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

interface Received {
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string
}

let world: TestPlatform
let owner: Context
let worker: AsyncDisposable
let fileId: string
let server: Server
let received: Received[] = []
/** What the receiver answers next; 200 when there is none. */
let answers: number[] = []

beforeAll(async () => {
  world = await startTestPlatform({ webhooksToPrivate: true })
  owner = world.owner
  worker = await world.startWorker()
  fileId = (await uploadBytes(owner, 'a.csv', 'a,b\n1,2\n', { startJobs: false })).file.id
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers as Record<string, string>, body })
      response.writeHead(answers.shift() ?? 200).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
}, 60_000)
afterEach(async () => {
  for (const { id } of await listWebhooks(owner)) await deleteWebhook(owner, { id })
  received = []
  answers = []
})
afterAll(async () => {
  server.close()
  await worker[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

const url = (path = '/hook') => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
const submit = () => submitJob(owner, { kind: 'dataset.profile', input: { fileId } })
const deliveries = async (id: WebhookId) => (await listWebhookDeliveries(owner, { id, limit: 100 })).items

function ended(id: WebhookId): Promise<WebhookDelivery> {
  return until('it is delivered or given up', async () =>
    (await deliveries(id)).find(({ status }) => status !== 'PENDING'),
  )
}

/** Lets the next try be now. */
async function hurry(): Promise<void> {
  const { sql } = world.platform.database
  await sql`update webhooks set rest_until = null`
  await sql`update graphile_worker._private_jobs set run_at = now() where run_at > now() and payload::text like '%msg_%'`
}

test('a job that ends is told once, signed as Standard Webhooks has it, with the envelope and its version', async () => {
  const { webhook, signingSecret: secret } = await createWebhook(owner, { url: url(), events: ['job.completed'] })
  const job = await submit()
  const delivery = await ended(webhook.id)
  const [message] = received
  const body = new Webhook(secret).verify(message!.body, message!.headers) as WebhookMessage
  const { input: _, output: __, history: ___, ...detail } = await getJob(owner, { jobId: job.id })
  expect(body.type).toBe('job.completed')
  expect(detail).toMatchObject({ ...(body.data as JobSnapshot) })
  expect(body.timestamp).toBe(detail.finishedAt)
  expect(message!.headers['webhook-id']).toBe(delivery.id)
  expect(delivery).toMatchObject({
    jobId: job.id,
    event: 'job.completed',
    version: detail.version,
    status: 'DELIVERED',
    tries: 1,
    responseStatus: 200,
    error: null,
  })
  expect(received.length).toBe(1)
  expect(() => new Webhook(secret).verify(`${message!.body} `, message!.headers)).toThrow()
})

test('a receiver that fails at first is told the same message until it takes it', async () => {
  answers = [500, 302]
  const { webhook, signingSecret: secret } = await createWebhook(owner, { url: url(), events: ['job.cancelled'] })
  await worker[Symbol.asyncDispose]()
  const job = await submit()
  await cancelJob(owner, { jobId: job.id })
  worker = await world.startWorker()
  await until('it has failed once', async () => (await deliveries(webhook.id))[0]?.tries === 1)
  expect((await deliveries(webhook.id))[0]).toMatchObject({ status: 'PENDING', responseStatus: 500 })
  expect((await listWebhooks(owner))[0]?.failingSince).not.toBeNull()
  await hurry()
  await until('it has failed twice', async () => (await deliveries(webhook.id))[0]?.tries === 2)
  expect((await deliveries(webhook.id))[0]?.error).toContain('redirects are not followed')
  await hurry()
  expect(await ended(webhook.id)).toMatchObject({ status: 'DELIVERED', tries: 3, nextTryAt: null })
  expect((await listWebhooks(owner))[0]?.failingSince).toBeNull()
  expect(new Set(received.map(({ body, headers }) => `${headers['webhook-id']} ${body}`)).size).toBe(1)
  for (const { body, headers } of received) new Webhook(secret).verify(body, headers)
})

test('an attempt that fails and is tried again in one transaction is no end', async () => {
  const { webhook } = await createWebhook(owner, { url: url(), events: ['job.failed', 'job.cancelled'] })
  await worker[Symbol.asyncDispose]()
  const { db } = world.platform.database
  const { id } = await submit()
  const fail = async (attempt: number, again: boolean) => {
    const token = `token ${attempt}`
    await db.transaction((tx) => claimJob(tx, id, attempt, { token, owner: newId('worker') }))
    await db.transaction(async (tx) => {
      await failJob(tx, { jobId: id, attempt, token }, { code: 'X', sentence: 'It broke.', retryable: again })
      if (again) await retryRow(tx, id, { delayMs: 60_000 })
    })
  }
  await fail(1, true)
  expect(await deliveries(webhook.id)).toEqual([])
  await fail(2, false)
  expect((await deliveries(webhook.id)).map(({ event }) => event)).toEqual(['job.failed'])
  // Started again before anybody told of it: the message is no longer true.
  await retryJob(owner, { jobId: id })
  await cancelJob(owner, { jobId: id })
  worker = await world.startWorker()
  await until('both have ended', async () => (await deliveries(webhook.id)).every(({ status }) => status !== 'PENDING'))
  expect((await deliveries(webhook.id)).map(({ event, status }) => [event, status])).toEqual([
    ['job.cancelled', 'DELIVERED'],
    ['job.failed', 'SUPERSEDED'],
  ])
  expect(received.length).toBe(1)
})

test('a message that has spent its tries on a receiver that is away for a day disables it, and says why', async () => {
  const { webhook } = await createWebhook(owner, { url: 'http://127.0.0.1:9/', events: ['job.completed'] })
  await testWebhook(owner, webhook)
  const { sql } = world.platform.database
  await until('it has failed once', async () => (await deliveries(webhook.id))[0]?.tries === 1)
  await sql`update webhook_deliveries set tries = ${MAX_WEBHOOK_TRIES - 1} where webhook_id = ${webhook.id}`
  await sql`update webhooks set failing_since = now() - interval '25 hours' where id = ${webhook.id}`
  await hurry()
  expect(await ended(webhook.id)).toMatchObject({ status: 'FAILED', tries: MAX_WEBHOOK_TRIES, responseStatus: null })
  const [disabled] = await listWebhooks(owner)
  expect(disabled?.disabledAt).not.toBeNull()
  expect(disabled?.disabledReason).toMatch(/for a day.*ECONNREFUSED/)
  // Nothing is queued for it any more, and it can be taken up again.
  const job = await submit()
  await cancelJob(owner, { jobId: job.id }).catch(() => {})
  expect((await deliveries(webhook.id)).length).toBe(1)
  const enabled = await updateWebhook(owner, { id: webhook.id, url: url(), enabled: true })
  expect(enabled).toMatchObject({ disabledAt: null, disabledReason: null, failingSince: null, url: url() })
  await replayWebhookDelivery(owner, { deliveryId: (await deliveries(webhook.id))[0]!.id })
  await until('it is told again', async () => (await deliveries(webhook.id))[0]?.status === 'DELIVERED')
})

test('a receiver that answers 410 is told nothing more', async () => {
  answers = [410]
  const { webhook } = await createWebhook(owner, { url: url(), events: ['job.completed'] })
  await testWebhook(owner, webhook)
  await ended(webhook.id)
  expect((await listWebhooks(owner))[0]?.disabledReason).toContain('410')
})

test('after a rotation both secrets fit, for a day', async () => {
  const { webhook, signingSecret: old } = await createWebhook(owner, { url: url(), events: ['job.completed'] })
  const { signingSecret: secret } = await rotateWebhookSecret(owner, webhook)
  expect(secret).not.toBe(old)
  await testWebhook(owner, webhook)
  await ended(webhook.id)
  const { body, headers } = received[0]!
  expect(JSON.parse(body)).toMatchObject({ type: 'test', data: null })
  new Webhook(secret).verify(body, headers)
  new Webhook(old).verify(body, headers)
  await world.platform.database.sql`update webhooks set old_secret_until = now()`
  const again = await testWebhook(owner, webhook)
  await until('it is told', () => received.some((message) => message.headers['webhook-id'] === again.id))
  const last = received.at(-1)!
  new Webhook(secret).verify(last.body, last.headers)
  expect(() => new Webhook(old).verify(last.body, last.headers)).toThrow()
})

test('a workspace has so many webhooks at most, also when it adds them at once', async () => {
  const adding = Array.from({ length: LIMITS.webhooksPerWorkspace + 3 }, () =>
    createWebhook(owner, { url: url(), events: ['job.failed'] }).then(
      () => 'added',
      (error: { code: string }) => error.code,
    ),
  )
  const outcomes = await Promise.all(adding)
  expect(outcomes.filter((outcome) => outcome === 'added').length).toBe(LIMITS.webhooksPerWorkspace)
  expect(outcomes.filter((outcome) => outcome === 'WEBHOOK_LIMIT').length).toBe(3)
})

test('old deliveries are removed, those under way never', async () => {
  const { webhook } = await createWebhook(owner, { url: url(), events: ['job.failed'] })
  const { sql, db } = world.platform.database
  await sql`
    insert into webhook_deliveries (webhook_id, event, status, ended_at, created_at)
    select ${webhook.id}, 'test', 'DELIVERED', now(), now() + n * interval '1 second' from generate_series(1, 1010) n`
  await sql`
    insert into webhook_deliveries (webhook_id, event, status, ended_at, created_at)
    values (${webhook.id}, 'test', 'FAILED', now() - interval '31 days', now() + interval '1 day'),
      (${webhook.id}, 'test', 'PENDING', null, now() - interval '40 days')`
  await pruneDeliveries(db)
  const left =
    await sql`select status, count(*)::int as count from webhook_deliveries where webhook_id = ${webhook.id} group by status order by status`
  expect(left.map(({ status, count }) => [status, count])).toEqual([
    ['DELIVERED', 999],
    ['PENDING', 1],
  ])
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const page = await listWebhookDeliveries(owner, { id: webhook.id, cursor, limit: 100 })
    ids.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  expect(new Set(ids).size).toBe(1000)
  expect(ids.length).toBe(1000)
})

test('where private addresses are refused, nothing is sent to one', async () => {
  await using strict = await startTestPlatform()
  await expect(createWebhook(strict.owner, { url: url(), events: ['job.failed'] })).rejects.toMatchObject({
    code: 'WEBHOOK_ADDRESS_REFUSED',
  })
  const port = (server.address() as AddressInfo).port
  const { webhook } = await createWebhook(strict.owner, { url: `http://localhost:${port}/`, events: ['job.failed'] })
  await testWebhook(strict.owner, webhook)
  await using _ = await strict.startWorker()
  const [failed] = await until('it was tried', async () => {
    const { items } = await listWebhookDeliveries(strict.owner, { id: webhook.id, limit: 1 })
    return items[0]?.tries === 1 && items
  })
  expect(failed?.error).toContain('which is not public')
  expect(received).toEqual([])
})

test('the tries of a message are spread over about a day', () => {
  const delays: number[] = []
  for (let failed = 1; ; failed++) {
    const delayMs = webhookDelayMs(failed, 0.5)
    if (delayMs === null) break
    delays.push(delayMs)
  }
  expect(delays.length).toBe(MAX_WEBHOOK_TRIES - 1)
  expect(delays).toEqual(delays.toSorted((a, b) => a - b))
  const hours = delays.reduce((sum, delayMs) => sum + delayMs, 0) / 3_600_000
  expect(hours).toBeGreaterThan(24)
  expect(hours).toBeLessThan(30)
})
