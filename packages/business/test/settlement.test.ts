import { request as sendRequest } from 'node:http'
import { once } from 'node:events'
import { abortUpload, completeUpload, getFile, signParts, startUpload } from '@bellhop/business'
import type { Context } from '@bellhop/business'
import { MIB } from '@bellhop/model'
import { put, startTestPlatform, until } from '@bellhop/testkit'
import type { StoreFault, StoreOperation, TestPlatform } from '@bellhop/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { reportBinding, rowOf, sha256, startParts, startStream } from './world/part-upload.ts'
import type { PartUpload } from './world/part-upload.ts'

/** The store's client asks three times; more faults than that reach us. */
const MORE_THAN_THE_CLIENT_TRIES = 9

let world: TestPlatform
let owner: Context

beforeAll(async () => {
  world = await startTestPlatform({ flaky: { platform: true } })
  owner = world.owner
})
afterAll(() => world[Symbol.asyncDispose]())
afterEach(() => world.flaky.mend())

const statusOf = async (upload: PartUpload) => (await rowOf(owner, upload.plan)).status

async function arrived(sizeBytes = 1000): Promise<PartUpload> {
  const upload = await startStream(owner, sizeBytes)
  await upload.send()
  return upload
}

describe('whatever becomes of the answer, the upload is complete when the store has done it', () => {
  test.each<[string, StoreOperation, StoreFault, number]>([
    ['the answer is lost', 'CompleteMultipartUpload', { kind: 'swallow' }, 1],
    ['every answer is lost', 'CompleteMultipartUpload', { kind: 'swallow' }, MORE_THAN_THE_CLIENT_TRIES],
    [
      'the answer is 200 and says that it failed',
      'CompleteMultipartUpload',
      { kind: 'error-body', does: true },
      MORE_THAN_THE_CLIENT_TRIES,
    ],
    [
      'the answer is 200, says that it failed, and it did, once',
      'CompleteMultipartUpload',
      { kind: 'error-body', does: false },
      1,
    ],
    ['the answer breaks off', 'CompleteMultipartUpload', { kind: 'cut-answer', afterBytes: 100 }, 1],
    ['the answer has an empty ETag', 'CompleteMultipartUpload', { kind: 'empty-etag' }, 1],
    ['the object has an empty ETag', 'GetObject', { kind: 'empty-etag' }, 1],
    ['the store is throttling', 'CompleteMultipartUpload', { kind: 'refuse', status: 503, code: 'SlowDown' }, 2],
    ['the object shows itself late', 'GetObject', { kind: 'refuse', status: 404, code: 'NoSuchKey' }, 2],
  ])('%s', async (_, operation, fault, times) => {
    const upload = await arrived()
    const planned = world.flaky.plan(operation, fault, times)
    const { file } = await completeUpload(owner, upload.ends)
    expect(planned.hits).toBeGreaterThan(0)
    expect(file).toMatchObject({ status: 'READY', sizeBytes: 1000, integrity: 'sha256-parts' })
    expect(await statusOf(upload)).toBe('COMPLETED')
  })

  test('the store has forgotten the parts, because it put them together before', async () => {
    const upload = await arrived()
    const away = world.flaky.plan('GetObject', { kind: 'refuse', status: 500, code: 'InternalError' }, 9)
    await expect(completeUpload(owner, upload.ends)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(away.hits).toBeGreaterThan(0)
    expect(await statusOf(upload)).toBe('OPEN')
    world.flaky.mend()
    expect((await completeUpload(owner, upload.ends)).file.status).toBe('READY')
  })
})

describe('while the store does not do it, the upload is open and nothing is lost', () => {
  test.each<[string, StoreOperation, StoreFault]>([
    ['it says 200 and that it failed', 'CompleteMultipartUpload', { kind: 'error-body', does: false }],
    ['it is throttling', 'CompleteMultipartUpload', { kind: 'refuse', status: 503, code: 'SlowDown' }],
    ['it breaks off requests', 'CompleteMultipartUpload', { kind: 'cut-request', afterBytes: 10 }],
    ['it does not list the parts', 'ListParts', { kind: 'refuse', status: 500, code: 'InternalError' }],
  ])('%s', async (_, operation, fault) => {
    const upload = await arrived()
    const planned = world.flaky.plan(operation, fault, MORE_THAN_THE_CLIENT_TRIES)
    await expect(completeUpload(owner, upload.ends)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(planned.hits).toBeGreaterThan(0)
    expect(await statusOf(upload)).toBe('OPEN')
    world.flaky.mend()
    expect((await completeUpload(owner, upload.ends)).file.status).toBe('READY')
  })
})

test('what the store has lost for good is rejected, with the reason', async () => {
  const upload = await arrived()
  const { file, storeUploadId } = await rowOf(owner, upload.plan)
  await world.platform.store.abortMultipart(file.objectKey, storeUploadId!)
  await expect(completeUpload(owner, upload.ends)).rejects.toMatchObject({ code: 'UPLOAD_EXPIRED' })
  expect(await getFile(owner, upload.plan)).toMatchObject({ status: 'REJECTED', error: { code: 'UPLOAD_EXPIRED' } })
})

describe('two at once', () => {
  test('a second complete is told to wait, and both get the one outcome', async () => {
    const upload = await arrived()
    const gate = Promise.withResolvers<void>()
    const held = world.flaky.plan('CompleteMultipartUpload', { kind: 'hold', until: gate.promise })
    const first = completeUpload(owner, upload.ends)
    await until('the store is asked', () => held.hits === 1)
    await expect(completeUpload(owner, upload.ends)).rejects.toMatchObject({ code: 'UPLOAD_BUSY', details: undefined })
    gate.resolve()
    expect((await first).file.id).toBe(upload.plan.fileId)
    expect((await completeUpload(owner, upload.ends)).file.id).toBe(upload.plan.fileId)
  })

  test('an abort that comes while it is completed is told so, and the file is there', async () => {
    const upload = await arrived()
    const gate = Promise.withResolvers<void>()
    const held = world.flaky.plan('CompleteMultipartUpload', { kind: 'hold', until: gate.promise })
    const completing = completeUpload(owner, upload.ends)
    await until('the store is asked', () => held.hits === 1)
    await expect(abortUpload(owner, upload.plan)).rejects.toMatchObject({ code: 'UPLOAD_BUSY' })
    gate.resolve()
    expect((await completing).file.status).toBe('READY')
    await expect(abortUpload(owner, upload.plan)).rejects.toMatchObject({ code: 'UPLOAD_NOT_OPEN' })
  })

  test('a server that died after the store had done it is taken over from, and comes too late itself', async () => {
    const upload = await arrived()
    const gate = Promise.withResolvers<void>()
    const held = world.flaky.plan('CompleteMultipartUpload', { kind: 'hold', until: gate.promise })
    const dead = completeUpload(owner, upload.ends)
    await until('the store is asked', () => held.hits === 1)
    await letLeaseRunOut(upload)
    expect((await completeUpload(owner, upload.ends)).file.status).toBe('READY')
    gate.resolve()
    expect((await dead).file.id).toBe(upload.plan.fileId)
  })

  test('a server that was too slow and then fails does not take the upload out of the hands of the next', async () => {
    const upload = await arrived()
    const [slow, next] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const lists = world.flaky.plan('ListParts', { kind: 'hold', until: slow.promise })
    const reads = world.flaky.plan('GetObject', { kind: 'hold', until: next.promise })
    const first = completeUpload(owner, upload.ends)
    await until('the first waits for the store', () => lists.hits === 1)
    await letLeaseRunOut(upload)
    const second = completeUpload(owner, upload.ends)
    await until('the second waits for the store', () => reads.hits === 1)
    world.flaky.plan('GetObject', { kind: 'refuse', status: 500, code: 'InternalError' }, MORE_THAN_THE_CLIENT_TRIES)
    slow.resolve()
    await expect(first).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(await statusOf(upload)).toBe('COMPLETING')
    world.flaky.mend()
    next.resolve()
    expect((await second).file.status).toBe('READY')
  })

  async function letLeaseRunOut({ plan }: PartUpload): Promise<void> {
    await world.platform.database
      .sql`update uploads set completing_at = now() - interval '61 seconds' where id = ${plan.uploadId}`
  }
})

test('a part that is on its way when the upload is aborted leaves nothing behind', async () => {
  const upload = await startStream(owner, 100_000)
  const parts = [{ number: 1, sha256: sha256(upload.bytes), sizeBytes: 100_000 }]
  const [part] = await signParts(owner, { uploadId: upload.plan.uploadId, parts })
  const { request } = part!
  const sending = sendRequest(request.url, {
    method: 'PUT',
    headers: { ...request.headers, 'content-length': 100_000 },
  })
  const answered = once(sending, 'response')
  sending.write(upload.bytes.subarray(0, 50_000))
  await abortUpload(owner, upload.plan)
  const { file, storeUploadId } = await rowOf(owner, upload.plan)
  await using _ = await world.startWorker()
  await until(
    'the store has forgotten it',
    async () => (await world.platform.store.listParts(file.objectKey, storeUploadId!)) === null,
  )
  sending.end(upload.bytes.subarray(50_000))
  const [answer] = (await answered) as [{ statusCode: number; resume(): void }]
  answer.resume()
  expect(answer.statusCode).toBe(404)
  expect(await world.platform.store.head(file.objectKey)).toBeNull()
})

test('a part that is not as it was promised has not arrived', async () => {
  const upload = await startParts(owner, 17 * MIB)
  await upload.send([1, 2])
  const { file, storeUploadId, binding } = await rowOf(owner, upload.plan)
  // Past our own keys, which would not allow it.
  await signParts(owner, { uploadId: upload.plan.uploadId, parts: [{ number: 3, sha256: sha256(upload.slice(3)) }] })
  const forged = world.platform.store.signPut({
    objectKey: file.objectKey,
    mediaType: file.mediaType,
    sizeBytes: 5,
    sha256: undefined,
    binding,
    expiresInMs: 60_000,
    target: { storeUploadId: storeUploadId!, partNumber: 3 },
  })
  expect((await put(forged, new Uint8Array(5))).status).toBe(200)
  await expect(completeUpload(owner, upload.ends)).rejects.toMatchObject({
    code: 'UPLOAD_INCOMPLETE',
    details: { missing: [3] },
  })
  await upload.send([3])
  expect((await completeUpload(owner, upload.ends)).file).toMatchObject({ status: 'READY', integrity: 'sha256-parts' })
})

describe('where the store keeps a SHA-256 of its own', () => {
  let careful: TestPlatform
  beforeAll(async () => {
    careful = await startTestPlatform({ flaky: { platform: true } })
    await reportBinding(careful, 'store-sha256')
  })
  afterAll(() => careful[Symbol.asyncDispose]())
  afterEach(() => careful.flaky.mend())

  test('an upload in parts is vouched for by it', async () => {
    const upload = await startParts(careful.owner, 17 * MIB)
    await upload.send()
    expect((await completeUpload(careful.owner, upload.ends)).file.integrity).toBe('store-sha256')
  })

  test('so is a single PUT', async () => {
    const bytes = new TextEncoder().encode('kept')
    const plan = await startUpload(careful.owner, { name: 'a.txt', sizeBytes: 4, sha256: sha256(bytes) })
    if (plan.mode !== 'single') throw new Error('Expected one PUT.')
    expect((await put(plan.put, bytes)).status).toBe(200)
    expect((await completeUpload(careful.owner, plan)).file.integrity).toBe('store-sha256')
  })

  describe('told the tags of all parts', () => {
    const told = (upload: PartUpload, etags = upload.etags) =>
      completeUpload(careful.owner, { uploadId: upload.plan.uploadId, etags })

    test('the store is not asked for them, nor again for its checksum', async () => {
      const upload = await startParts(careful.owner, 17 * MIB)
      await upload.send()
      const asked = () => careful.flaky.seen('ListParts') + careful.flaky.seen('HeadObject')
      const completed = careful.flaky.seen('CompleteMultipartUpload')
      const before = asked()
      expect((await told(upload)).file.integrity).toBe('store-sha256')
      expect(asked()).toBe(before)
      expect(careful.flaky.seen('CompleteMultipartUpload')).toBe(completed + 1)
    })

    test('and one of them wrongly, it is', async () => {
      const upload = await startParts(careful.owner, 17 * MIB)
      await upload.send()
      const [first = '', , third = ''] = upload.etags
      expect((await told(upload, [first, first, third])).file.integrity).toBe('store-sha256')
    })

    test('one of which has not arrived, it is named', async () => {
      const upload = await startParts(careful.owner, 17 * MIB)
      await upload.send([1, 2])
      const [first = '', second = ''] = upload.etags
      const missing = { code: 'UPLOAD_INCOMPLETE', details: { missing: [3] } }
      await expect(told(upload, [first, second, second])).rejects.toMatchObject(missing)
      await upload.send([3])
      expect((await told(upload)).file.integrity).toBe('store-sha256')
    })

    test('and every answer is lost, the upload is complete when the store has done it', async () => {
      const upload = await startParts(careful.owner, 17 * MIB)
      await upload.send()
      const lost = careful.flaky.plan('CompleteMultipartUpload', { kind: 'swallow' }, MORE_THAN_THE_CLIENT_TRIES)
      expect((await told(upload)).file.integrity).toBe('store-sha256')
      expect(lost.hits).toBeGreaterThan(0)
    })
  })

  test('a part of other bytes has not arrived, however it got there', async () => {
    const upload = await startParts(careful.owner, 17 * MIB)
    await upload.send()
    const { file, storeUploadId } = await rowOf(careful.owner, upload.plan)
    const forged = careful.platform.store.signPut({
      objectKey: file.objectKey,
      mediaType: file.mediaType,
      sizeBytes: MIB,
      sha256: undefined,
      binding: 'none',
      expiresInMs: 60_000,
      target: { storeUploadId: storeUploadId!, partNumber: 3 },
    })
    const put3 = await put(forged, new Uint8Array(MIB))
    const [first = '', second = ''] = upload.etags
    const etags = [first, second, put3.headers.get('etag') ?? '']
    const missing = { code: 'UPLOAD_INCOMPLETE', details: { missing: [3] } }
    await expect(completeUpload(careful.owner, upload.ends)).rejects.toMatchObject(missing)
    await expect(completeUpload(careful.owner, { ...upload.ends, etags })).rejects.toMatchObject(missing)
    await upload.send([3])
    expect((await completeUpload(careful.owner, upload.ends)).file.integrity).toBe('store-sha256')
  })

  test.each<[string, string | null, 'READY' | 'REJECTED']>([
    ['another checksum', `${Buffer.alloc(32).toString('base64')}-1`, 'REJECTED'],
    ['none', null, 'READY'],
    ['one of another kind', Buffer.alloc(32).toString('base64'), 'READY'],
  ])('%s of the object', async (_, found, status) => {
    const upload = await startStream(careful.owner, 1000)
    await upload.send()
    const { platform } = careful
    const store = { ...platform.store, sha256Of: () => Promise.resolve(found) }
    const completed = completeUpload({ ...careful.owner, platform: { ...platform, store } }, upload.ends)
    if (status === 'REJECTED') await expect(completed).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' })
    else expect((await completed).file.integrity).toBe('sha256-parts')
    expect((await getFile(careful.owner, upload.plan)).status).toBe(status)
  })

  test('a client that does not hash begins without it, and one that began with it hashes every part', async () => {
    const plain = await startStream(careful.owner, 1000, { hashed: false })
    await plain.send()
    expect((await completeUpload(careful.owner, plain.ends)).file.integrity).toBe('size')
    const hashed = await startParts(careful.owner, 17 * MIB)
    await expect(hashed.send([2], { hashed: false })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await abortUpload(careful.owner, hashed.plan)
  })
})

describe('where the store vouches for nothing', () => {
  let careless: TestPlatform
  beforeAll(async () => {
    careless = await startTestPlatform({ flaky: { platform: true } })
    await reportBinding(careless, 'none')
  })
  afterAll(() => careless[Symbol.asyncDispose]())
  afterEach(() => careless.flaky.mend())

  async function completing(sizeBytes: number, as?: Uint8Array<ArrayBuffer>): Promise<PartUpload> {
    const upload = await startStream(careless.owner, sizeBytes)
    await upload.send(undefined, as ? { as } : {})
    await expect(completeUpload(careless.owner, upload.ends)).rejects.toMatchObject({
      code: 'UPLOAD_BUSY',
      details: { verifying: true },
    })
    return upload
  }
  const settled = (upload: PartUpload) =>
    until('it is settled', async () => {
      const file = await getFile(careless.owner, upload.plan)
      return file.status === 'UPLOADING' ? null : file
    })

  test('a file is READY only when a worker has read it again', async () => {
    const upload = await completing(17 * MIB)
    await expect(completeUpload(careless.owner, upload.ends)).rejects.toMatchObject({ details: { verifying: true } })
    await using _ = await careless.startWorker()
    expect(await settled(upload)).toMatchObject({ status: 'READY', integrity: 'reread', sizeBytes: 17 * MIB })
    expect((await completeUpload(careless.owner, upload.ends)).file.status).toBe('READY')
  })

  test('so is a single PUT', async () => {
    await using _ = await careless.startWorker()
    const bytes = new TextEncoder().encode('read me')
    const plan = await startUpload(careless.owner, { name: 'a.txt', sizeBytes: 7, sha256: sha256(bytes) })
    if (plan.mode !== 'single') throw new Error('Expected one PUT.')
    await put(plan.put, bytes)
    await expect(completeUpload(careless.owner, plan)).rejects.toMatchObject({ details: { verifying: true } })
    await until('it is READY', async () => (await getFile(careless.owner, plan)).integrity === 'reread')
  })

  test('bytes that are not those that were hashed are found, and the part is named', async () => {
    const upload = await completing(1000, new Uint8Array(1000))
    await using _ = await careless.startWorker()
    expect(await settled(upload)).toMatchObject({
      status: 'REJECTED',
      error: { code: 'CHECKSUM_MISMATCH', sentence: expect.stringContaining('Part 1') },
    })
    await expect(completeUpload(careless.owner, upload.ends)).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' })
    const { objectKey } = (await rowOf(careless.owner, upload.plan)).file
    await until('its object is gone', async () => (await careless.platform.store.head(objectKey)) === null)
  })

  test('a connection that breaks while it is read is opened again', async () => {
    const upload = await completing(300_000)
    // The first request reads the first bytes only.
    careless.flaky.plan('GetObject', { kind: 'hold', until: Promise.resolve() })
    const cuts = careless.flaky.plan('GetObject', { kind: 'cut-answer', afterBytes: 100_000 }, 2)
    await using _ = await careless.startWorker()
    expect(await settled(upload)).toMatchObject({ status: 'READY', integrity: 'reread' })
    expect(cuts.hits).toBe(2)
  })

  test('a reader that is told to stop hands it on', async () => {
    const upload = await completing(1000)
    careless.flaky.plan('GetObject', { kind: 'hold', until: Promise.resolve() })
    const gate = Promise.withResolvers<void>()
    const held = careless.flaky.plan('GetObject', { kind: 'hold', until: gate.promise })
    {
      await using _ = await careless.startWorker()
      await until('it reads', () => held.hits === 1)
    }
    gate.resolve()
    expect((await rowOf(careless.owner, upload.plan)).status).toBe('COMPLETING')
    await using _ = await careless.startWorker()
    expect(await settled(upload)).toMatchObject({ status: 'READY', integrity: 'reread' })
  })

  test('a reader that was killed is taken over from, and one that is alive is left alone', async () => {
    const { sql } = careless.platform.database
    const upload = await completing(1000)
    const { uploadId } = upload.plan
    await sql`update uploads set completing_at = now() where id = ${uploadId}`
    await using _ = await careless.startWorker()
    const waits = () =>
      sql`select from graphile_worker.jobs where key = ${`uploads:reread:${uploadId}`} and run_at > now() + interval '10 seconds'`
    await until('the chore looks again later', async () => (await waits()).length === 1)
    expect((await rowOf(careless.owner, upload.plan)).status).toBe('COMPLETING')
    await sql`update uploads set completing_at = now() - interval '61 seconds' where id = ${uploadId}`
    await sql`update graphile_worker._private_jobs set run_at = now() where key = ${`uploads:reread:${uploadId}`}`
    expect(await settled(upload)).toMatchObject({ status: 'READY', integrity: 'reread' })
  })

  test('what the queue has lost the sweeper brings on', async () => {
    const { sql } = careless.platform.database
    const upload = await completing(1000)
    await sql`delete from graphile_worker._private_jobs where key = ${`uploads:reread:${upload.plan.uploadId}`}`
    await using _ = await careless.startWorker()
    await sql`select graphile_worker.add_job('uploads:sweep')`
    expect(await settled(upload)).toMatchObject({ status: 'READY', integrity: 'reread' })
  })

  test('without hashes there is nothing to hold it against, so it is READY at once', async () => {
    const upload = await startStream(careless.owner, 1000, { hashed: false })
    await upload.send()
    expect((await completeUpload(careless.owner, upload.ends)).file).toMatchObject({
      status: 'READY',
      integrity: 'size',
    })
  })
})
