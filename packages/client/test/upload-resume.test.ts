import { open, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { LIMITS, MIB, newId } from '@bellhop/model'
import type { UploadId } from '@bellhop/model'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { BellhopError, connect } from '../src/index.ts'
import type { Bellhop } from '../src/index.ts'
import { folderJournal } from '../src/node.ts'
import { failureOf, randomFile } from './world/files.ts'
import { startHouse } from './world/house.ts'
import type { House } from './world/house.ts'
import { killInTheMiddle } from './world/killed-upload.ts'

const PART = 8 * MIB

/** On a machine that has other things to do as well. */
const SOON = { timeout: 20_000 }

let house: House
let bellhop: Bellhop
let journalDir: string

beforeAll(async () => {
  house = await startHouse()
  journalDir = join(house.dir, 'journal')
  bellhop = connect({ url: house.api.url, journal: folderJournal(journalDir) })
})

afterAll(async () => {
  await bellhop[Symbol.asyncDispose]()
  await house[Symbol.asyncDispose]()
})

afterEach(() => {
  house.network.fault = () => undefined
  house.network.seen.length = 0
})

/** Numbers of the parts that went over the network since the last test began. */
const sent = () => house.network.seen.filter(({ method }) => method === 'PUT').map(({ part }) => part)

/** Stops at the last part, with the others in the store. */
async function leaveOpen(path: string, partCount: number): Promise<UploadId> {
  const others = new Set<number>()
  house.network.fault = ({ method, part }) => {
    if (method !== 'PUT') return undefined
    // Alone on the network, so that the others have arrived.
    const last = others.size === partCount - 1 && house.network.inFlight === 1
    if (part === partCount) return last ? { answer: 400, code: 'InvalidRequest' } : { answer: 503, code: 'SlowDown' }
    others.add(part)
    return undefined
  }
  const { details } = await failureOf(bellhop.files.upload(path))
  house.network.fault = () => undefined
  house.network.seen.length = 0
  return details['uploadId'] as UploadId
}

/** Other bytes at one place, as old as before. */
async function rewrite(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+')
  const { atime, mtime } = await file.stat()
  await file.write(Buffer.from('other'), 0, 5, at)
  await file.close()
  await utimes(path, atime, mtime)
}

describe('two files are never mixed into one', () => {
  test('a file that differs at a glance is refused before a byte is sent, and the upload stays open', async () => {
    const { path, sha256 } = await randomFile(house.dir, 3 * PART)
    const uploadId = await leaveOpen(path, 3)
    const other = await randomFile(house.dir, 3 * PART)
    const longer = await randomFile(house.dir, 3 * PART + 1)
    expect(await failureOf(bellhop.files.resume(uploadId, other.path))).toMatchObject({ code: 'SOURCE_CHANGED' })
    expect(await failureOf(bellhop.files.resume(uploadId, longer.path))).toMatchObject({ code: 'SOURCE_CHANGED' })
    expect(sent()).toEqual([])
    const file = await bellhop.files.resume(uploadId, path)
    expect(await house.storedSha256(file.id)).toBe(sha256)
  })

  test('a change that no glance shows is found in the parts that have arrived, and the upload stays open', async () => {
    const { path, bytes, sha256 } = await randomFile(house.dir, 3 * PART)
    const uploadId = await leaveOpen(path, 3)
    const at = PART + 1_000_000
    await rewrite(path, at)
    expect(await failureOf(bellhop.files.resume(uploadId, path))).toMatchObject({ code: 'SOURCE_CHANGED' })
    const file = await open(path, 'r+')
    await file.write(bytes, at, 5, at)
    await file.close()
    const done = await bellhop.files.resume(uploadId, path)
    expect(await house.storedSha256(done.id)).toBe(sha256)
  })

  test('a change in a part that was promised and has not arrived is refused by the server, in the same words', async () => {
    const { path } = await randomFile(house.dir, 3 * PART)
    const uploadId = await leaveOpen(path, 3)
    await rewrite(path, 2 * PART + 1_000_000)
    const error = await failureOf(bellhop.files.resume(uploadId, path))
    expect(error).toMatchObject({ code: 'SOURCE_CHANGED' })
    expect(error.cause).toBeInstanceOf(BellhopError)
    expect(await house.openInStore()).toBeGreaterThan(0)
    await bellhop.files.abort(uploadId)
  })
})

describe('a pause', () => {
  test('frees the connections, keeps what has arrived, and goes on to the end', async () => {
    const { path, sha256 } = await randomFile(house.dir, 6 * PART)
    house.network.fault = ({ method }) => (method === 'PUT' ? { bytesPerSecond: 16 * MIB } : undefined)
    const handle = bellhop.files.startUpload(path)
    await expect.poll(() => handle.state.progress.sentBytes, SOON).toBeGreaterThan(0)
    handle.pause()
    expect(handle.state.status).toBe('PAUSED')
    await expect.poll(() => house.network.inFlight, SOON).toBe(0)
    const arrived = await house.arrivedParts(handle.state.uploadId ?? 'up_0')
    house.network.fault = () => undefined
    house.network.seen.length = 0
    const other = await bellhop.files.upload(new Blob(['beside it']))
    expect(other.status).toBe('READY')
    expect(handle.state.status).toBe('PAUSED')
    house.network.seen.length = 0
    handle.goOn()
    const file = await handle.done
    expect(await house.storedSha256(file.id)).toBe(sha256)
    expect(sent().filter((part) => arrived.includes(part))).toEqual([])
    expect(handle.state.status).toBe('DONE')
  })

  test('before its turn keeps an upload from beginning; a cancel ends it', async () => {
    const { path } = await randomFile(house.dir, 2 * PART)
    const handle = bellhop.files.startUpload(path)
    handle.pause()
    expect(handle.state.status).toBe('PAUSED')
    const other = bellhop.files.startUpload(path)
    other.pause()
    other.goOn()
    await other.done
    expect(handle.state).toMatchObject({ status: 'PAUSED', uploadId: null })
    handle.cancel()
    expect(await failureOf(handle.done)).toMatchObject({ code: 'ABORTED' })
    expect(handle.state.status).toBe('ABORTED')
  })

  test('that is cancelled leaves nothing in the store', async () => {
    const { path } = await randomFile(house.dir, 6 * PART)
    const handle = bellhop.files.startUpload(path)
    await expect.poll(() => handle.state.progress.sentBytes, SOON).toBeGreaterThan(0)
    handle.pause()
    handle.cancel()
    expect(await failureOf(handle.done)).toMatchObject({ code: 'ABORTED', details: { status: 'ABORTED' } })
    await expect.poll(() => house.openInStore(), SOON).toBe(0)
  })
})

describe('the journal', () => {
  test('remembers an upload that failed, and forgets one that is done or given up', async () => {
    const { path } = await randomFile(house.dir, 3 * PART)
    const uploadId = await leaveOpen(path, 3)
    expect(await bellhop.files.unfinished()).toMatchObject([
      { uploadId, sizeBytes: 3 * PART, arrivedBytes: 2 * PART, file: 'at-hand' },
    ])
    await bellhop.files.resume(uploadId)
    expect(await bellhop.files.unfinished()).toEqual([])
    await bellhop.files.abort(await leaveOpen(path, 3))
    expect(await folderJournal(journalDir).list()).toEqual([])
  })

  test('keeps an upload while it is looked at from another workspace', async () => {
    const { path } = await randomFile(house.dir, 3 * PART)
    const uploadId = await leaveOpen(path, 3)
    const { caller } = house.api
    house.api.caller = (await house.platform.stranger()).caller
    expect(await bellhop.files.unfinished()).toEqual([])
    house.api.caller = caller
    expect(await bellhop.files.unfinished()).toMatchObject([{ uploadId, file: 'at-hand' }])
    await bellhop.files.abort(uploadId)
  })

  test('forgets an upload that the server does not know, once no server could have it', async () => {
    const journal = folderJournal(journalDir)
    const note = (uploadId: UploadId, ageMs: number) =>
      journal.put({
        uploadId,
        fileId: newId('file'),
        server: new URL(house.api.url).href,
        name: 'a.bin',
        sizeBytes: 3 * PART,
        lastModifiedMs: null,
        fingerprint: null,
        startedAt: new Date(Date.now() - ageMs).toISOString(),
      })
    const [young, old] = [newId('upload'), newId('upload')]
    await note(young, LIMITS.uploadLifeMs - 60_000)
    await note(old, LIMITS.uploadLifeMs)
    expect(await bellhop.files.unfinished()).toEqual([])
    expect((await journal.list()).map(({ uploadId }) => uploadId)).toEqual([young])
    await journal.delete(young)
  })

  test('leads on after a kill -9: nothing that has arrived is sent again', async () => {
    const { path, sha256 } = await randomFile(house.dir, 8 * PART)
    house.network.fault = ({ method }) => (method === 'PUT' ? { bytesPerSecond: 16 * MIB } : undefined)
    await killInTheMiddle({ url: house.api.url, path, journalDir })
    await expect.poll(() => house.network.inFlight, SOON).toBe(0)
    house.network.fault = () => undefined
    house.network.seen.length = 0
    const [upload, ...others] = await bellhop.files.unfinished()
    expect(others).toEqual([])
    const { uploadId = 'up_0', arrivedBytes = 0, file: found } = upload ?? {}
    expect(found).toBe('at-hand')
    expect(arrivedBytes).toBeGreaterThan(0)
    const arrived = await house.arrivedParts(uploadId)
    const file = await bellhop.files.resume(uploadId)
    expect(await house.storedSha256(file.id)).toBe(sha256)
    expect([...arrived, ...sent()].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(await bellhop.files.unfinished()).toEqual([])
  })

  test('of a folder ignores what is not its own', async () => {
    const journal = folderJournal(house.dir)
    expect(await journal.list()).toEqual([])
    expect(() => journal.get('../../etc/passwd' as UploadId)).toThrow(TypeError)
  })
})
