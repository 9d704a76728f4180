import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { MIB } from '@bellhop/model'
import type { FileId } from '@bellhop/model'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { connect } from '../src/index.ts'
import type { Bellhop, TransferProgress } from '../src/index.ts'
import { startHouse } from './world/house.ts'
import type { House } from './world/house.ts'

const bytes = randomBytes(6 * MIB)
let house: House
let bellhop: Bellhop
let id: FileId

beforeAll(async () => {
  house = await startHouse()
  bellhop = connect({ url: house.api.url })
  id = await house.place('photo.bin', bytes)
})

afterAll(async () => {
  await bellhop[Symbol.asyncDispose]()
  await house[Symbol.asyncDispose]()
})

beforeEach(() => {
  house.network.fault = () => undefined
  house.network.seen.length = 0
})

/** A path, and what lies there or beside it. */
function target(name: string) {
  const path = join(house.dir, name)
  return {
    path,
    traces: async () => (await readdir(house.dir)).filter((found) => found.startsWith(name)).toSorted(),
  }
}

test('a file arrives at a path, whole, with progress and no trace', async () => {
  const { path, traces } = target('whole.bin')
  const seen: TransferProgress[] = []
  const found = await bellhop.files.download(id, path, { onProgress: (progress) => seen.push(progress) })
  expect(found).toMatchObject({ name: 'photo.bin', sizeBytes: bytes.length, checked: 'sha256' })
  expect(bytes.equals(await readFile(path))).toBe(true)
  expect(seen.at(-1)).toMatchObject({ phase: 'done', sentBytes: bytes.length, totalBytes: bytes.length })
  expect(await traces()).toEqual(['whole.bin'])
})

test('an empty file arrives empty', async () => {
  const empty = await house.place('empty.bin', Buffer.alloc(0))
  const { path } = target('empty.bin')
  await bellhop.files.download(empty, path)
  expect(await readFile(path)).toHaveLength(0)
})

test('a file arrives in a stream of Node and of the web', async () => {
  const { path } = target('stream.bin')
  const stream = createWriteStream(path)
  const closed = once(stream, 'close')
  await bellhop.files.download(id, stream)
  await closed
  expect(bytes.equals(await readFile(path))).toBe(true)
  const chunks: Uint8Array[] = []
  await bellhop.files.download(id, new WritableStream({ write: (chunk) => void chunks.push(chunk) }))
  expect(bytes.equals(Buffer.concat(chunks))).toBe(true)
})

test('a broken connection is gone on with where it broke, and an expired key is replaced under its line', async () => {
  const { path } = target('broken.bin')
  let requests = 0
  house.network.fault = () => {
    requests += 1
    if (requests === 1) return { cutAnswerAfterBytes: MIB }
    if (requests === 2) return { answer: 403, code: 'AccessDenied' }
    return requests === 3 ? { answer: 503 } : undefined
  }
  const linesBefore = (await house.downloadKeys(id)).length
  await bellhop.files.download(id, path)
  expect(bytes.equals(await readFile(path))).toBe(true)
  const last = house.network.seen.at(-1)
  expect(last?.headers.range).toMatch(/^bytes=\d+-\d+$/)
  expect(last?.headers['if-match']).toBeTruthy()
  const [line, ...others] = await house.downloadKeys(id)
  expect(others.length).toBe(linesBefore)
  expect(line?.keyCount).toBe(2)
})

test('a stream whose connection breaks goes on without a gap, even from a store that knows no ranges', async () => {
  let requests = 0
  house.network.fault = () => (++requests === 1 ? { cutAnswerAfterBytes: MIB } : { dropRange: true })
  const chunks: Uint8Array[] = []
  await bellhop.files.download(id, new WritableStream({ write: (chunk) => void chunks.push(chunk) }))
  expect(bytes.equals(Buffer.concat(chunks))).toBe(true)
  expect(requests).toBe(2)
})

test('a byte that flips on its way to a path is found, and its part fetched again', async () => {
  const { path } = target('flipped.bin')
  let requests = 0
  house.network.fault = () => (++requests === 1 ? { flipAnswerAt: 3 * MIB } : undefined)
  await bellhop.files.download(id, path)
  expect(bytes.equals(await readFile(path))).toBe(true)
  expect(requests).toBe(2)
})

test('a byte that flips on its way to a stream is an error, for it cannot be taken back', async () => {
  house.network.fault = () => ({ flipAnswerAt: 3 * MIB })
  const stream = new WritableStream<Uint8Array>({ write: () => {} })
  await expect(bellhop.files.download(id, stream)).rejects.toMatchObject({
    code: 'CHECKSUM_MISMATCH',
    details: { part: 1 },
  })
})

test('a cancelled download leaves nothing behind, and does not touch what was there', async () => {
  const { path, traces } = target('cancelled.bin')
  const cancel = new AbortController()
  house.network.fault = () => ({ silent: true })
  setImmediate(() => cancel.abort())
  await expect(bellhop.files.download(id, path, { signal: cancel.signal })).rejects.toMatchObject({ code: 'ABORTED' })
  expect(await traces()).toEqual([])
})

test('a folder that is not there is a sentence', async () => {
  await expect(bellhop.files.download(id, target('no/such/file').path)).rejects.toMatchObject({
    code: 'TARGET_UNWRITABLE',
  })
})
