import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startObjectStore } from '@bellhop/local-stack'
import type { LocalObjectStore } from '@bellhop/local-stack'
import { openObjectStore } from '@bellhop/persistence'
import type { ObjectStore } from '@bellhop/persistence'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** More than the store tells in one page. */
const MANY = 1_003
const AT_ONCE = 32

let dir: string
let server: LocalObjectStore
let store: ObjectStore

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bellhop-object-store-'))
  const keys = { accessKeyId: 'test', secretAccessKey: 'a secret for the test' }
  server = await startObjectStore({ ...keys, dir, buckets: ['test'] })
  store = openObjectStore({ ...keys, endpoint: server.url, bucket: 'test', region: 'us-east-1' })
})
afterAll(async () => {
  store[Symbol.dispose]()
  await server.stop()
  await rm(dir, { recursive: true, force: true })
})

const signal = () => AbortSignal.timeout(20_000)
const keyOf = (prefix: string, index: number) => `${prefix}${String(index).padStart(5, '0')}`

async function forEachKey(prefix: string, act: (key: string) => Promise<unknown>): Promise<string[]> {
  const keys = Array.from({ length: MANY }, (_, index) => keyOf(prefix, index))
  const left = [...keys]
  const lane = async () => {
    for (let key = left.shift(); key !== undefined; key = left.shift()) await act(key)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return keys
}

test('objects are listed page by page, each once, in the order of their keys', { timeout: 60_000 }, async () => {
  const keys = await forEachKey('listed/', (key) => store.putEmpty(key, 'text/plain', 'token'))
  const found: string[] = []
  let pages = 0
  for (let after: string | undefined, isLast = false; !isLast && pages < 10; pages++) {
    const page = await store.listObjects('listed/', after)
    found.push(...page.objects.map(({ key }) => key))
    after = page.objects.at(-1)?.key
    isLast = page.isLast
  }
  expect(found).toEqual(keys)
  expect(pages).toBe(2)
  expect(await store.listObjects('listed/', keys.at(-1))).toEqual({ objects: [], isLast: true })
})

test(
  'multipart uploads are listed page by page, each once, also when they are of one key',
  { timeout: 60_000 },
  async () => {
    const begin = (key: string) => store.createMultipart(key, 'text/plain', 'token', 'sha256')
    const keys = await forEachKey('open/', begin)
    const again = await begin(keys[0]!)
    const found: { objectKey: string; storeUploadId: string }[] = []
    let pages = 0
    for (
      let at: Awaited<ReturnType<ObjectStore['listMultiparts']>>['next'] | undefined;
      at !== null && pages < 10;
      pages++
    ) {
      const page = await store.listMultiparts('open/', at)
      found.push(...page.uploads)
      at = page.next
    }
    expect(pages).toBe(2)
    expect(found.map(({ objectKey }) => objectKey)).toEqual([keys[0], ...keys])
    expect(new Set(found.map(({ storeUploadId }) => storeUploadId)).size).toBe(MANY + 1)
    expect(found.map(({ storeUploadId }) => storeUploadId)).toContain(again)
  },
)

test('an empty object is made once, and what is there stays', async () => {
  await store.putEmpty('empty', 'text/plain', 'first')
  await store.putEmpty('empty', 'text/plain', 'second')
  expect(await store.head('empty')).toMatchObject({ sizeBytes: 0, uploadToken: 'first' })
})

test('an object is read from any byte on, and one that is not there is null', async () => {
  await store.put('read', 'text/plain', new TextEncoder().encode('0123456789'), signal())
  const read = async (fromByte?: number) => {
    const object = await store.read('read', signal(), fromByte)
    const chunks = await object!.stream.toArray()
    return { sizeBytes: object!.sizeBytes, text: Buffer.concat(chunks).toString() }
  }
  expect(await read()).toEqual({ sizeBytes: 10, text: '0123456789' })
  expect(await read(7)).toEqual({ sizeBytes: 3, text: '789' })
  expect(await store.read('nothing', signal())).toBeNull()
  expect(await store.sha256Of('nothing')).toBeNull()
})
