import {
  abortUpload,
  completeUpload,
  deleteFile,
  getFile,
  latestSweep,
  startUpload,
  submitJob,
  sweepStore,
} from '@bellhop/business'
import type { Context } from '@bellhop/business'
import { LIMITS, MIB, newId } from '@bellhop/model'
import { put, startTestPlatform, until, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { walkBucket } from '../src/bucket-sweep.ts'
import { rowOf, sha256, startParts, startStream } from './world/part-upload.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

let world: TestPlatform
let owner: Context

// Each walks through the whole bucket, so each has one of its own.
beforeEach(async () => {
  world = await startTestPlatform({ flaky: { platform: true } })
  owner = world.owner
})
afterEach(() => world[Symbol.asyncDispose]())

/** Walks from one end to the other, as if so much time had passed. */
async function walk(laterMs = 0) {
  await walkBucket(world.platform, { signal: AbortSignal.timeout(20_000), now: () => Date.now() + laterMs })
  const sweep = await latestSweep(world.platform)
  if (!sweep?.endedAt) throw new Error('The walk has not come to its end.')
  return sweep
}

const keyOf = (ctx: Context, fileId: string) => `workspaces/${ctx.caller.workspaceId}/files/${fileId}`
const stored = async () => (await world.platform.store.list('')).toSorted()
const body = (text: string) => new TextEncoder().encode(text)

async function sent(text: string, name = 'a.txt') {
  const bytes = body(text)
  const plan = await startUpload(owner, { name, sizeBytes: bytes.length, sha256: sha256(bytes), startJobs: false })
  if (plan.mode !== 'single') throw new Error('Expected one PUT.')
  expect((await put(plan.put, bytes)).status).toBe(200)
  return plan
}

describe('the multipart uploads that the store holds open', () => {
  test('are aborted a day after their upload has ended, or a week after nobody knew them', async () => {
    const { store } = world.platform
    const left = await startParts(owner, 17 * MIB)
    await left.send([3])
    await abortUpload(owner, left.plan)
    const open = await startParts(owner, 17 * MIB)
    const [ended, living] = [await rowOf(owner, left.plan), await rowOf(owner, open.plan)]
    const strange = keyOf(owner, newId('file'))
    const strangeId = await store.createMultipart(strange, 'text/plain', 'nobody', 'sha256')
    const isThere = async (key: string, id: string | null) => (await store.listParts(key, id!)) !== null
    const thereAre = async () => [
      await isThere(ended.file.objectKey, ended.storeUploadId),
      await isThere(strange, strangeId),
      await isThere(living.file.objectKey, living.storeUploadId),
    ]

    expect((await walk(23 * HOUR_MS)).multipartAborted).toBe(0)
    expect(await thereAre()).toEqual([true, true, true])
    expect((await walk(25 * HOUR_MS)).multipartAborted).toBe(1)
    expect(await thereAre()).toEqual([false, true, true])
    expect((await walk(LIMITS.uploadLifeMs + HOUR_MS)).multipartAborted).toBe(1)
    expect(await thereAre()).toEqual([false, false, true])
  })
})

describe('the objects that are stored', () => {
  test('of files that have ended are removed once no key could write them again, and no others', async () => {
    const aborted = await sent('aborted')
    await abortUpload(owner, aborted)
    const rejected = await sent('no picture', 'a.png')
    await expect(completeUpload(owner, rejected)).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
    const { file: deleted } = await uploadBytes(owner, 'b.txt', 'deleted', { startJobs: false })
    await deleteFile(owner, { fileId: deleted.id })
    const { file: kept } = await uploadBytes(owner, 'c.txt', 'kept', { startJobs: false })

    expect(await walk(11 * HOUR_MS)).toMatchObject({ objectsSeen: 4, leftoversRemoved: 0 })
    expect(await stored()).toHaveLength(4)
    expect(await walk(13 * HOUR_MS)).toMatchObject({ objectsSeen: 4, leftoversRemoved: 3, unknownObjects: 0 })
    expect(await stored()).toEqual([keyOf(owner, kept.id)])
  })

  test('that have wholly arrived without anybody saying so are made READY, never deleted', async () => {
    const single = await sent('forgotten')
    const parts = await startStream(owner, 1000)
    await parts.send()
    // The store has put them together, and nobody heard of it.
    world.flaky.plan('CompleteMultipartUpload', { kind: 'swallow' }, 9)
    world.flaky.plan('GetObject', { kind: 'refuse', status: 500, code: 'InternalError' }, 9)
    await expect(completeUpload(owner, parts.ends)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    world.flaky.mend()

    expect(await walk()).toMatchObject({ objectsSeen: 2, leftoversRemoved: 0 })
    expect((await getFile(owner, single)).status).toBe('UPLOADING')
    expect(await walk(LIMITS.uploadLifeMs)).toMatchObject({ objectsSeen: 2, leftoversRemoved: 0 })
    expect((await getFile(owner, single)).status).toBe('READY')
    expect(await getFile(owner, parts.plan)).toMatchObject({ status: 'READY', sizeBytes: 1000 })
  })

  test('that no row knows are told of and stay', async () => {
    const { store } = world.platform
    const strange = [keyOf(owner, newId('file')), 'workspaces/somebody/else.txt']
    for (const key of [...strange, 'elsewhere/of-others.txt']) {
      await store.put(key, 'text/plain', body('?'), AbortSignal.timeout(5_000))
    }
    const sweep = await walk(LIMITS.uploadLifeMs)
    expect(sweep).toMatchObject({ objectsSeen: 2, unknownObjects: 2, leftoversRemoved: 0 })
    expect(sweep.unknownKeys.toSorted()).toEqual(strange.toSorted())
    expect(await stored()).toHaveLength(3)
  })

  test('of jobs are outputs that stay, or what an attempt left behind', async () => {
    const { file } = await uploadBytes(owner, 'table.csv', 'a,b\n1,2\n')
    {
      await using _ = await world.startWorker()
      await until('it has outputs', async () => (await getFile(owner, { fileId: file.id })).outputs.length > 0)
    }
    const job = await submitJob(owner, { kind: 'dataset.profile', input: { fileId: file.id } })
    const before = await stored()
    const left = `workspaces/${owner.caller.workspaceId}/jobs/${job.id}/1/${newId('output')}`
    await world.platform.store.put(left, 'text/plain', body('half'), AbortSignal.timeout(5_000))

    expect(await walk(HOUR_MS)).toMatchObject({ leftoversRemoved: 0, unknownObjects: 0 })
    expect(await walk(DAY_MS)).toMatchObject({ leftoversRemoved: 1, unknownObjects: 0 })
    expect(await stored()).toEqual(before)
  })
})

describe('the files that should be stored', () => {
  test('are marked as missing when they are not, and mended when they are there again', async () => {
    const { store } = world.platform
    const { file: whole } = await uploadBytes(owner, 'a.txt', 'whole', { startJobs: false })
    const { file } = await uploadBytes(owner, 'b.txt', 'bytes', { startJobs: false })
    const somebody = await world.stranger()
    const { file: theirs } = await uploadBytes(somebody, 'c.txt', 'bytes', { startJobs: false })
    const faultOf = async (ctx: Context, fileId: typeof file.id) => (await getFile(ctx, { fileId })).fault
    await store.deleteObjects([keyOf(owner, file.id), keyOf(somebody, theirs.id)])

    expect(await walk()).toMatchObject({ filesMissing: 2, filesMended: 0 })
    const found = await faultOf(owner, file.id)
    expect(found?.kind).toBe('missing')
    expect((await faultOf(somebody, theirs.id))?.kind).toBe('missing')
    expect(await faultOf(owner, whole.id)).toBeNull()

    await store.put(keyOf(owner, file.id), 'text/plain', body('bytes'), AbortSignal.timeout(5_000))
    expect(await walk()).toMatchObject({ filesMissing: 1, filesMended: 1 })
    expect(await faultOf(owner, file.id)).toBeNull()
  })

  test('are marked as damaged when their length is another', async () => {
    const { file } = await uploadBytes(owner, 'a.txt', 'bytes', { startJobs: false })
    await world.platform.store.put(keyOf(owner, file.id), 'text/plain', body('byte'), AbortSignal.timeout(5_000))
    expect(await walk()).toMatchObject({ filesMissing: 0 })
    expect((await getFile(owner, { fileId: file.id })).fault?.kind).toBe('damaged')
  })

  test('are asked for by name before they count as missing', async () => {
    const { file } = await uploadBytes(owner, 'a.txt', 'bytes', { startJobs: false })
    const { platform } = world
    const forgetful = { ...platform.store, listObjects: () => Promise.resolve({ objects: [], isLast: true }) }
    await walkBucket({ ...platform, store: forgetful }, { signal: AbortSignal.timeout(5_000) })
    expect(await latestSweep(platform)).toMatchObject({ filesMissing: 0, endedAt: expect.any(String) })
    expect((await getFile(owner, { fileId: file.id })).fault).toBeNull()
  })
})

describe('the walk', () => {
  test('goes on where it was when the store went away, and counts nothing twice', async () => {
    const left = await startParts(owner, 17 * MIB)
    await abortUpload(owner, left.plan)
    await sent('one')
    const away = world.flaky.plan('ListObjects', { kind: 'refuse', status: 500, code: 'InternalError' }, 9)
    await expect(walk(25 * HOUR_MS)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(away.hits).toBeGreaterThan(0)
    expect(await latestSweep(world.platform)).toMatchObject({ endedAt: null, multipartAborted: 1, objectsSeen: 0 })
    const asked = world.flaky.seen('ListMultipartUploads')
    world.flaky.mend()
    expect(await walk(25 * HOUR_MS)).toMatchObject({ multipartAborted: 1, objectsSeen: 1 })
    expect(world.flaky.seen('ListMultipartUploads')).toBe(asked)
  })

  test('is walked by one at a time', async () => {
    const gate = Promise.withResolvers<void>()
    const held = world.flaky.plan('ListMultipartUploads', { kind: 'hold', until: gate.promise })
    const first = walk()
    await until('it has begun', () => held.hits === 1)
    await walkBucket(world.platform, { signal: AbortSignal.timeout(5_000) })
    expect(world.flaky.seen('ListMultipartUploads')).toBe(1)
    gate.resolve()
    await first
  })

  test('is queued again when the worker stops', async () => {
    await walkBucket(world.platform, { signal: AbortSignal.abort() })
    expect(await latestSweep(world.platform)).toMatchObject({ endedAt: null })
    await using _ = await world.startWorker()
    await until('it has come to its end', async () => (await latestSweep(world.platform))?.endedAt)
  })

  test('is begun by owners, and seen by them', async () => {
    expect(await latestSweep(world.platform)).toBeNull()
    await expect(sweepStore(world.as('member'))).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await sweepStore(owner)
    await sweepStore(owner)
    await using _ = await world.startWorker()
    await until('it has come to its end', async () => (await latestSweep(world.platform))?.endedAt)
  })
})
