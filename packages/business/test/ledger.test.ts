import { createHash, randomBytes } from 'node:crypto'
import {
  abortUpload,
  completeUpload,
  createApiKey,
  getUpload,
  identifyCaller,
  listValetKeys,
  listenForChanges,
  openPlatform,
  previewDownloads,
  renewUpload,
  revokeApiKey,
  revokeValetKey,
  signParts,
  startDownload,
  startUpload,
} from '@bellhop/business'
import type { Caller, Context, Platform } from '@bellhop/business'
import { MIB } from '@bellhop/model'
import type { ValetKeyRecord } from '@bellhop/model'
import { createUser, findUpload } from '@bellhop/persistence'
import { put, startTestPlatform, until, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { CallerCache } from '../src/caller-cache.ts'

let world: TestPlatform
let owner: Context
/** Others of the same workspace. */
let kim: Context
let lee: Context

beforeAll(async () => {
  world = await startTestPlatform()
  owner = world.owner
  const person = async (name: string): Promise<Context> => {
    const userId = await createUser(world.platform.database.db, {
      name,
      email: `${randomBytes(6).toString('hex')}@x.y`,
    })
    return { ...owner, caller: { ...owner.caller, userId, role: 'member', address: '192.0.2.7' } }
  }
  kim = await person('김 Minji')
  lee = await person('Lee 100%')
})
afterAll(() => world[Symbol.asyncDispose]())

const png = new Uint8Array(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
)

type Filter = Omit<Parameters<typeof listValetKeys>[1], 'limit'>

async function list(ctx: Context, filter: Filter = {}): Promise<readonly ValetKeyRecord[]> {
  return (await listValetKeys(ctx, { ...filter, limit: 100 })).items
}

async function multipart(ctx: Context, name = 'big.bin') {
  const bytes = new Uint8Array(randomBytes(17 * MIB))
  const plan = await startUpload(ctx, { name, sizeBytes: bytes.length, startJobs: false })
  if (plan.mode !== 'multipart') throw new Error('Expected parts.')
  const slice = (number: number) => bytes.slice((number - 1) * plan.partSizeBytes, number * plan.partSizeBytes)
  const sign = (...numbers: number[]) =>
    signParts(ctx, {
      uploadId: plan.uploadId,
      parts: numbers.map((number) => ({
        number,
        sha256: createHash('sha256').update(slice(number)).digest('hex'),
      })),
    })
  return { plan, slice, sign }
}

describe('the ledger', () => {
  test('says of every key who, what, why, until when and from where', async () => {
    const { key } = await createApiKey(owner, { name: 'Nightly backup', role: 'owner' })
    const caller = await identifyCaller(world.platform, {
      apiKey: key,
      headers: new Headers(),
      workspaceId: null,
      address: '198.51.100.1',
    })
    const { file } = await uploadBytes({ ...owner, caller }, 'dump.sql', 'select 1', { startJobs: false })
    const { keyId } = await startDownload(kim, { id: file.id })
    const [download, upload] = await list(owner, { fileId: file.id })
    expect(download).toMatchObject({
      id: keyId,
      purpose: 'download',
      userId: kim.caller.userId,
      userName: '김 Minji',
      apiKeyName: null,
      fileName: 'dump.sql',
      keyCount: 1,
      sizeBytes: 8,
      fromAddress: '192.0.2.7',
      usedAt: null,
      revokedAt: null,
    })
    expect(upload).toMatchObject({
      purpose: 'upload',
      userName: 'Owner',
      apiKeyName: 'Nightly backup',
      fromAddress: '198.51.100.1',
      usedAt: expect.stringMatching(/Z$/),
    })
  })

  test('is found by file, by upload, by person and by text, and shows the key itself to nobody', async () => {
    const { file } = await uploadBytes(kim, 'Ｒeport_50%.txt', 'x', { startJobs: false })
    const { plan, sign } = await multipart(lee, 'C:\\data\\holiday.mov')
    await sign(1)
    await startDownload(lee, { id: file.id })
    const purposes = async (filter: Filter) =>
      (await list(owner, filter)).map(({ purpose, userName }) => `${purpose} ${userName}`)
    expect(await purposes({ fileId: file.id })).toEqual(['download Lee 100%', 'upload 김 Minji'])
    expect(await purposes({ uploadId: plan.uploadId })).toEqual(['upload-part Lee 100%'])
    expect(await purposes({ userId: lee.caller.userId })).toEqual(['download Lee 100%', 'upload-part Lee 100%'])
    expect(await purposes({ text: 'report_50%' })).toEqual([])
    expect(await purposes({ text: 'REPORT_50%'.replace('R', 'Ｒ') })).toHaveLength(2)
    expect(await purposes({ text: 'HOLIDAY' })).toEqual(['upload-part Lee 100%'])
    expect(await purposes({ text: '김' })).toContain('upload 김 Minji')
    expect(await purposes({ text: '0%' })).toHaveLength(3)
    expect(await purposes({ text: 'h_liday' })).toEqual([])
    expect(await purposes({ text: '%' })).toHaveLength(3)
    expect(await purposes({ text: '\\' })).toEqual([])
    expect(JSON.stringify(await list(owner))).not.toMatch(/Signature|http/)
    await abortUpload(lee, plan)
  })

  test('has pages that miss and repeat nothing while lines are added', async () => {
    const { file } = await uploadBytes(owner, 'paged.txt', 'x', { startJobs: false })
    for (let download = 0; download < 6; download++) await startDownload(owner, { id: file.id })
    const expected = (await list(owner, { text: 'paged' })).map(({ id }) => id)
    expect(expected).toHaveLength(7)
    const found: string[] = []
    let cursor: string | undefined
    do {
      const page = await listValetKeys(owner, { text: 'paged', limit: 2, cursor })
      found.push(...page.items.map(({ id }) => id))
      await startDownload(owner, { id: file.id })
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(found).toEqual(expected)
    await expect(listValetKeys(owner, { limit: 2, cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })

  test('looks through ten thousand lines for a text, and goes on from there when asked', async () => {
    const { file } = await uploadBytes(lee, 'needle.txt', 'x', { startJobs: false })
    const filter = { userId: lee.caller.userId, text: 'needle', limit: 10 }
    await world.platform.database.sql`
      insert into valet_keys (id, workspace_id, user_id, purpose, file_id, object_key, size_bytes, expires_at)
      select 'vk_zz' || lpad(n::text, 24, '0'), ${owner.caller.workspaceId}, ${lee.caller.userId}, 'download', 'file_x', 'x', 1, now()
      from generate_series(1, 10000) n`
    const first = await listValetKeys(owner, filter)
    expect(first.items).toEqual([])
    const second = await listValetKeys(owner, { ...filter, cursor: first.nextCursor! })
    expect(second.items.map(({ fileId }) => fileId)).toEqual([file.id])
    expect(second.nextCursor).toBeNull()
    await world.platform.database.sql`delete from valet_keys where id like 'vk_zz%'`
  })

  test('shows its owners all, and everybody else their own lines only', async () => {
    const { file } = await uploadBytes(kim, 'private.txt', 'x', { startJobs: false })
    await startDownload(lee, { id: file.id })
    expect(await list(owner, { fileId: file.id })).toHaveLength(2)
    expect((await list(kim, { fileId: file.id })).map(({ purpose }) => purpose)).toEqual(['upload'])
    expect(new Set((await list(lee)).map(({ userId }) => userId))).toEqual(new Set([lee.caller.userId]))
    expect(await list(lee, { userId: kim.caller.userId })).toEqual([])
    expect(await list(await world.stranger())).toEqual([])
  })
})

describe('revoking', () => {
  test('a line of an upload aborts it, marks all of its lines, and leaves no part in the store', async () => {
    await using _ = await world.startWorker()
    const { plan, slice, sign } = await multipart(kim)
    const [first] = await sign(1)
    await put(first!.request, slice(1))
    await sign(2)
    const upload = (await findUpload(world.platform.database.db, owner.caller.workspaceId, plan.uploadId))!
    const [line] = await list(kim, { uploadId: plan.uploadId })
    const revoked = await revokeValetKey(owner, { id: line!.id })
    expect(revoked.map(({ firstPart, revokedAt }) => [firstPart, revokedAt === null])).toEqual([
      [2, false],
      [1, false],
    ])
    expect((await getUpload(kim, plan)).status).toBe('ABORTED')
    await expect(sign(3)).rejects.toMatchObject({ code: 'UPLOAD_NOT_OPEN' })
    await expect(renewUpload(kim, plan)).rejects.toMatchObject({ code: 'UPLOAD_NOT_OPEN' })
    await expect(completeUpload(kim, plan)).rejects.toMatchObject({ code: 'UPLOAD_NOT_OPEN' })
    await until(
      'the parts are gone',
      async () => (await world.platform.store.listParts(upload.file.objectKey, upload.storeUploadId!)) === null,
    )
    // The bearer of a living key now reaches an upload that the store no longer has.
    const [second] = revoked
    expect(Date.parse(second!.expiresAt)).toBeGreaterThan(Date.now())
    expect((await put(first!.request, slice(1))).status).toBe(404)
    expect(await revokeValetKey(owner, { id: line!.id })).toEqual(revoked)
  })

  test('a line of a single PUT ends its upload too', async () => {
    const plan = await startUpload(kim, { name: 'a', sizeBytes: 1, startJobs: false })
    const [line] = await list(kim, { fileId: plan.fileId })
    expect(await revokeValetKey(kim, { id: line!.id })).toMatchObject([{ id: line!.id, revokedAt: expect.any(String) }])
    await expect(renewUpload(kim, plan)).rejects.toMatchObject({ code: 'UPLOAD_NOT_OPEN' })
  })

  test('a line of an upload that is complete takes nothing away', async () => {
    const { file } = await uploadBytes(kim, 'done.txt', 'x', { startJobs: false })
    const [line] = await list(kim, { fileId: file.id })
    expect(await revokeValetKey(kim, { id: line!.id })).toMatchObject([{ revokedAt: expect.any(String) }])
    expect((await startDownload(kim, { id: file.id })).name).toBe('done.txt')
  })

  test('a download ends that line and no other, and what is out opens until it expires', async () => {
    const { file } = await uploadBytes(kim, 'a.txt', 'hello', { startJobs: false })
    const [one, two] = [await startDownload(kim, { id: file.id }), await startDownload(kim, { id: file.id })]
    const [line] = await revokeValetKey(owner, { id: one.keyId })
    expect(line).toMatchObject({ id: one.keyId, revokedAt: expect.any(String) })
    await expect(startDownload(kim, { id: file.id, renews: one.keyId })).rejects.toMatchObject({
      code: 'VALET_KEY_REVOKED',
    })
    expect((await startDownload(kim, { id: file.id, renews: two.keyId })).keyId).toBe(two.keyId)
    expect((await fetch(one.url)).status).toBe(200)
  })

  test('a preview is not given out again while it would live', async () => {
    const { file } = await uploadBytes(kim, 'a.png', png, { startJobs: false })
    const ids = [file.id]
    expect(await previewDownloads(kim, { ids })).toHaveLength(1)
    const [line] = await list(kim, { fileId: file.id })
    await revokeValetKey(owner, { id: line!.id })
    expect(await previewDownloads(kim, { ids })).toEqual([])
    expect(await previewDownloads(lee, { ids })).toHaveLength(1)
    await world.platform.database.sql`update valet_keys set expires_at = now() where id = ${line!.id}`
    expect(await previewDownloads(kim, { ids })).toHaveLength(1)
  })

  test('is for owners and for who asked for the key', async () => {
    const { file } = await uploadBytes(kim, 'a.txt', 'hello', { startJobs: false })
    const { keyId } = await startDownload(kim, { id: file.id })
    for (const ctx of [lee, await world.stranger()]) {
      await expect(revokeValetKey(ctx, { id: keyId })).rejects.toMatchObject({ code: 'VALET_KEY_NOT_FOUND' })
    }
    const viewer: Context = { ...kim, caller: { ...kim.caller, role: 'viewer' } }
    expect(await revokeValetKey(viewer, { id: keyId })).toHaveLength(1)
  })

  test('raced by renewals: none passes after it', async () => {
    const { file } = await uploadBytes(kim, 'a.txt', 'hello', { startJobs: false })
    const { keyId } = await startDownload(kim, { id: file.id })
    const renew = () => startDownload(kim, { id: file.id, renews: keyId })
    const ends = await Promise.allSettled([renew(), renew(), revokeValetKey(owner, { id: keyId }), renew(), renew()])
    const passed = ends.filter((end, at) => at !== 2 && end.status === 'fulfilled').length
    const [line] = await list(owner, { fileId: file.id })
    expect(line).toMatchObject({ keyCount: 1 + passed, revokedAt: expect.any(String) })
    await expect(renew()).rejects.toMatchObject({ code: 'VALET_KEY_REVOKED' })
  })
})

test('a revoked API key is issued nothing from then on, on whichever server it was revoked', async () => {
  await using second = openPlatform(world.platform.settings, world.platform.log, { name: 'second server' })
  await using _ = await listenForChanges(second)
  const { key, record } = await createApiKey(owner, { name: 'lost', role: 'member' })
  const identify = (platform: Platform) =>
    identifyCaller(platform, { apiKey: key, headers: new Headers(), workspaceId: null, address: null })
  for (const platform of [world.platform, second]) expect((await identify(platform)).apiKeyId).toBe(record.id)
  const forgets = vi.spyOn(second.callers, 'clear')
  await revokeApiKey(owner, { id: record.id })
  await expect(identify(world.platform)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  await until('the second server has heard of it', () => forgets.mock.calls.length > 0)
  await expect(identify(second)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})

test('a caller who was proved while their key was revoked is not remembered', async () => {
  const callers = new CallerCache()
  const { promise, resolve } = Promise.withResolvers<Caller>()
  const proving = callers.get(['key'], () => promise)
  callers.clear()
  resolve(owner.caller)
  await proving
  await expect(callers.get(['key'], () => Promise.reject(new Error('revoked')))).rejects.toThrow('revoked')
})
