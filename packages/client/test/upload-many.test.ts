import { randomBytes } from 'node:crypto'
import { KIB, MIB } from '@bellhop/model'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { connect } from '../src/index.ts'
import type { Bellhop, ManyInput, ManyResult } from '../src/index.ts'
import { sha256Of } from './world/files.ts'
import { startHouse } from './world/house.ts'
import type { House } from './world/house.ts'

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

afterEach(() => {
  house.network.fault = () => undefined
  house.network.mostInFlight = 0
})

test('many small files arrive, a bounded number at a time, and one that cannot be read stops none', async () => {
  const contents = Array.from({ length: 100 }, () => randomBytes(10 * KIB))
  let taken = 0
  let told = 0
  let mostAhead = 0
  function* inputs(): Generator<ManyInput | string> {
    for (const [index, bytes] of contents.entries()) {
      taken += 1
      mostAhead = Math.max(mostAhead, taken - told)
      yield index === 50 ? '/no/such/file' : { input: new Blob([bytes]), name: `${index}.bin`, tags: ['small'] }
    }
  }
  const results: ManyResult[] = []
  for await (const result of bellhop.files.uploadMany(inputs(), { startJobs: false })) {
    told += 1
    results.push(result)
  }
  expect(results.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual([...contents.keys()])
  const failed = results.filter((result) => result.status === 'failed')
  expect(failed).toMatchObject([{ index: 50, input: '/no/such/file', error: { code: 'SOURCE_UNREADABLE' } }])
  for (const result of results) {
    if (result.status === 'failed') continue
    expect(result.file).toMatchObject({ name: `${result.index}.bin`, tags: ['small'], sizeBytes: 10 * KIB })
    expect(await house.storedSha256(result.file.id)).toBe(sha256Of(contents[result.index] ?? Buffer.of()))
  }
  expect(mostAhead).toBeLessThanOrEqual(25)
  expect(house.network.mostInFlight).toBeLessThanOrEqual(16)
})

test('small files are not kept waiting by a large one', async () => {
  house.network.fault = ({ method }) => (method === 'PUT' ? { bytesPerSecond: 16 * MIB } : undefined)
  const large = { input: new Blob([new Uint8Array(64 * MIB)]), name: 'large.bin' }
  const small = Array.from({ length: 10 }, (_, index) => ({ input: new Blob(['small']), name: `${index}.txt` }))
  const names: string[] = []
  for await (const result of bellhop.files.uploadMany([large, ...small], { startJobs: false })) {
    if (result.status === 'failed') throw result.error
    names.push(result.file.name)
  }
  expect(names).toHaveLength(11)
  expect(names.at(-1)).toBe('large.bin')
})

test('whoever stops reading stops the rest, and a signal that fires is thrown', async () => {
  const cancel = new AbortController()
  let begun = 0
  async function* endless() {
    for (;;) yield new Blob(['x'])
  }
  const options = { startJobs: false, signal: cancel.signal, onUpload: () => (begun += 1) }
  for await (const _first of bellhop.files.uploadMany(endless(), options)) break
  const before = begun
  expect(before).toBeLessThanOrEqual(24)
  const read = (async () => {
    for await (const _result of bellhop.files.uploadMany(endless(), options)) if (begun > before + 30) cancel.abort()
  })()
  await expect(read).rejects.toMatchObject({ code: 'ABORTED' })
})

test('whoever has been given all keys of a minute rests, and goes on when there are more', async () => {
  await using strict = await startHouse({ keysPerMinute: { user: 30 } })
  await using eager = connect({ url: strict.api.url, retries: 0 })
  const inputs = Array.from({ length: 33 }, (_, index) => ({ input: new Blob([`${index}`]), name: `${index}.txt` }))
  const results: string[] = []
  for await (const { status } of eager.files.uploadMany(inputs, { startJobs: false })) results.push(status)
  expect(results).toEqual(Array(33).fill('done'))
  expect(strict.api.calls.filter((call) => call === 'uploads.start').length).toBeGreaterThan(33)
})
