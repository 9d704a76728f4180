import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { newId } from '@bellhop/model'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MediaKeys } from '../src/files/preview/media-keys.ts'

/** A store that takes the keys in `live`, and no other. */
const live = new Set<string>()
const store = createServer((request, response) => {
  response.writeHead(live.has(request.url ?? '') ? 200 : 403).end(request.headers.range ?? '')
})
beforeAll(() => once(store.listen(0, '127.0.0.1'), 'listening'))
afterAll(() => store.close())

const id = newId('output')

function keysOf(expiresInMs: number) {
  const asked: (string | undefined)[] = []
  const keys = new MediaKeys(async ({ renews }) => {
    asked.push(renews)
    const path = `/${asked.length}`
    live.add(path)
    const url = `http://127.0.0.1:${(store.address() as AddressInfo).port}${path}`
    return { id, keyId: 'vk_line', name: '', mediaType: 'video/mp4', sizeBytes: 9, url, expiresInMs }
  })
  return { asked, keys }
}

test('one key opens all ranges of an output, and one that is refused is renewed under its line, once for all who were', async () => {
  const { asked, keys } = keysOf(3_600_000)
  const read = async (range: string) => (await keys.fetch(id, { headers: { range } })).text()
  expect(await Promise.all(['bytes=0-8', 'bytes=9-20'].map(read))).toEqual(['bytes=0-8', 'bytes=9-20'])
  expect(asked).toEqual([undefined])

  live.clear()
  expect(await Promise.all(['bytes=0-8', 'bytes=9-20'].map(read))).toEqual(['bytes=0-8', 'bytes=9-20'])
  expect(asked).toEqual([undefined, 'vk_line'])
})

test('a key is renewed before it dies', async () => {
  const { asked, keys } = keysOf(20_000)
  await keys.address(id)
  expect(asked).toEqual([undefined, 'vk_line'])
})

test('an output whose key is refused again and again is the answer of the store, not a loop', async () => {
  const { asked, keys } = keysOf(3_600_000)
  await keys.address(id)
  live.clear()
  const add = live.add.bind(live)
  live.add = () => live
  try {
    expect((await keys.fetch(id, {})).status).toBe(403)
  } finally {
    live.add = add
  }
  expect(asked).toHaveLength(2)
})
