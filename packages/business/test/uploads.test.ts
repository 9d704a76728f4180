import { createHash, randomBytes } from 'node:crypto'
import {
  abortUpload,
  completeUpload,
  deleteFile,
  getFile,
  getUpload,
  listValetKeys,
  searchCatalog,
  signParts,
  startUpload,
} from '@bellhop/business'
import type { Context } from '@bellhop/business'
import { MIB } from '@bellhop/model'
import type { UploadPlan } from '@bellhop/model'
import { findUpload, moveUpload } from '@bellhop/persistence'
import { put, startTestPlatform, until, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let world: TestPlatform
let owner: Context

beforeAll(async () => {
  world = await startTestPlatform({ maxFileSizeBytes: 100 * MIB })
  owner = world.owner
})
afterAll(() => world[Symbol.asyncDispose]())

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

async function single(
  content: Uint8Array<ArrayBuffer>,
  options: { name?: string; mediaType?: string; sha256?: string } = {},
) {
  const plan = await startUpload(owner, { name: 'a.txt', startJobs: false, ...options, sizeBytes: content.length })
  if (plan.mode !== 'single') throw new Error('Expected one PUT.')
  return plan
}

async function multipart(sizeBytes = 17 * MIB) {
  const plan = await startUpload(owner, { name: 'big.bin', sizeBytes, startJobs: false })
  if (plan.mode !== 'multipart') throw new Error('Expected parts.')
  const bytes = randomBytes(sizeBytes)
  const slice = (number: number) =>
    new Uint8Array(bytes.subarray((number - 1) * plan.partSizeBytes, number * plan.partSizeBytes))
  const send = async (numbers: readonly number[], options: { bound: boolean } = { bound: true }) => {
    const parts = numbers.map((number) => ({ number, ...(options.bound ? { sha256: sha256(slice(number)) } : {}) }))
    for (const part of await signParts(owner, { uploadId: plan.uploadId, parts })) {
      expect((await put(part.request, slice(part.number))).status).toBe(200)
    }
  }
  return { plan, slice, send }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function storedKeys(): Promise<string[]> {
  return world.platform.store.list('')
}

async function objectKeyOf(plan: UploadPlan): Promise<string> {
  return (await findUpload(world.platform.database.db, owner.caller.workspaceId, plan.uploadId))!.file.objectKey
}

describe('a small file', () => {
  test('becomes READY when its bytes are there, verified, and known by their hash', async () => {
    const { file, jobs } = await uploadBytes(owner, 'hello.txt', 'hello', { tags: ['Greeting'], startJobs: false })
    expect(file).toMatchObject({
      name: 'hello.txt',
      status: 'READY',
      integrity: 'sha256',
      sha256: sha256(Buffer.from('hello')),
      sizeBytes: 5,
      type: 'document',
      tags: ['greeting'],
    })
    expect(jobs).toEqual([])
  })

  test('may be empty', async () => {
    const { file } = await uploadBytes(owner, 'empty.bin', '')
    expect(file).toMatchObject({ status: 'READY', sizeBytes: 0 })
  })

  test('starts the jobs of its type in the transaction that makes it READY', async () => {
    const { jobs } = await uploadBytes(owner, 'table.csv', 'a,b\n1,2\n')
    expect(jobs.map(({ kind, status }) => [kind, status])).toEqual([['dataset.profile', 'PENDING']])
  })

  test('is completed twice, and by twenty at once, with one outcome', async () => {
    const bytes = new TextEncoder().encode('again')
    const plan = await single(bytes, { sha256: sha256(bytes) })
    await put(plan.put, bytes)
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => completeUpload(owner, plan)))
    const files = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.file.id] : []))
    expect(new Set(files)).toEqual(new Set([plan.fileId]))
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'UPLOAD_BUSY' })
    expect((await completeUpload(owner, plan)).file.status).toBe('READY')
  })

  test('is not complete before its bytes are there, and can be sent then', async () => {
    const bytes = new TextEncoder().encode('late')
    const plan = await single(bytes)
    await expect(completeUpload(owner, plan)).rejects.toMatchObject({
      code: 'UPLOAD_INCOMPLETE',
      details: { missing: [1] },
    })
    await put(plan.put, bytes)
    expect((await completeUpload(owner, plan)).file).toMatchObject({ status: 'READY', integrity: 'size' })
  })
})

describe('a key opens for nothing else', () => {
  const bytes = new TextEncoder().encode('the bytes')

  test.each<[string, number, (plan: Extract<UploadPlan, { mode: 'single' }>) => Promise<Response>]>([
    ['other bytes of the same length', 400, (plan) => put(plan.put, new TextEncoder().encode('THE BYTES'))],
    ['fewer bytes', 403, (plan) => put(plan.put, bytes.slice(1))],
    [
      'another type',
      403,
      (plan) => put({ ...plan.put, headers: { ...plan.put.headers, 'content-type': 'text/html' } }, bytes),
    ],
    [
      'another object',
      403,
      (plan) => put({ ...plan.put, url: plan.put.url.replace(plan.fileId, `${plan.fileId}0`) }, bytes),
    ],
    ['another method', 403, (plan) => fetch(plan.put.url)],
    ['deleting', 403, (plan) => fetch(plan.put.url, { method: 'DELETE', headers: plan.put.headers })],
    [
      'overwriting without the condition',
      403,
      (plan) =>
        fetch(plan.put.url, {
          method: 'PUT',
          body: bytes,
          headers: Object.fromEntries(Object.entries(plan.put.headers).filter(([name]) => name !== 'if-none-match')),
        }),
    ],
  ])('%s', async (_, status, attempt) => {
    const plan = await single(bytes, { sha256: sha256(bytes) })
    expect((await attempt(plan)).status).toBe(status)
    expect((await put(plan.put, bytes)).status).toBe(200)
    expect((await put(plan.put, bytes)).status).toBe(412)
  })

  test('a part key opens for its own part and length only', async () => {
    const { plan, slice } = await multipart()
    const [part] = await signParts(owner, { uploadId: plan.uploadId, parts: [{ number: 1, sha256: sha256(slice(1)) }] })
    expect(
      (await put({ ...part!.request, url: part!.request.url.replace('partNumber=1', 'partNumber=2') }, slice(1)))
        .status,
    ).toBe(403)
    expect((await put(part!.request, slice(1).slice(1))).status).toBe(403)
    expect((await put(part!.request, slice(2))).status).not.toBe(200)
    await abortUpload(owner, plan)
  })

  test('no text of a client is in the object key', async () => {
    const plan = await startUpload(owner, { name: '../../etc/passwd', sizeBytes: 1, tags: ['../x'], startJobs: false })
    expect(await objectKeyOf(plan)).toBe(`workspaces/${owner.caller.workspaceId}/files/${plan.fileId}`)
    expect((await getFile(owner, plan)).name).toBe('passwd')
  })
})

describe('a large file', () => {
  test('names the parts that lack, takes them, and is put together by the store', async () => {
    const { plan, send } = await multipart()
    await send([1, 3])
    await expect(completeUpload(owner, plan)).rejects.toMatchObject({
      code: 'UPLOAD_INCOMPLETE',
      details: { missing: [2] },
    })
    expect((await getUpload(owner, plan)).arrived.map(({ number }) => number)).toEqual([1, 3])
    await send([2])
    expect((await completeUpload(owner, plan)).file).toMatchObject({
      status: 'READY',
      integrity: 'sha256-parts',
      sizeBytes: 17 * MIB,
    })
  })

  test('is vouched for by its size only when one key was not bound to its bytes', async () => {
    const { plan, send } = await multipart()
    await send([1, 2])
    await send([3], { bound: false })
    expect((await completeUpload(owner, plan)).file.integrity).toBe('size')
  })

  test('is completed although the answer of the store was lost before our commit', async () => {
    const { plan, send } = await multipart()
    await send([1, 2, 3])
    // What a server that died between the two leaves: the store has completed, our row is COMPLETING.
    const upload = (await findUpload(world.platform.database.db, owner.caller.workspaceId, plan.uploadId))!
    const { objectKey } = upload.file
    const parts = await world.platform.store.listParts(objectKey, upload.storeUploadId!)
    await world.platform.store.completeMultipart(objectKey, upload.storeUploadId!, parts!)
    await world.platform.database
      .sql`update uploads set status = 'COMPLETING', completing_at = now() - interval '2 minutes' where id = ${plan.uploadId}`
    expect((await completeUpload(owner, plan)).file).toMatchObject({ status: 'READY' })
  })

  test('aborted leaves no part behind, and cannot be completed', async () => {
    await using _ = await world.startWorker()
    const { plan, send } = await multipart()
    await send([1])
    const upload = (await findUpload(world.platform.database.db, owner.caller.workspaceId, plan.uploadId))!
    expect(await abortUpload(owner, plan)).toEqual({ status: 'ABORTED' })
    expect(await abortUpload(owner, plan)).toEqual({ status: 'ABORTED' })
    await expect(completeUpload(owner, plan)).rejects.toMatchObject({ code: 'UPLOAD_NOT_OPEN' })
    await expect(signParts(owner, { uploadId: plan.uploadId, parts: [{ number: 1 }] })).rejects.toMatchObject({
      code: 'UPLOAD_NOT_OPEN',
    })
    await until(
      'the parts are gone',
      async () => (await world.platform.store.listParts(upload.file.objectKey, upload.storeUploadId!)) === null,
    )
  })

  test('aborted and completed at once has one end', async () => {
    for (let race = 0; race < 10; race++) {
      const bytes = new TextEncoder().encode(`race ${race}`)
      const plan = await single(bytes)
      await put(plan.put, bytes)
      const [completed, aborted] = await Promise.allSettled([completeUpload(owner, plan), abortUpload(owner, plan)])
      const { status } = (await findUpload(world.platform.database.db, owner.caller.workspaceId, plan.uploadId))!
      if (completed.status === 'fulfilled') expect(status).toBe('COMPLETED')
      else expect(status).toBe('ABORTED')
      expect([completed, aborted].filter((end) => end.status === 'fulfilled')).toHaveLength(1)
    }
  })
})

describe('what is refused, with a sentence and a code', () => {
  test.each([
    [{ name: '', sizeBytes: 1 }, 'FILE_NAME_INVALID'],
    [{ name: 'x'.repeat(300), sizeBytes: 1 }, 'FILE_NAME_INVALID'],
    [{ name: 'big.bin', sizeBytes: 101 * MIB }, 'FILE_TOO_LARGE'],
  ])('%j: %s', async (input, code) => {
    await expect(startUpload(owner, input)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/^[A-Z].+[.;].*\.$/),
    })
  })

  test('a lie about the type: the file is REJECTED and its object removed', async () => {
    await using _ = await world.startWorker()
    const bytes = new TextEncoder().encode('I am no picture')
    const plan = await single(bytes, { name: 'a.png', mediaType: 'image/png' })
    await put(plan.put, bytes)
    await expect(completeUpload(owner, plan)).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
    await expect(completeUpload(owner, plan)).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
    expect(await getFile(owner, plan)).toMatchObject({ status: 'REJECTED', error: { code: 'TYPE_MISMATCH' } })
    await until(
      'the object is gone',
      async () => !(await storedKeys()).includes(`workspaces/${owner.caller.workspaceId}/files/${plan.fileId}`),
    )
  })

  test('a picture that is called text', async () => {
    const plan = await single(new Uint8Array(png), { name: 'notes.csv', mediaType: 'text/csv' })
    await put(plan.put, new Uint8Array(png))
    await expect(completeUpload(owner, plan)).rejects.toMatchObject({ code: 'TYPE_MISMATCH', details: undefined })
  })

  test('a viewer who uploads', async () => {
    await expect(startUpload(world.as('viewer'), { name: 'a', sizeBytes: 1 })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
  })

  test('a part outside the plan', async () => {
    const { plan } = await multipart()
    await expect(signParts(owner, { uploadId: plan.uploadId, parts: [{ number: 4 }] })).rejects.toMatchObject({
      code: 'PART_OUT_OF_RANGE',
    })
    await abortUpload(owner, plan)
  })
})

test('while the store is away nothing is lost: the upload is open again and completes later', async () => {
  const bytes = new TextEncoder().encode('patience')
  const plan = await single(bytes)
  await put(plan.put, bytes)
  const away: Context = {
    ...owner,
    platform: {
      ...world.platform,
      store: { ...world.platform.store, inspect: () => Promise.reject(new Error('away')) },
    },
  }
  await expect(completeUpload(away, plan)).rejects.toThrow('away')
  expect((await completeUpload(owner, plan)).file.status).toBe('READY')
})

test('the sweeper finishes what has wholly arrived and gives up only what has not', async () => {
  const { db, sql } = world.platform.database
  const bytes = new TextEncoder().encode('arrived')
  const arrived = await single(bytes)
  await put(arrived.put, bytes)
  const left = await single(bytes)
  await sql`update uploads set expires_at = now() - interval '1 second' where id in (${arrived.uploadId}, ${left.uploadId})`
  await using _ = await world.startWorker()
  await sql`select graphile_worker.add_job('uploads:sweep')`
  const statusOf = async (plan: UploadPlan) => (await findUpload(db, owner.caller.workspaceId, plan.uploadId))!.status
  await until(
    'both are settled',
    async () => (await statusOf(arrived)) === 'COMPLETED' && (await statusOf(left)) === 'ABORTED',
  )
  expect((await getFile(owner, arrived)).status).toBe('READY')
  await expect(getFile(owner, left)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
})

test('every key is in the ledger: what for, how much, until when, from where, and that it was used', async () => {
  const { plan, send } = await multipart()
  await send([1, 2])
  await send([3])
  await completeUpload(owner, plan)
  const { items } = await listValetKeys(owner, { fileId: plan.fileId, limit: 10 })
  expect(
    items.map(({ purpose, firstPart, keyCount, sizeBytes, fromAddress }) => ({
      purpose,
      firstPart,
      keyCount,
      sizeBytes,
      fromAddress,
    })),
  ).toEqual([
    { purpose: 'upload-part', firstPart: 3, keyCount: 1, sizeBytes: MIB, fromAddress: '127.0.0.1' },
    { purpose: 'upload-part', firstPart: 1, keyCount: 2, sizeBytes: 16 * MIB, fromAddress: '127.0.0.1' },
  ])
  for (const key of items) {
    expect(key.usedAt).not.toBeNull()
    expect(Date.parse(key.expiresAt) - Date.parse(key.issuedAt)).toBe(64_000)
  }
})

test('a deleted file leaves the catalog, and its object the store', async () => {
  await using _ = await world.startWorker()
  const { file } = await uploadBytes(owner, 'goodbye.txt', 'bye', { startJobs: false })
  const listed = async () =>
    (await searchCatalog(owner, { text: 'goodbye', sort: 'newest', limit: 10 })).items.map(({ id }) => id)
  await until('it is in the catalog', async () => (await listed()).includes(file.id))
  await deleteFile(owner, { fileId: file.id })
  await until('it has left the catalog', async () => (await listed()).length === 0)
  await until('its object is gone', async () => !(await storedKeys()).some((key) => key.endsWith(file.id)))
  await expect(deleteFile(owner, { fileId: file.id })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
})

test('an upload may be moved by its own commands only', async () => {
  const plan = await single(new TextEncoder().encode('x'))
  expect(await moveUpload(world.platform.database.db, plan.uploadId, 'complete')).toBe(false)
  expect(await moveUpload(world.platform.database.db, plan.uploadId, 'reject')).toBe(false)
})
