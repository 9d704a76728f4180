import { abortUpload, completeUpload, getFileDigests, getUpload, listOpenUploads, startUpload } from '@bellhop/business'
import type { Context } from '@bellhop/business'
import { MIB } from '@bellhop/model'
import { put, startTestPlatform, until, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rowOf, sha256, startParts, startStream } from './world/part-upload.ts'

let world: TestPlatform
let owner: Context

beforeAll(async () => {
  world = await startTestPlatform()
  owner = world.owner
})
afterAll(() => world[Symbol.asyncDispose]())

describe('a stream, whose length is told when it has ended', () => {
  test('is READY with all of its bytes', async () => {
    const upload = await startStream(owner, 16 * MIB + 10)
    expect(upload.plan).toMatchObject({ sizeBytes: null, partCount: null })
    await upload.send()
    expect(await getUpload(owner, upload.plan)).toMatchObject({ sizeBytes: null, partCount: null })
    const { file } = await completeUpload(owner, upload.ends)
    expect(file).toMatchObject({ status: 'READY', sizeBytes: 16 * MIB + 10, integrity: 'sha256-parts' })
    expect(await getUpload(owner, upload.plan)).toMatchObject({ sizeBytes: 16 * MIB + 10, partCount: 2 })
  })

  test('may end at once, and leaves no parts behind', async () => {
    await using _ = await world.startWorker()
    const upload = await startStream(owner, 0)
    const { file: row, storeUploadId } = await rowOf(owner, upload.plan)
    const { file } = await completeUpload(owner, upload.ends)
    expect(file).toMatchObject({ status: 'READY', sizeBytes: 0 })
    expect((await completeUpload(owner, upload.ends)).file.id).toBe(file.id)
    expect(await world.platform.store.head(row.objectKey)).toMatchObject({
      sizeBytes: 0,
      uploadToken: upload.plan.uploadId,
    })
    await until(
      'the store has forgotten the parts',
      async () => (await world.platform.store.listParts(row.objectKey, storeUploadId!)) === null,
    )
  })

  test('that ended at once is completed by whoever comes after a server that died', async () => {
    const upload = await startStream(owner, 0)
    const { platform } = owner
    const dying = { ...platform.store, putEmpty: () => Promise.reject(new Error('killed')) }
    const context = { ...owner, platform: { ...platform, store: dying } }
    await expect(completeUpload(context, upload.ends)).rejects.toThrow('killed')
    expect((await completeUpload(owner, upload.ends)).file).toMatchObject({ status: 'READY', sizeBytes: 0 })
  })

  test.each<[string, (sizeBytes: number) => number | undefined, string]>([
    ['not told', () => undefined, 'INVALID_INPUT'],
    ['too short', (sizeBytes) => sizeBytes - 1, 'SIZE_MISMATCH'],
    ['nothing at all', () => 0, 'SIZE_MISMATCH'],
    ['too long', (sizeBytes) => sizeBytes + 1, 'SIZE_MISMATCH'],
    ['more parts than were sent', () => 17 * MIB, 'UPLOAD_INCOMPLETE'],
  ])('whose length is %s stays open, and completes with the true one', async (_, told, code) => {
    const upload = await startStream(owner, 1000)
    await upload.send()
    const { uploadId } = upload.plan
    await expect(completeUpload(owner, { uploadId, sizeBytes: told(1000) })).rejects.toMatchObject({ code })
    expect((await completeUpload(owner, upload.ends)).file).toMatchObject({ status: 'READY', sizeBytes: 1000 })
  })

  test('has one length: told again, it must be the same', async () => {
    const upload = await startStream(owner, 1000)
    const lengths = [1000, 999, 1000, 17 * MIB]
    await upload.send()
    const { uploadId } = upload.plan
    const ends = await Promise.allSettled(lengths.map((sizeBytes) => completeUpload(owner, { uploadId, sizeBytes })))
    expect(ends.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0)
    await expect(completeUpload(owner, { uploadId, sizeBytes: 999 })).rejects.toMatchObject({ code: 'SIZE_MISMATCH' })
    expect((await completeUpload(owner, { uploadId })).file.sizeBytes).toBe(1000)
  })

  test('with a part that is not full before its end is not put together', async () => {
    const upload = await startStream(owner, 1000)
    await upload.send()
    const { platform } = owner
    await platform.database
      .sql`insert into upload_parts (upload_id, number, size_bytes) values (${upload.plan.uploadId}, 2, 5)`
    const { uploadId } = upload.plan
    await expect(completeUpload(owner, { uploadId, sizeBytes: 1005 })).rejects.toMatchObject({ code: 'SIZE_MISMATCH' })
  })

  test('of known length is completed with that length or none', async () => {
    const bytes = new TextEncoder().encode('known')
    const plan = await startUpload(owner, { name: 'a.txt', sizeBytes: 5 })
    if (plan.mode !== 'single') throw new Error('Expected one PUT.')
    await put(plan.put, bytes)
    const { uploadId } = plan
    await expect(completeUpload(owner, { uploadId, sizeBytes: 4 })).rejects.toMatchObject({ code: 'SIZE_MISMATCH' })
    expect((await completeUpload(owner, { uploadId, sizeBytes: 5 })).file.status).toBe('READY')
  })
})

describe('uploads to go on with', () => {
  test('are listed for their own person, the newest first, until they end', async () => {
    const somebody = await world.stranger()
    const older = await startParts(somebody, 17 * MIB)
    const newer = await startUpload(somebody, { name: 'b.txt', sizeBytes: 3, fingerprint: sha256('b') })
    const stream = await startStream(somebody, 1000)
    expect(await listOpenUploads(somebody)).toMatchObject([
      { uploadId: stream.plan.uploadId, sizeBytes: null },
      { uploadId: newer.uploadId, fileId: newer.fileId, name: 'b.txt', sizeBytes: 3, fingerprint: sha256('b') },
      { uploadId: older.plan.uploadId, sizeBytes: 17 * MIB, fingerprint: null },
    ])
    await abortUpload(somebody, newer)
    await stream.send()
    await completeUpload(somebody, stream.ends)
    expect((await listOpenUploads(somebody)).map(({ uploadId }) => uploadId)).toEqual([older.plan.uploadId])
    expect(await listOpenUploads(owner)).not.toContainEqual(expect.objectContaining({ uploadId: older.plan.uploadId }))
    await abortUpload(somebody, older.plan)
  })
})

describe('what a download is checked against', () => {
  test('are the hashes of the parts, one after the other', async () => {
    const upload = await startParts(owner, 17 * MIB)
    await upload.send()
    const fileId = upload.plan.fileId
    await expect(getFileDigests(owner, { fileId })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
    await completeUpload(owner, upload.ends)
    expect(await getFileDigests(owner, { fileId })).toEqual({
      sizeBytes: 17 * MIB,
      partSizeBytes: 8 * MIB,
      sha256: Buffer.from([1, 2, 3].map((number) => sha256(upload.slice(number))).join(''), 'hex').toString('base64'),
    })
  })

  test('is the hash of a whole that went up as one PUT', async () => {
    const { file } = await uploadBytes(owner, 'a.txt', 'whole', { startJobs: false })
    expect(await getFileDigests(owner, { fileId: file.id })).toEqual({
      sizeBytes: 5,
      partSizeBytes: 5,
      sha256: Buffer.from(sha256('whole'), 'hex').toString('base64'),
    })
  })

  test('is nothing when its client did not hash it', async () => {
    const upload = await startStream(owner, 1000, { hashed: false })
    await upload.send()
    await completeUpload(owner, upload.ends)
    expect(await getFileDigests(owner, upload.plan)).toBeNull()
  })
})
