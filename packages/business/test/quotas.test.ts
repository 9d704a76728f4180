import { randomBytes } from 'node:crypto'
import {
  abortUpload,
  completeUpload,
  createWorkspace,
  deleteFile,
  getFile,
  getQuota,
  setQuota,
  signParts,
  startUpload,
} from '@bellhop/business'
import type { Context } from '@bellhop/business'
import { LIMITS, MIB, newId } from '@bellhop/model'
import type { Quota, Usage } from '@bellhop/model'
import { put, startTestPlatform, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

let world: TestPlatform
/** In a workspace of the test's own. */
let owner: Context

const UNBOUNDED: Quota = { maxBytes: null, maxFiles: null, maxFileBytes: null, mediaTypes: null }
const NOTHING: Usage = { usedBytes: 0, usedFiles: 0, reservedBytes: 0, reservedFiles: 0 }

const png = new Uint8Array(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
)

beforeAll(async () => {
  world = await startTestPlatform({ maxFileSizeBytes: 100 * MIB })
})
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(async () => {
  const { id } = await createWorkspace(world.owner, { name: 'quotas' })
  owner = { ...world.owner, caller: { ...world.owner.caller, workspaceId: id } }
})

const bound = (quota: Partial<Quota>) => setQuota(owner, { quota: { ...UNBOUNDED, ...quota } })
const start = (sizeBytes: number, options: { name?: string; mediaType?: string } = {}) =>
  startUpload(owner, { name: 'a.bin', startJobs: false, ...options, sizeBytes })

/** The row, which must at any moment be what the files come to. */
async function usage(): Promise<Usage> {
  const [sums] = await world.platform.database.sql<{ used: Usage }[]>`
    select json_build_object(
      'usedBytes', coalesce(sum(size_bytes) filter (where status = 'READY'), 0),
      'usedFiles', count(*) filter (where status = 'READY'),
      'reservedBytes', coalesce(sum(reserved_bytes), 0),
      'reservedFiles', count(*) filter (where status = 'UPLOADING')
    ) as used
    from files where workspace_id = ${owner.caller.workspaceId}`
  const { usage: row } = await getQuota(owner)
  expect(row).toEqual(sums!.used)
  return row
}

describe('room is taken when an upload starts', () => {
  test('fifty starts at once where there is room for ten files: ten pass', async () => {
    await bound({ maxFiles: 10 })
    const starts = await Promise.allSettled(Array.from({ length: 50 }, () => start(1)))
    const refused = starts.flatMap((end) => (end.status === 'rejected' ? [end.reason as { code: string }] : []))
    expect(refused.map(({ code }) => code)).toEqual(Array.from({ length: 40 }, () => 'QUOTA_EXCEEDED'))
    expect(await usage()).toEqual({ ...NOTHING, reservedBytes: 10, reservedFiles: 10 })
  })

  test('fifty starts at once where there is room for the bytes of ten: ten pass', async () => {
    await bound({ maxBytes: 10_999 })
    const starts = await Promise.allSettled(Array.from({ length: 50 }, () => start(1_000)))
    expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    expect(await usage()).toEqual({ ...NOTHING, reservedBytes: 10_000, reservedFiles: 10 })
  })

  test('a refusal has the figures', async () => {
    await bound({ maxBytes: 3 * MIB })
    await start(2 * MIB)
    await expect(start(1.5 * MIB)).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
      message:
        'There is no room for 1.5 MiB: 0 bytes of 3 MiB are used and 2 MiB are on their way; delete files, wait for uploads to end, or ask an owner for more room.',
      details: { maxBytes: 3 * MIB, usedBytes: 0, reservedBytes: 2 * MIB, askedBytes: 1.5 * MIB },
    })
  })

  test('a file larger than the workspace takes is refused for that', async () => {
    await bound({ maxBytes: 10, maxFileBytes: 100 })
    await expect(start(101)).rejects.toMatchObject({
      code: 'FILE_TOO_LARGE',
      details: { sizeBytes: 101, maxFileBytes: 100 },
    })
    expect(await usage()).toEqual(NOTHING)
  })

  test('a type that the workspace does not take is refused', async () => {
    await bound({ mediaTypes: ['image/*', 'text/csv'] })
    await start(1, { name: 'a.png' })
    await start(1, { name: 'a.csv', mediaType: 'application/csv' })
    for (const name of ['a.mp4', 'a.txt', 'a', 'a.html']) {
      await expect(start(1, { name })).rejects.toMatchObject({
        code: 'FILE_TYPE_REFUSED',
        message: expect.stringContaining('image/*, text/csv'),
      })
    }
  })

  test('so is one that turns out to be another than was announced, when it has arrived', async () => {
    await bound({ mediaTypes: ['application/octet-stream', 'text/*'] })
    const plan = await start(png.length)
    if (plan.mode !== 'single') throw new Error('Expected one PUT.')
    await put(plan.put, png)
    const refused = { code: 'FILE_TYPE_REFUSED', message: expect.stringContaining('The file is image/png') }
    await expect(completeUpload(owner, plan)).rejects.toMatchObject(refused)
    await expect(completeUpload(owner, plan)).rejects.toMatchObject(refused)
    expect(await getFile(owner, plan)).toMatchObject({ status: 'REJECTED', error: { code: 'FILE_TYPE_REFUSED' } })
    expect(await usage()).toEqual(NOTHING)
  })

  test('a start that is sent again takes its room once, also when that was the last', async () => {
    for (const sizeBytes of [17 * MIB, 1_000]) {
      await bound({ maxBytes: sizeBytes })
      const again = { name: 'a.bin', sizeBytes, uploadId: newId('upload') }
      const plans = [await startUpload(owner, again), await startUpload(owner, again)]
      expect(new Set(plans.map(({ fileId }) => fileId)).size).toBe(1)
      expect(await usage()).toEqual({ ...NOTHING, reservedBytes: sizeBytes, reservedFiles: 1 })
      await abortUpload(owner, plans[0]!)
    }
  })

  test('a refused multipart upload is not begun in the store', async () => {
    await bound({ maxBytes: 17 * MIB })
    const ends = await Promise.allSettled(Array.from({ length: 5 }, () => start(17 * MIB)))
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const prefix = `workspaces/${owner.caller.workspaceId}/`
    expect((await world.platform.store.listMultiparts(prefix, undefined)).uploads).toHaveLength(1)
  })
})

describe('room is given back', () => {
  test('what arrives is used, by the size that it has; what is deleted is not', async () => {
    const { file } = await uploadBytes(owner, 'a.txt', 'hello', { startJobs: false })
    expect(await usage()).toEqual({ ...NOTHING, usedBytes: 5, usedFiles: 1 })
    await deleteFile(owner, { fileId: file.id })
    expect(await usage()).toEqual(NOTHING)
    await expect(deleteFile(owner, { fileId: file.id })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
    expect(await usage()).toEqual(NOTHING)
  })

  test('an aborted upload gives back once, and so does the deletion of what is on its way', async () => {
    const plan = await start(7)
    await abortUpload(owner, plan)
    await abortUpload(owner, plan)
    expect(await usage()).toEqual(NOTHING)
    await deleteFile(owner, await start(7))
    expect(await usage()).toEqual(NOTHING)
  })

  test('so does a rejected one, and deleting it changes nothing more', async () => {
    const plan = await start(15, { name: 'a.png', mediaType: 'image/png' })
    if (plan.mode !== 'single') throw new Error('Expected one PUT.')
    await put(plan.put, new TextEncoder().encode('I am no picture'))
    await expect(completeUpload(owner, plan)).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
    expect(await usage()).toEqual(NOTHING)
    await deleteFile(owner, plan)
    expect(await usage()).toEqual(NOTHING)
  })
})

describe('a stream, whose length nobody knows', () => {
  const stream = () => startUpload(owner, { name: 'a.log', sizeBytes: null, startJobs: false })
  const full = LIMITS.unknownSizePartBytes

  test('takes room as its parts are promised, each once', async () => {
    const plan = await stream()
    expect(await usage()).toEqual({ ...NOTHING, reservedFiles: 1 })
    const sign = (...numbers: number[]) =>
      signParts(owner, { uploadId: plan.uploadId, parts: numbers.map((number) => ({ number, sizeBytes: full })) })
    await sign(1, 2)
    await Promise.all([sign(2, 3), sign(3), sign(1, 3)])
    expect(await usage()).toEqual({ ...NOTHING, reservedBytes: 3 * full, reservedFiles: 1 })
    await abortUpload(owner, plan)
    expect(await usage()).toEqual(NOTHING)
    await expect(sign(4)).rejects.toMatchObject({ code: 'UPLOAD_NOT_OPEN' })
  })

  test('is refused the part that the workspace has no room for, and keeps what it has', async () => {
    await bound({ maxBytes: 2 * full })
    const plan = await stream()
    const sign = (number: number) => signParts(owner, { uploadId: plan.uploadId, parts: [{ number, sizeBytes: full }] })
    await sign(1)
    await sign(2)
    await expect(sign(3)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' })
    expect(await usage()).toEqual({ ...NOTHING, reservedBytes: 2 * full, reservedFiles: 1 })
  })

  test('ends where it becomes larger than one file may be', async () => {
    await bound({ maxFileBytes: full })
    const plan = await stream()
    const sign = (number: number) => signParts(owner, { uploadId: plan.uploadId, parts: [{ number, sizeBytes: full }] })
    await sign(1)
    await expect(sign(2)).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' })
  })

  test('is used by what it was in the end', async () => {
    const plan = await stream()
    if (plan.mode !== 'multipart') throw new Error('Expected parts.')
    const parts = [1, 2].map((number) => ({ number, sizeBytes: number === 1 ? full : 5 }))
    for (const part of await signParts(owner, { uploadId: plan.uploadId, parts })) {
      await put(part.request, new Uint8Array(part.sizeBytes))
    }
    expect(await usage()).toEqual({ ...NOTHING, reservedBytes: full + 5, reservedFiles: 1 })
    await completeUpload(owner, { uploadId: plan.uploadId, sizeBytes: full + 5 })
    expect(await usage()).toEqual({ ...NOTHING, usedBytes: full + 5, usedFiles: 1 })
  })
})

describe('bounds', () => {
  test('below what is used refuse new uploads and take nothing away; raised, they let in again', async () => {
    const { file } = await uploadBytes(owner, 'a.txt', 'hello', { startJobs: false })
    const onItsWay = await start(3)
    expect(await bound({ maxBytes: 1 })).toEqual({
      quota: { ...UNBOUNDED, maxBytes: 1 },
      usage: { usedBytes: 5, usedFiles: 1, reservedBytes: 3, reservedFiles: 1 },
    })
    await expect(start(1)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' })
    if (onItsWay.mode !== 'single') throw new Error('Expected one PUT.')
    await put(onItsWay.put, new TextEncoder().encode('abc'))
    expect((await completeUpload(owner, onItsWay)).file.status).toBe('READY')
    await bound({ maxBytes: 9 })
    await start(1)
    await deleteFile(owner, { fileId: file.id })
    expect(await usage()).toEqual({ usedBytes: 3, usedFiles: 1, reservedBytes: 1, reservedFiles: 1 })
  })

  test('are seen by all and set by owners', async () => {
    const viewer: Context = { ...owner, caller: { ...owner.caller, role: 'viewer' } }
    expect((await getQuota(viewer)).quota).toEqual(UNBOUNDED)
    await expect(setQuota(viewer, { quota: UNBOUNDED })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})

test('starts, completes, aborts and deletes of one workspace at once never deadlock, and the row is their sum', async () => {
  await bound({ maxFiles: 40, maxBytes: 4_000 })
  const lives = Array.from({ length: 120 }, async (_, life) => {
    if (life % 5 === 4) return streamLife()
    const bytes = new Uint8Array(randomBytes(1 + (life % 100)))
    const plan = await start(bytes.length)
    if (plan.mode !== 'single') throw new Error('Expected one PUT.')
    if (life % 4 === 0) return abortUpload(owner, plan)
    await put(plan.put, bytes)
    // Each pair is a race with one truthful end.
    const racing = life % 4 === 1 ? [deleteFile(owner, plan)] : life % 4 === 2 ? [abortUpload(owner, plan)] : []
    const ends = await Promise.allSettled([completeUpload(owner, plan), ...racing])
    return ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
  })
  async function streamLife(): Promise<unknown[]> {
    const plan = await startUpload(owner, { name: 'a.log', sizeBytes: null, startJobs: false })
    const sign = (number: number) =>
      signParts(owner, { uploadId: plan.uploadId, parts: [{ number, sizeBytes: 10 * number }] })
    const ends = await Promise.allSettled([
      sign(1),
      sign(2),
      deleteFile(owner, plan),
      sign(3),
      abortUpload(owner, plan),
    ])
    return ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
  }
  const ends = await Promise.allSettled(lives)
  const refusals = ends.flatMap((end) =>
    end.status === 'rejected' ? [end.reason] : Array.isArray(end.value) ? end.value : [],
  ) as { code?: string }[]
  const foreseen = ['QUOTA_EXCEEDED', 'UPLOAD_BUSY', 'UPLOAD_NOT_OPEN', 'FILE_NOT_FOUND', 'UPLOAD_INCOMPLETE']
  for (const refusal of refusals) expect(foreseen).toContain(refusal.code)
  await usage()
})

test('a file arrives though the row of its room is gone: what was stored is not taken for deleted', async () => {
  const bytes = new Uint8Array(randomBytes(1_000))
  const plan = await start(bytes.length)
  if (plan.mode !== 'single') throw new Error('Expected a single PUT.')
  await put(plan.put, bytes)
  await world.platform.database.sql`delete from quotas where workspace_id = ${owner.caller.workspaceId}`
  const { file } = await completeUpload(owner, { uploadId: plan.uploadId })
  expect(file.status).toBe('READY')
  const removals = await world.platform.database.sql`
    select from graphile_worker.jobs where task_identifier = 'objects:delete' and created_at >= ${file.createdAt}`
  expect(removals).toHaveLength(0)
})
