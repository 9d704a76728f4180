import { queryObjects } from 'node:v8'
import { submitJob } from '@bellhop/business'
import type { Platform } from '@bellhop/business'
import type { JobId } from '@bellhop/model'
import { until, uploadBytes } from '@bellhop/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer } from './world/server.ts'
import type { TestServer } from './world/server.ts'
import { Subscriber } from './world/subscriber.ts'

const SOCKETS = 20
const PER_SOCKET = 500
const OVER_HTTP = 300
const AT_ONCE = 50
const SOCKETS_AT_ONCE = 5
const ROUND = 125
/** What a subscription leaves must be less than this on the average; one generator with its signals takes more. */
const LEFT_BYTES = 400
/** While it passes, subscriptions are stopped whose caller is not known yet. */
const IDENTIFY_MS = 5
const SETTLE_WITHIN_MS = 10_000

let server: TestServer
let key: string
let jobId: JobId

beforeAll(async () => {
  server = await startTestServer({ platform: withSlowCallers })
  key = (await server.key()).key
  const { owner } = server.world
  const { file } = await uploadBytes(owner, 'a.csv', 'a,b\n1,2\n', { startJobs: false })
  jobId = (await submitJob(owner, { kind: 'dataset.profile', input: { fileId: file.id } })).id
})
afterAll(() => server[Symbol.asyncDispose]())

function withSlowCallers(platform: Platform): Platform {
  const { callers } = platform
  const slow: Pick<Platform['callers'], 'get' | 'clear' | 'onCleared' | 'offCleared'> = {
    async get(shown, prove) {
      await new Promise((resolve) => setTimeout(resolve, IDENTIFY_MS))
      return callers.get(shown, prove)
    },
    clear: () => callers.clear(),
    onCleared: (listener) => callers.onCleared(listener),
    offCleared: (listener) => callers.offCleared(listener),
  }
  // -- its private fields are not looked at from outside.
  return { ...platform, callers: slow as Platform['callers'] }
}

interface Left {
  readonly watchers: number
  readonly timers: number
  readonly signals: number
  readonly heapBytes: number
}

/** What is alive; counting it collects the garbage first. */
function measure(): Left {
  const signals = queryObjects(AbortController, { format: 'count' })
  return {
    watchers: server.world.owner.jobHub.watchers,
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
    signals,
    heapBytes: process.memoryUsage().heapUsed,
  }
}

/** Opens as many and drops them: at once, when they run, and with their socket. */
async function overSockets(sockets: number, perSocket: number): Promise<void> {
  for (let opened = 0; opened < sockets; opened += SOCKETS_AT_ONCE) {
    await Promise.all(Array.from({ length: SOCKETS_AT_ONCE }, () => overSocket(perSocket)))
  }
}

async function overSocket(count: number): Promise<void> {
  const client = await Subscriber.open(server.url, key)
  for (let opened = 0; opened < count; opened += ROUND) {
    const ids = Array.from({ length: ROUND }, () => client.subscribe('jobs.watch', { jobId }))
    const early = ids.filter((_, index) => index % 4 !== 0)
    const late = ids.filter((_, index) => index % 4 === 0)
    for (const id of early) client.stop(id)
    await until('they run', () => late.every((id) => client.states(id).length > 0))
    // Those of the last round, and as many whose caller is not known yet, go with their socket.
    if (opened + ROUND >= count) for (const _ of late) client.subscribe('jobs.feed')
    else for (const id of late) client.stop(id)
    await until('the early ones are stopped', () =>
      early.every((id) => client.heard(id).some(({ result }) => result?.type === 'stopped')),
    )
    client.messages.length = 0
  }
  client.socket.terminate()
}

/** The same over plain HTTP: half of them are left while the caller is not known. */
async function overHttp(count: number): Promise<void> {
  const input = encodeURIComponent(JSON.stringify({ jobId }))
  const paths = [
    `/v1/jobs/${jobId}?after=1&wait=30`,
    `/v1/jobs/${jobId}/events`,
    '/v1/jobs/events',
    `/trpc/jobs.watch?input=${input}`,
  ]
  for (let opened = 0; opened < count; opened += AT_ONCE) {
    const stops = Array.from({ length: AT_ONCE }, () => new AbortController())
    const headers = { authorization: `Bearer ${key}`, accept: 'text/event-stream' }
    const all = stops.map(async ({ signal }, index) => {
      const answer = await fetch(`${server.url}${paths[index % paths.length]}`, { headers, signal })
      for await (const _ of answer.body ?? []) {
        // Read until it is left.
      }
    })
    for (const stop of stops.slice(0, AT_ONCE / 2)) stop.abort()
    await until('the others run', () => server.world.owner.jobHub.watchers >= AT_ONCE / 2)
    for (const stop of stops) stop.abort()
    await Promise.allSettled(all)
  }
}

test('10,000 subscriptions opened and dropped, some before their caller is known, leave nothing', async () => {
  await overSockets(SOCKETS_AT_ONCE, ROUND)
  await overHttp(AT_ONCE)
  const settled = () => until('nobody watches', () => server.world.owner.jobHub.watchers === 0)
  await settled()
  const before = measure()
  await overSockets(SOCKETS, PER_SOCKET)
  await overHttp(OVER_HTTP)
  await settled()
  // Of pools and connections that are kept for a while; of the subscriptions there would be thousands.
  const few = (now: Left) => now.timers <= before.timers + SOCKETS && now.signals <= before.signals + SOCKETS
  const left = await until('timers and signals are as before', () => few(measure()), SETTLE_WITHIN_MS).catch(() =>
    measure(),
  )
  const after = left === true ? measure() : left
  expect(after.watchers).toBe(0)
  expect(few(after), JSON.stringify({ before, after })).toBe(true)
  expect(after.heapBytes - before.heapBytes).toBeLessThan(SOCKETS * PER_SOCKET * LEFT_BYTES)
}, 180_000)
