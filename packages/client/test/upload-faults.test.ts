import { MIB } from '@bellhop/model'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { platform as here } from '#platform'
import { connect } from '../src/index.ts'
import type { Bellhop, WaitingFor } from '../src/index.ts'
import { failureOf, randomFile } from './world/files.ts'
import { FlakyProxy } from './world/flaky-proxy.ts'
import { startHouse } from './world/house.ts'
import type { House } from './world/house.ts'

/** Keys of two seconds: every upload that lasts longer outlives its first ones. */
const KEY_LIFE = { minMs: 2_000, maxMs: 2_000 }
const PART = 8 * MIB

/** On a machine that has other things to do as well. */
const SOON = { timeout: 20_000 }

let house: House
let bellhop: Bellhop

beforeAll(async () => {
  house = await startHouse({ keyLife: KEY_LIFE })
  bellhop = connect({ url: house.api.url })
})

afterAll(async () => {
  await bellhop[Symbol.asyncDispose]()
  await house[Symbol.asyncDispose]()
})

afterEach(() => {
  house.network.fault = () => undefined
  house.network.seen.length = 0
})

/** The most that the buffers of this process (the store's and the network's too) grew meanwhile. */
async function mostBuffered<T>(work: (look: () => void) => Promise<T>): Promise<{ result: T; mostBytes: number }> {
  const before = process.memoryUsage().arrayBuffers
  let mostBytes = 0
  const result = await work(() => {
    mostBytes = Math.max(mostBytes, process.memoryUsage().arrayBuffers - before)
  })
  return { result, mostBytes }
}

/** All that the owner may be given in a minute, and one second more. */
async function spendAllKeys(): Promise<void> {
  const { platform, caller } = house.platform.owner
  await platform.database.sql`
    update key_rates set spent_until = now() + interval '61 seconds' where subject = ${caller.userId}`
}

/** The wait for a first answer from a server that may not be there. */
const FIRST_ANSWER_MS = 8_000

test('a server that takes the first call and is gone for longer than a misspelt one is waited for', async () => {
  const { path, bytes } = await randomFile(house.dir, 1_000)
  await using server = new FlakyProxy(house.api.url)
  await using distant = connect({ url: await server.listen() })
  // Short waits between the tries, so that none of them steps over the time in question.
  const dice = vi.spyOn(Math, 'random').mockReturnValue(0.05)
  onTestFinished(() => dice.mockRestore())
  let backAtMs = Number.POSITIVE_INFINITY
  server.fault = () => {
    if (backAtMs === Number.POSITIVE_INFINITY) backAtMs = performance.now() + FIRST_ANSWER_MS + 1_500
    return performance.now() < backAtMs ? { cutAfterBytes: 0 } : undefined
  }
  const file = await distant.files.upload(path, { startJobs: false })
  expect(file).toMatchObject({ status: 'READY', sizeBytes: bytes.length })
  expect(performance.now()).toBeGreaterThan(backAtMs)
}, 60_000)

describe('nothing is lost, and the memory stays bounded, when', () => {
  test('one in ten requests is cut in the middle', async () => {
    const { path, sha256 } = await randomFile(house.dir, 14 * PART)
    let puts = 0
    house.network.fault = ({ method }) => {
      if (method !== 'PUT') return undefined
      puts += 1
      return puts % 10 === 4 ? { cutAfterBytes: PART / 2 } : undefined
    }
    const { result, mostBytes } = await mostBuffered((look) => bellhop.files.upload(path, { onProgress: look }))
    expect(await house.storedSha256(result.id)).toBe(sha256)
    expect(puts).toBeGreaterThanOrEqual(14 + 2)
    expect(mostBytes).toBeLessThan(192 * MIB)
  })

  test('the store is overrun in bursts', async () => {
    const { path, sha256 } = await randomFile(house.dir, 8 * PART)
    let requests = 0
    house.network.fault = () => {
      requests += 1
      return requests % 8 < 4 ? { answer: 503, code: 'SlowDown' } : undefined
    }
    const file = await bellhop.files.upload(path)
    expect(await house.storedSha256(file.id)).toBe(sha256)
  })

  test('the store is away for seconds, longer than its keys live, and the upload says whom it waits for', async () => {
    const { path, sha256 } = await randomFile(house.dir, 4 * PART)
    const waited = new Set<WaitingFor | null>()
    const there = Promise.withResolvers<() => Promise<void>>()
    let away = false
    house.network.fault = () => {
      if (!away) {
        away = true
        there.resolve(house.platform.stopStore())
      }
      return undefined
    }
    const upload = bellhop.files.upload(path, { onProgress: ({ waitingFor }) => waited.add(waitingFor) })
    const start = await there.promise
    await expect.poll(() => waited.has('store'), SOON).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, KEY_LIFE.maxMs)) // as long as the keys live: that is the point
    await start()
    const file = await upload
    expect(await house.storedSha256(file.id)).toBe(sha256)
    expect(waited).toContain(null)
  })

  test('there are no more keys for now, and the upload says that it waits for that', async () => {
    const { path, sha256 } = await randomFile(house.dir, 3 * PART)
    const waited = new Set<WaitingFor | null>()
    let spent: Promise<void> | undefined
    await using limited = connect({
      url: house.api.url,
      // After the start, and before anything else is asked for.
      fetch: async (input, init) => {
        if (new Request(input).url.includes('uploads.signParts')) await (spent ??= spendAllKeys())
        return fetch(input, init)
      },
    })
    const file = await limited.files.upload(path, { onProgress: ({ waitingFor }) => waited.add(waitingFor) })
    expect(await house.storedSha256(file.id)).toBe(sha256)
    expect([...waited].filter((each) => each !== null)).toEqual(['rate-limit'])
  })

  test('keys expire before their turn, again and again', async () => {
    const { path, sha256 } = await randomFile(house.dir, 5 * PART)
    // Each part takes longer than a key lives, and parts wait for those before them.
    house.network.fault = ({ method }) => (method === 'PUT' ? { bytesPerSecond: 4 * MIB } : undefined)
    const file = await bellhop.files.upload(path)
    expect(await house.storedSha256(file.id)).toBe(sha256)
  })
})

test('a store that stays away fails the upload when patience ends, and leaves it open', async () => {
  const { path, sha256 } = await randomFile(house.dir, 2 * PART)
  await using hasty = connect({ url: house.api.url, patienceMs: 1_000 })
  house.network.fault = () => ({ answer: 503, code: 'ServiceUnavailable' })
  const error = await failureOf(hasty.files.upload(path))
  expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true })
  house.network.fault = () => undefined
  const file = await bellhop.files.resume(error.details['uploadId'] as `up_${string}`, path)
  expect(await house.storedSha256(file.id)).toBe(sha256)
})

test('a store that takes two at once brings the number of requests down, and up again when it takes more', async () => {
  const { path } = await randomFile(house.dir, 30 * PART)
  const { network } = house
  const limits: number[] = []
  const off = here.lanes.onLimit((limit) => limits.push(limit))
  network.fault = ({ method }) => {
    if (method !== 'PUT') return undefined
    // The first half of the upload meets a store that is overrun; each connection is slow, so that more bring more.
    if (network.seen.length < 24 && network.inFlight > 2) return { answer: 503, code: 'SlowDown' }
    return { bytesPerSecond: 8 * MIB }
  }
  await bellhop.files.upload(path)
  off()
  const lowest = Math.min(...limits)
  expect(lowest).toBeLessThanOrEqual(2)
  expect(Math.max(...limits.slice(limits.indexOf(lowest)))).toBeGreaterThan(lowest)
}, 90_000)
