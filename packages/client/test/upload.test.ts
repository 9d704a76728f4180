import { createHash, randomBytes } from 'node:crypto'
import { appendFile, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MIB } from '@bellhop/model'
import type { FileId, UploadId } from '@bellhop/model'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { BellhopError, connect } from '../src/index.ts'
import type { Bellhop, TransferProgress } from '../src/index.ts'
import { startHouse } from './world/house.ts'
import type { House } from './world/house.ts'

/** On a machine that has other things to do as well. */
const SOON = { timeout: 20_000 }

let house: House
let bellhop: Bellhop
let files = 0

beforeAll(async () => {
  house = await startHouse()
  bellhop = connect({ url: house.api.url })
})

afterAll(async () => {
  await bellhop[Symbol.asyncDispose]()
  await house[Symbol.asyncDispose]()
})

beforeEach(() => {
  const { network, api } = house
  network.fault = () => undefined
  network.seen.length = 0
  network.mostInFlight = 0
  api.intercept = () => undefined
  api.calls.length = 0
})

const THREE_PARTS = 20 * MIB

async function fileOf(sizeBytes: number): Promise<{ path: string; sha256: string }> {
  const bytes = randomBytes(sizeBytes)
  files += 1
  const path = join(house.dir, `file-${files}.bin`)
  await writeFile(path, bytes)
  return { path, sha256: sha256(bytes) }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function storedSha256(id: FileId): Promise<string> {
  return house.storedSha256(id)
}

/** Once per part: the first try of each. */
function firstTry(): (part: number) => boolean {
  const tried = new Set<number>()
  return (part) => !tried.has(part) && Boolean(tried.add(part))
}

async function failure(promise: Promise<unknown>): Promise<BellhopError> {
  const error: unknown = await promise.catch((cause: unknown) => cause)
  if (error instanceof BellhopError) return error
  throw new Error(`Expected a BellhopError, got ${String(error)}`)
}

describe('what goes up', () => {
  test.for([0, 1, 5 * MIB, 16 * MIB, THREE_PARTS + 1])('a file of %i bytes arrives as it is', async (sizeBytes) => {
    const { path, sha256: expected } = await fileOf(sizeBytes)
    const file = await bellhop.files.upload(path, { tags: ['a'] })
    expect(file).toMatchObject({ name: path.split('/').at(-1), sizeBytes, status: 'READY', jobs: [] })
    expect(await storedSha256(file.id)).toBe(expected)
  })

  test('a Blob and a File arrive with their name and type', async () => {
    const bytes = randomBytes(THREE_PARTS)
    const small = await bellhop.files.upload(new Blob(['a,b\n1,2\n'], { type: 'text/csv' }), { name: 'small.csv' })
    const large = await bellhop.files.upload(new File([bytes], 'large.bin'))
    expect(small).toMatchObject({ name: 'small.csv', mediaType: 'text/csv', sizeBytes: 8 })
    expect(large).toMatchObject({ name: 'large.bin', sizeBytes: THREE_PARTS })
    expect(await storedSha256(large.id)).toBe(sha256(bytes))
  })

  test('a stream arrives when its size was told, whatever its chunks are', async () => {
    const bytes = randomBytes(THREE_PARTS)
    async function* chunks() {
      for (let at = 0; at < bytes.length; at += 3_000_001) yield bytes.subarray(at, at + 3_000_001)
    }
    const options = { name: 'stream.bin', sizeBytes: bytes.length }
    const iterated = await bellhop.files.upload(chunks(), options)
    const read = await bellhop.files.upload(new Blob([bytes]).stream(), options)
    expect(await storedSha256(iterated.id)).toBe(sha256(bytes))
    expect(await storedSha256(read.id)).toBe(sha256(bytes))
  })

  test('a stream that is shorter or longer than told is given up, and nothing stays in the store', async () => {
    const of = (sizeBytes: number) => bellhop.files.upload(new Blob([new Uint8Array(18 * MIB)]).stream(), { sizeBytes })
    expect(await failure(of(19 * MIB))).toMatchObject({ code: 'SOURCE_CHANGED' })
    expect(await failure(of(17 * MIB))).toMatchObject({ code: 'SOURCE_CHANGED' })
    expect(await failure(of(-1))).toMatchObject({ code: 'INVALID_INPUT' })
    await expect.poll(() => house.openInStore(), SOON).toBe(0)
  })

  test('what is no file is refused with a sentence', async () => {
    expect(await failure(bellhop.files.upload(house.dir))).toMatchObject({
      code: 'SOURCE_UNREADABLE',
      message: `${house.dir} is a folder; give a file, or a stream and its size.`,
    })
    expect(await failure(bellhop.files.upload('/no/such/file'))).toMatchObject({ code: 'SOURCE_UNREADABLE' })
  })
})

describe('keys', () => {
  test('every key is bound to the bytes that it carries', async () => {
    const { path } = await fileOf(THREE_PARTS)
    await bellhop.files.upload(path)
    await bellhop.files.upload(new Blob(['small']))
    const puts = house.network.seen.filter(({ method }) => method === 'PUT')
    expect(puts).toHaveLength(4)
    for (const { headers } of puts) expect(headers['x-amz-content-sha256']).toMatch(/^[0-9a-f]{64}$/)
  })

  test('a refused key is replaced, for a part and for a single PUT', async () => {
    const { path, sha256: expected } = await fileOf(THREE_PARTS)
    const first = firstTry()
    house.network.fault = ({ part }) => (first(part) ? { answer: 403, code: 'AccessDenied' } : undefined)
    const large = await bellhop.files.upload(path)
    expect(await storedSha256(large.id)).toBe(expected)
    const again = firstTry()
    house.network.fault = ({ part }) => (again(part) ? { answer: 403, code: 'AccessDenied' } : undefined)
    const small = await bellhop.files.upload(new Blob(['small']))
    expect(await storedSha256(small.id)).toBe(sha256(Buffer.from('small')))
  })

  test('keys that are refused for good fail the upload with a sentence, and leave it open', async () => {
    const { path, sha256: expected } = await fileOf(THREE_PARTS)
    house.network.fault = () => ({ answer: 403, code: 'AccessDenied' })
    const error = await failure(bellhop.files.upload(path))
    expect(error).toMatchObject({ code: 'STORE_REFUSED', status: 403 })
    house.network.fault = () => undefined
    const file = await bellhop.files.resume(error.details['uploadId'] as UploadId, path)
    expect(await storedSha256(file.id)).toBe(expected)
  })

  test('the first keys come with the plan, and the others are asked for by the handful', async () => {
    const { path } = await fileOf(12 * 8 * MIB)
    await bellhop.files.upload(path)
    expect(house.api.calls[0]).toBe('uploads.start')
    const asked = house.api.calls.filter((call) => call === 'uploads.signParts').length
    expect(asked).toBeGreaterThan(0)
    expect(asked).toBeLessThan(9)
  })
})

describe('a bad network', () => {
  test('connections cut in the middle of parts, 503, and bytes garbled on their way are tried again', async () => {
    const { path, sha256: expected } = await fileOf(5 * 8 * MIB)
    const first = firstTry()
    const second = firstTry()
    house.network.fault = ({ part }) => {
      if (first(part)) return part % 2 === 1 ? { cutAfterBytes: 3 * MIB } : { answer: 503, code: 'SlowDown' }
      return second(part) && part === 2 ? { garble: true } : undefined
    }
    const file = await bellhop.files.upload(path)
    expect(await storedSha256(file.id)).toBe(expected)
    expect(house.network.mostInFlight).toBeLessThanOrEqual(4)
  })

  test('a single PUT whose answer was lost is taken as done when it is there', async () => {
    const first = firstTry()
    house.network.fault = ({ part }) => (first(part) ? { cutAnswerAfterBytes: 0 } : undefined)
    const file = await bellhop.files.upload(new Blob(['once']))
    expect(await storedSha256(file.id)).toBe(sha256(Buffer.from('once')))
  })

  test('a server that is away for a while costs nothing but time', async () => {
    const { path, sha256: expected } = await fileOf(THREE_PARTS)
    let refusals = 0
    house.api.intercept = (at) => (/signParts|complete/.test(at) && ++refusals % 2 === 1 ? 503 : undefined)
    const file = await bellhop.files.upload(path)
    expect(await storedSha256(file.id)).toBe(expected)
  })
})

describe('a source that changes', () => {
  test('a file that is written to in the middle is noticed, and nothing stays in the store', async () => {
    const { path } = await fileOf(12 * 8 * MIB)
    let changed = false
    house.network.fault = () => {
      if (!changed) {
        changed = true
        void appendFile(path, 'more')
      }
      return undefined
    }
    const error = await failure(bellhop.files.upload(path))
    expect(error).toMatchObject({ code: 'SOURCE_CHANGED', retryable: false })
    await expect.poll(() => house.openInStore(), SOON).toBe(0)
  })
})

describe('cancel and resume', () => {
  test('a cancel in the middle stops every request, and leaves nothing in the store', async () => {
    const { path } = await fileOf(6 * 8 * MIB)
    const cancel = new AbortController()
    house.network.fault = ({ part }) => {
      if (part === 3) cancel.abort()
      return undefined
    }
    const error = await failure(bellhop.files.upload(path, { signal: cancel.signal }))
    expect(error).toMatchObject({ code: 'ABORTED', details: { status: 'ABORTED' } })
    await expect.poll(() => house.openInStore(), SOON).toBe(0)
    await expect.poll(() => house.network.inFlight, SOON).toBe(0)
  })

  test('a signal that has fired already starts nothing', async () => {
    const error = await failure(bellhop.files.upload(new Blob(['x']), { signal: AbortSignal.abort() }))
    expect(error.code).toBe('ABORTED')
    expect(house.api.calls).toEqual([])
  })

  test('a resumed upload sends only what is missing, and a finished one answers its file', async () => {
    const { path, sha256: expected } = await fileOf(5 * 8 * MIB)
    house.network.fault = ({ part }) => (part === 4 ? { answer: 400, code: 'InvalidRequest' } : undefined)
    const error = await failure(bellhop.files.upload(path))
    expect(error.code).toBe('STORE_REFUSED')
    const uploadId = error.details['uploadId'] as UploadId
    const arrived = await house.arrivedParts(uploadId)
    house.network.fault = () => undefined
    house.network.seen.length = 0
    const file = await bellhop.files.resume(uploadId, path)
    expect(await storedSha256(file.id)).toBe(expected)
    const sent = house.network.seen.filter(({ method }) => method === 'PUT').map(({ part }) => part)
    // A part whose bytes were all sent when the upload failed may arrive a moment later.
    expect(sent.filter((part) => arrived.includes(part))).toEqual([])
    expect(sent).toContain(4)
    expect(await bellhop.files.resume(uploadId, path)).toEqual(file)
  })
})

describe('progress', () => {
  test('rises to the whole size through its phases, and a handle shows the same', async () => {
    const { path } = await fileOf(THREE_PARTS)
    const seen: TransferProgress[] = []
    const handle = bellhop.files.startUpload(path, { onProgress: (progress) => seen.push(progress) })
    const statuses = new Set([handle.state.status])
    const stop = handle.subscribe(() => statuses.add(handle.state.status))
    const file = await handle.done
    stop()
    expect([...statuses]).toEqual(['WAITING', 'HASHING', 'SENDING', 'VERIFYING', 'DONE'])
    expect(handle.state).toMatchObject({ status: 'DONE', file, error: null, fileId: file.id })
    expect(seen.at(-1)).toMatchObject({ phase: 'done', sentBytes: THREE_PARTS, totalBytes: THREE_PARTS })
    const sent = seen.map(({ sentBytes }) => sentBytes)
    expect(sent).toEqual(sent.toSorted((a, b) => a - b))
  })

  test('a handle can be cancelled', async () => {
    const { path } = await fileOf(THREE_PARTS)
    const handle = bellhop.files.startUpload(path)
    handle.cancel()
    expect(await failure(handle.done)).toMatchObject({ code: 'ABORTED' })
    expect(handle.state.status).toBe('ABORTED')
  })
})

test('256 MiB go up in a few dozen MiB of memory', async () => {
  const path = join(house.dir, 'large.bin')
  const sizeBytes = 256 * MIB
  const file = await open(path, 'w')
  await file.truncate(sizeBytes)
  await file.close()
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  await bellhop.files.upload(path, {
    onProgress: () => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    },
  })
  // 8 parts of 8 MiB, and what the network and the store, in this same process, hold.
  expect(most).toBeLessThan(128 * MIB)
})
