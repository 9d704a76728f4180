import { MIB } from '@bellhop/model'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../src/index.ts'
import type { Bellhop } from '../src/index.ts'
import { failureOf, randomFile, sha256Of } from './world/files.ts'
import { startHouse } from './world/house.ts'
import type { House } from './world/house.ts'

/** On a machine that has other things to do as well. */
const SOON = { timeout: 20_000 }

let house: House
let bellhop: Bellhop

beforeAll(async () => {
  house = await startHouse()
  bellhop = connect({ url: house.api.url })
})

afterAll(async () => {
  await bellhop[Symbol.asyncDispose]()
  await house[Symbol.asyncDispose]()
})

const sizes = [0, 5, 16 * MIB, 16 * MIB + 1, 32 * MIB, 40 * MIB + 7]

test.for(sizes)('a stream of unknown length, of %i bytes arrives as it is', async (sizeBytes) => {
  const { bytes, sha256 } = await randomFile(house.dir, sizeBytes)
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += 1_000_003) yield bytes.subarray(at, at + 1_000_003)
  }
  const file = await bellhop.files.upload(chunks(), { name: 'stream.bin' })
  expect(file).toMatchObject({ name: 'stream.bin', sizeBytes, status: 'READY' })
  expect(await house.storedSha256(file.id)).toBe(sha256)
})

test('such a stream tells no total until it has ended, and holds few parts', async () => {
  const chunk = new Uint8Array(MIB)
  async function* chunks() {
    for (let count = 0; count < 96; count += 1) yield chunk
  }
  const totals = new Set<number | null>()
  const before = process.memoryUsage().arrayBuffers
  let mostBytes = 0
  const file = await bellhop.files.upload(chunks(), {
    name: 'zeros.bin',
    onProgress: ({ totalBytes }) => {
      mostBytes = Math.max(mostBytes, process.memoryUsage().arrayBuffers - before)
      totals.add(totalBytes)
    },
  })
  expect([...totals]).toEqual([null, 96 * MIB])
  expect(await house.storedSha256(file.id)).toBe(sha256Of(new Uint8Array(96 * MIB)))
  expect(mostBytes).toBeLessThan(160 * MIB)
})

test('one that breaks is given up, with all that has arrived', async () => {
  async function* chunks() {
    for (let count = 0; count < 40; count += 1) yield new Uint8Array(MIB)
    throw new Error('the tap was closed')
  }
  expect(await failureOf(bellhop.files.upload(chunks()))).toMatchObject({ code: 'SOURCE_UNREADABLE' })
  await expect.poll(() => house.openInStore(), SOON).toBe(0)
})
