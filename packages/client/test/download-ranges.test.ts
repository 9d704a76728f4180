import { randomBytes } from 'node:crypto'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MIB } from '@bellhop/model'
import type { FileId } from '@bellhop/model'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { connect } from '../src/index.ts'
import type { Bellhop, TransferProgress } from '../src/index.ts'
import { startHouse } from './world/house.ts'
import type { House } from './world/house.ts'
import type { SeenRequest } from './world/flaky-proxy.ts'

const PART = 8 * MIB
const PARTS = 6
/** The last part is shorter than the others. */
const bytes = randomBytes(PARTS * PART - 3)
let house: House
let bellhop: Bellhop
let id: FileId

beforeAll(async () => {
  house = await startHouse()
  bellhop = connect({ url: house.api.url })
  id = await house.place('race.bin', bytes)
})

afterAll(async () => {
  await bellhop[Symbol.asyncDispose]()
  await house[Symbol.asyncDispose]()
})

beforeEach(() => {
  house.network.fault = () => undefined
  house.network.seen.length = 0
  house.network.mostInFlight = 0
})

function target(name: string) {
  const path = join(house.dir, name)
  return {
    path,
    traces: async () => (await readdir(house.dir)).filter((found) => found.startsWith(name)).toSorted(),
    holds: async (expected: Buffer) => expected.equals(await readFile(path)),
  }
}

/** Which part a request begins in. */
function partOf({ headers }: SeenRequest): number {
  return Math.floor(Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0) / PART) + 1
}

function requestsFor(part: number): SeenRequest[] {
  return house.network.seen.filter((request) => partOf(request) === part)
}

test('a file arrives in parts, several at once, all of the object that the first answer was about', async () => {
  const { path, holds, traces } = target('whole.bin')
  const seen: TransferProgress[] = []
  const found = await bellhop.files.download(id, path, { onProgress: (progress) => seen.push(progress) })
  expect(found.checked).toBe('sha256')
  expect(await holds(bytes)).toBe(true)
  expect(await traces()).toEqual(['whole.bin'])
  const [first, ...others] = house.network.seen
  expect(first?.headers).toMatchObject({ range: `bytes=0-${PART - 1}` })
  expect(first?.headers['if-match']).toBeUndefined()
  expect(others).toHaveLength(PARTS - 1)
  for (const { headers } of others) expect(headers['if-match']).toMatch(/^".+"$/)
  expect(house.network.mostInFlight).toBeGreaterThan(1)
  expect(house.network.mostInFlight).toBeLessThanOrEqual(8)
  expect(seen.at(-1)).toMatchObject({ phase: 'done', sentBytes: bytes.length })
})

test('a range that breaks is fetched on alone, from where it broke', async () => {
  const { path, holds } = target('cut.bin')
  house.network.fault = (request) =>
    partOf(request) === 3 && requestsFor(3).length === 1 ? { cutAnswerAfterBytes: 3 * MIB } : undefined
  await bellhop.files.download(id, path)
  expect(await holds(bytes)).toBe(true)
  expect(house.network.seen).toHaveLength(PARTS + 1)
  expect(Number(/\d+/.exec(requestsFor(3)[1]?.headers.range ?? '')?.[0])).toBeGreaterThan(2 * PART + 2 * MIB)
})

test('a byte that flips on its way is found, and its part alone is fetched again', async () => {
  const { path, holds } = target('flipped.bin')
  house.network.fault = (request) =>
    partOf(request) === 2 && requestsFor(2).length === 1 ? { flipAnswerAt: MIB } : undefined
  await bellhop.files.download(id, path)
  expect(await holds(bytes)).toBe(true)
  expect(requestsFor(2)).toHaveLength(2)
  expect(house.network.seen).toHaveLength(PARTS + 1)
})

test('a byte that flipped in the store is an error that names the part, and leaves nothing', async () => {
  const rotten = Buffer.from(bytes)
  const at = 4 * PART + 17
  rotten[at] = (rotten[at] ?? 0) ^ 1
  const damaged = await house.place('rotten.bin', bytes)
  await house.replace(damaged, rotten)
  const { path, traces, holds } = target('rotten.bin')
  await expect(bellhop.files.download(damaged, path)).rejects.toMatchObject({
    code: 'CHECKSUM_MISMATCH',
    message: `Part 5 of rotten.bin (bytes ${4 * PART} to ${5 * PART - 1}) is not what was uploaded: it is damaged.`,
    details: { fileId: damaged, part: 5 },
  })
  expect(requestsFor(5)).toHaveLength(2)
  expect(await traces()).toEqual([])
  const unverified = await bellhop.files.download(damaged, path, { verify: false })
  expect(unverified.checked).toBe('size')
  expect(await holds(rotten)).toBe(true)
})

test('what nobody hashed arrives too, and says that only its size was compared', async () => {
  const plain = await house.placeUnhashed('plain.bin', bytes)
  const { path, holds } = target('plain.bin')
  expect((await bellhop.files.download(plain, path)).checked).toBe('size')
  expect(await holds(bytes)).toBe(true)
})

test('a store that ignores ranges is read over one connection', async () => {
  const { path, holds } = target('unranged.bin')
  house.network.fault = () => ({ dropRange: true })
  await bellhop.files.download(id, path)
  expect(await holds(bytes)).toBe(true)
  expect(house.network.seen).toHaveLength(2)
})

test('an object that is replaced midway is fetched anew, and never mixed with what was there', async () => {
  const moving = await house.placeUnhashed('moving.bin', bytes)
  const other = randomBytes(bytes.length)
  const { path, holds } = target('moving.bin')
  let state: 'before' | 'replacing' | 'after' = 'before'
  house.network.fault = (request) => {
    if (!request.headers['if-match'] || state === 'after') return undefined
    if (state === 'before') {
      state = 'replacing'
      void house.replace(moving, other).then(() => (state = 'after'))
    }
    return { answer: 503 }
  }
  await bellhop.files.download(moving, path)
  expect(await holds(other)).toBe(true)
})

test('keys that expire on the way are replaced, and all ranges share the new one', async () => {
  const { path, holds } = target('expired.bin')
  const linesBefore = (await house.downloadKeys(id)).length
  house.api.calls.length = 0
  const renewed = () => house.api.calls.filter((call) => call === 'downloads.start').length > 1
  house.network.fault = (request) =>
    partOf(request) > 1 && !renewed() ? { answer: 403, code: 'AccessDenied' } : undefined
  await bellhop.files.download(id, path)
  expect(await holds(bytes)).toBe(true)
  const [line, ...others] = await house.downloadKeys(id)
  expect(others.length).toBe(linesBefore)
  expect(line?.keyCount).toBe(2)
})

test('a burst of 503 is waited out with fewer ranges', async () => {
  const { path, holds } = target('busy.bin')
  let refused = 0
  house.network.fault = (request) =>
    partOf(request) > 1 && refused < 6 ? (refused++, { answer: 503, code: 'SlowDown' }) : undefined
  await bellhop.files.download(id, path)
  expect(await holds(bytes)).toBe(true)
})

/** Ends in an error when some parts have arrived. Answers those. */
async function breakOff(path: string): Promise<Set<number>> {
  // The last part is refused once the others have had their time.
  house.network.fault = (request) =>
    partOf(request) === PARTS ? { answer: house.network.inFlight > 1 ? 500 : 400 } : undefined
  await expect(bellhop.files.download(id, path)).rejects.toMatchObject({ code: expect.stringMatching(/^STORE_/) })
  house.network.fault = () => undefined
  house.network.seen.length = 0
  const { arrived } = JSON.parse(await readFile(`${path}.part.json`, 'utf8')) as { arrived: [number, number][] }
  const there = new Set<number>()
  for (const [from, to] of arrived) for (let at = from; at < to; at += PART) there.add(at / PART + 1)
  return there
}

/** All parts but those, in order. */
function allBut(there: ReadonlySet<number>): number[] {
  return Array.from({ length: PARTS }, (_, index) => index + 1).filter((part) => !there.has(part))
}

test('what could not be ended is gone on with by the next download to the same path', async () => {
  const { path, traces, holds } = target('again.bin')
  const there = await breakOff(path)
  expect(there.size).toBeGreaterThan(0)
  expect(await traces()).toEqual(['again.bin.part', 'again.bin.part.json'])
  await bellhop.files.download(id, path)
  expect(await holds(bytes)).toBe(true)
  expect(await traces()).toEqual(['again.bin'])
  expect(house.network.seen.map(partOf).toSorted((a, b) => a - b)).toEqual(allBut(there))
  for (const { headers } of house.network.seen) expect(headers['if-match']).toMatch(/^".+"$/)
})

test('what was left and then changed on the disk is fetched again', async () => {
  const { path, holds } = target('changed.bin')
  const there = await breakOff(path)
  const [part = 0] = there
  const left = await readFile(`${path}.part`)
  const at = (part - 1) * PART + 5
  left[at] = (left[at] ?? 0) ^ 1
  await writeFile(`${path}.part`, left)
  await bellhop.files.download(id, path)
  expect(await holds(bytes)).toBe(true)
  expect(house.network.seen.map(partOf).toSorted((a, b) => a - b)).toEqual(
    allBut(new Set([...there].filter((other) => other !== part))),
  )
})

test('what was left of another object, or of the object before it was replaced, is not gone on with', async () => {
  const { path, holds } = target('other.bin')
  await breakOff(path)
  const replaced = await readFile(`${path}.part.json`, 'utf8')
  const other = randomBytes(bytes.length)
  const otherId = await house.place('other.bin', other)
  await bellhop.files.download(otherId, path)
  expect(await holds(other)).toBe(true)
  const { path: second, holds: secondHolds } = target('second.bin')
  await writeFile(`${second}.part`, Buffer.alloc(bytes.length))
  await writeFile(`${second}.part.json`, replaced.replace(/"etag":"[^,]*",/, '"etag":"\\"gone\\"",'))
  await bellhop.files.download(id, second)
  expect(await secondHolds(bytes)).toBe(true)
})
