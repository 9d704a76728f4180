import {
  abortUpload,
  completeUpload,
  deleteFile,
  getFile,
  getFileDigests,
  getUpload,
  listOpenUploads,
  listValetKeys,
  renewUpload,
  revokeValetKey,
  signParts,
  startDownload,
  startUpload,
} from '@bellhop/business'
import type { Context } from '@bellhop/business'
import { MIB } from '@bellhop/model'
import type { SignedRequest, UploadPlan } from '@bellhop/model'
import { put, startTestPlatform, until, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reportBinding, rowOf, sha256, startParts } from './world/part-upload.ts'
import type { PartUpload } from './world/part-upload.ts'

let world: TestPlatform
let owner: Context

beforeAll(async () => {
  world = await startTestPlatform()
  owner = world.owner
})
afterAll(() => world[Symbol.asyncDispose]())

const bytes = new TextEncoder().encode('the very bytes')
const otherBytes = new TextEncoder().encode('THE VERY BYTES')

async function wholeKey(ctx = owner): Promise<SignedRequest & { plan: UploadPlan }> {
  const hash = { sha256: sha256(bytes), sizeBytes: bytes.length }
  const plan = await startUpload(ctx, { name: 'a.txt', mediaType: 'text/plain', startJobs: false, ...hash })
  if (plan.mode !== 'single') throw new Error('Expected one PUT.')
  return { ...plan.put, plan }
}

async function partKey(upload: PartUpload, number: number, ctx = owner): Promise<SignedRequest> {
  const parts = [{ number, sha256: sha256(upload.slice(number)) }]
  const [part] = await signParts(ctx, { uploadId: upload.plan.uploadId, parts })
  return part!.request
}

async function answer(request: SignedRequest, body: Uint8Array<ArrayBuffer> | null, change: Partial<RequestInit> = {}) {
  const response = await fetch(request.url, { method: request.method, headers: request.headers, body, ...change })
  const text = await response.text()
  return { status: response.status, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? null }
}

const REFUSED = { status: 403, code: 'SignatureDoesNotMatch' }
const without = (request: SignedRequest, name: string) =>
  Object.fromEntries(Object.entries(request.headers).filter(([header]) => header !== name))

/** What a bearer may try with a key that is not theirs to change. */
const MISUSES: Record<string, (key: SignedRequest, body: Uint8Array<ArrayBuffer>) => ReturnType<typeof answer>> = {
  'fewer bytes': (key, body) => answer(key, body.slice(1)),
  'more bytes': (key, body) => answer(key, new Uint8Array([...body, 0])),
  'no bytes': (key) => answer(key, new Uint8Array()),
  'another type': (key, body) => answer(key, body, { headers: { ...key.headers, 'content-type': 'text/html' } }),
  'no type': (key, body) => answer(key, body, { headers: without(key, 'content-type') }),
  'no hash': (key, body) => answer(key, body, { headers: without(key, 'x-amz-content-sha256') }),
  'another hash': (key, body) =>
    answer(key, body, { headers: { ...key.headers, 'x-amz-content-sha256': sha256(otherBytes) } }),
  'a hash that is waived': (key, body) =>
    answer(key, body, { headers: { ...key.headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } }),
  'another object': (key, body) => answer({ ...key, url: key.url.replace('/files/file_', '/files/file_0') }, body),
  'the object of another workspace': (key, body) =>
    answer({ ...key, url: key.url.replace(owner.caller.workspaceId, 'ws_00000000000000000000000000') }, body),
  'another bucket': (key, body) => answer({ ...key, url: key.url.replace('/test/', '/tess/') }, body),
  'a longer life': (key, body) =>
    answer({ ...key, url: key.url.replace(/X-Amz-Expires=\d+/, 'X-Amz-Expires=604800') }, body),
  'a later date': (key, body) => {
    const date = new Date(Date.now() + 1000).toISOString().replaceAll(/[-:]|\.\d{3}/g, '')
    return answer({ ...key, url: key.url.replace(/X-Amz-Date=\w+/, `X-Amz-Date=${date}`) }, body)
  },
  'another parameter': (key, body) => answer({ ...key, url: `${key.url}&tagging=` }, body),
  reading: (key) => answer(key, null, { method: 'GET' }),
  looking: (key) => answer(key, null, { method: 'HEAD' }),
  deleting: (key) => answer(key, null, { method: 'DELETE' }),
  completing: (key) => answer(key, new TextEncoder().encode('<CompleteMultipartUpload/>'), { method: 'POST' }),
}

describe('the key of a whole file is refused for', () => {
  test.each(Object.entries(MISUSES))('%s', async (name, misuse) => {
    const key = await wholeKey()
    const { status, code } = await misuse(key, bytes)
    expect(status).toBe(403)
    if (name !== 'looking') expect(code).toBe(REFUSED.code)
    expect((await put(key, bytes)).status).toBe(200)
  })

  test('other bytes of the same length', async () => {
    const key = await wholeKey()
    expect(await answer(key, otherBytes)).toEqual({ status: 400, code: 'XAmzContentSHA256Mismatch' })
    expect((await put(key, bytes)).status).toBe(200)
  })

  test.each(['if-none-match', 'x-amz-meta-bellhop-upload'])('leaving out %s', async (header) => {
    const key = await wholeKey()
    expect(await answer(key, bytes, { headers: without(key, header) })).toEqual(REFUSED)
    const changed = { ...key.headers, [header]: 'another' }
    expect(await answer(key, bytes, { headers: changed })).toEqual(REFUSED)
  })

  test('using it again, before and after the file is complete', async () => {
    const key = await wholeKey()
    expect((await put(key, bytes)).status).toBe(200)
    expect(await answer(key, bytes)).toEqual({ status: 412, code: 'PreconditionFailed' })
    expect((await completeUpload(owner, key.plan)).file.status).toBe('READY')
    expect(await answer(key, bytes)).toEqual({ status: 412, code: 'PreconditionFailed' })
    await expect(renewUpload(owner, key.plan)).rejects.toMatchObject({ code: 'UPLOAD_NOT_OPEN' })
  })
})

describe('the key of a part is refused for', () => {
  let upload: PartUpload
  let key: SignedRequest
  beforeAll(async () => {
    upload = await startParts(owner, 17 * MIB)
    key = await partKey(upload, 3)
  })

  test.each(Object.entries(MISUSES))('%s', async (name, misuse) => {
    const { status, code } = await misuse(key, upload.slice(3))
    expect(status).toBe(403)
    if (name !== 'looking') expect(code).toBe(REFUSED.code)
  })

  test('another part, or none', async () => {
    const body = upload.slice(3)
    expect(await answer({ ...key, url: key.url.replace('partNumber=3', 'partNumber=2') }, body)).toEqual(REFUSED)
    expect(await answer({ ...key, url: key.url.replace('&partNumber=3', '') }, body)).toEqual(REFUSED)
  })

  test('another upload of the same person', async () => {
    const [mine, other] = [
      await rowOf(owner, upload.plan),
      await rowOf(owner, (await startParts(owner, 17 * MIB)).plan),
    ]
    const url = key.url.replace(mine.storeUploadId!, other.storeUploadId!)
    expect(await answer({ ...key, url }, upload.slice(3))).toEqual(REFUSED)
  })

  test('other bytes of the same length', async () => {
    expect(await answer(key, new Uint8Array(MIB))).toEqual({ status: 400, code: 'XAmzContentSHA256Mismatch' })
  })

  test('a part that was promised with other bytes: no key is signed', async () => {
    const { uploadId } = upload.plan
    await expect(
      signParts(owner, { uploadId, parts: [{ number: 3, sha256: sha256(otherBytes) }] }),
    ).rejects.toMatchObject({ code: 'PART_CHANGED', details: { changed: [3] } })
  })

  test('anything once the file is complete', async () => {
    await upload.send([1, 2, 3])
    await completeUpload(owner, upload.ends)
    expect(await answer(key, upload.slice(3))).toEqual({ status: 404, code: 'NoSuchUpload' })
    await expect(partKey(upload, 3)).rejects.toMatchObject({ code: 'UPLOAD_NOT_OPEN' })
  })
})

describe('the key of a download is refused for', () => {
  test.each<[string, (key: SignedRequest) => Promise<{ status: number }>]>([
    ['writing', (key) => answer(key, bytes, { method: 'PUT' })],
    ['deleting', (key) => answer(key, null, { method: 'DELETE' })],
    ['another object', (key) => answer({ ...key, url: key.url.replace('/files/file_', '/files/file_0') }, null)],
    [
      'being shown in a page instead of being saved',
      (key) => answer({ ...key, url: key.url.replace('attachment', 'inline') }, null),
    ],
    [
      'being told as another type',
      (key) =>
        answer(
          { ...key, url: key.url.replace(/response-content-type=[^&]+/, 'response-content-type=text%2Fhtml') },
          null,
        ),
    ],
  ])('%s', async (_, misuse) => {
    const { file } = await uploadBytes(owner, 'page.html', '<script>alert(1)</script>', { startJobs: false })
    const { url } = await startDownload(owner, { id: file.id })
    const key = { method: 'GET', url, headers: {}, expiresInMs: 0 } as const
    expect(await misuse(key)).toMatchObject(REFUSED)
    expect((await fetch(url)).status).toBe(200)
  })
})

describe('what has ended', () => {
  test('an aborted upload gives no further keys, and its part keys open nothing', async () => {
    await using _ = await world.startWorker()
    const upload = await startParts(owner, 17 * MIB)
    const key = await partKey(upload, 3)
    await abortUpload(owner, upload.plan)
    await expect(partKey(upload, 3)).rejects.toMatchObject({ code: 'UPLOAD_NOT_OPEN' })
    const status = await until('the store has forgotten it', async () => {
      const refused = await answer(key, upload.slice(3))
      return refused.status === 200 ? null : refused
    })
    expect(status).toEqual({ status: 404, code: 'NoSuchUpload' })
  })

  test('what the bearer of a living key still writes after an abort is nobody’s, and is removed once it cannot come again', async () => {
    const key = await wholeKey()
    await abortUpload(owner, key.plan)
    expect((await put(key, bytes)).status).toBe(200)
    await expect(completeUpload(owner, key.plan)).rejects.toMatchObject({ code: 'UPLOAD_NOT_OPEN' })
    await expect(getFile(owner, key.plan)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
    const [last] = await world.platform.database.sql<{ waits: boolean }[]>`
      select max(run_at) >= now() + interval '55 seconds' as waits from graphile_worker.jobs where task_identifier = 'objects:delete'`
    expect(last).toEqual({ waits: true })
  })

  test('a revoked upload is as an aborted one, and says so in the ledger', async () => {
    await using _ = await world.startWorker()
    const upload = await startParts(owner, 17 * MIB)
    const key = await partKey(upload, 3)
    const { items } = await listValetKeys(owner, { uploadId: upload.plan.uploadId, limit: 1 })
    const lines = await revokeValetKey(owner, { id: items[0]!.id })
    expect(lines.every(({ revokedAt }) => revokedAt !== null)).toBe(true)
    await expect(partKey(upload, 3)).rejects.toMatchObject({ code: 'UPLOAD_NOT_OPEN' })
    await expect(completeUpload(owner, upload.ends)).rejects.toMatchObject({ code: 'UPLOAD_NOT_OPEN' })
    await until('the store has forgotten it', async () => (await answer(key, upload.slice(3))).status === 404)
  })

  test('an expired upload gives no further keys', async () => {
    const upload = await startParts(owner, 17 * MIB)
    await world.platform.database
      .sql`update uploads set expires_at = now() - interval '1 second' where id = ${upload.plan.uploadId}`
    await expect(partKey(upload, 3)).rejects.toMatchObject({ code: 'UPLOAD_EXPIRED' })
    await expect(renewUpload(owner, upload.plan)).rejects.toMatchObject({ code: 'UPLOAD_EXPIRED' })
  })

  test('a deleted file can be downloaded by no new key', async () => {
    const { file } = await uploadBytes(owner, 'a.txt', 'gone', { startJobs: false })
    await deleteFile(owner, { fileId: file.id })
    await expect(startDownload(owner, { id: file.id })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
  })

  test('an expired key opens nothing', async () => {
    await using brief = await startTestPlatform({ keyLife: { minMs: 1000, maxMs: 1000 } })
    const key = await wholeKey(brief.owner)
    const upload = await startParts(brief.owner, 17 * MIB)
    const part = await partKey(upload, 3, brief.owner)
    // Other bytes are refused while it lives too, so that trying uses nothing up.
    for (const each of [key, part]) {
      const expired = await until('it has expired', async () => {
        const refused = await answer(each, each === key ? otherBytes : new Uint8Array(MIB))
        return refused.status === 403 ? refused : null
      })
      expect(expired.code).toBe('AccessDenied')
    }
    expect((await answer(key, bytes)).status).toBe(403)
    expect((await answer(part, upload.slice(3))).status).toBe(403)
  })
})

test('where the store keeps checksums, they are in the signature too', async () => {
  await using careful = await startTestPlatform()
  await reportBinding(careful, 'store-sha256')
  const key = await wholeKey(careful.owner)
  const header = 'x-amz-checksum-sha256'
  const other = { ...key.headers, [header]: Buffer.from(sha256(otherBytes), 'hex').toString('base64') }
  expect(await answer(key, bytes, { headers: other })).toEqual(REFUSED)
  expect(await answer(key, bytes, { headers: without(key, header) })).toEqual(REFUSED)
  expect((await put(key, bytes)).status).toBe(200)
})

describe('another workspace', () => {
  const attempts: [string, (theirs: Context, plan: UploadPlan) => Promise<unknown>][] = [
    ['signing parts', (theirs, { uploadId }) => signParts(theirs, { uploadId, parts: [{ number: 1 }] })],
    ['renewing', (theirs, { uploadId }) => renewUpload(theirs, { uploadId })],
    ['completing', (theirs, { uploadId }) => completeUpload(theirs, { uploadId })],
    ['completing with a length', (theirs, { uploadId }) => completeUpload(theirs, { uploadId, sizeBytes: 1 })],
    ['aborting', (theirs, { uploadId }) => abortUpload(theirs, { uploadId })],
    ['asking where it stands', (theirs, { uploadId }) => getUpload(theirs, { uploadId })],
    ['asking for the hashes', (theirs, { fileId }) => getFileDigests(theirs, { fileId })],
    ['deleting the file', (theirs, { fileId }) => deleteFile(theirs, { fileId })],
  ]
  test.each(attempts)('has no such upload: %s', async (_, attempt) => {
    const theirs = await world.stranger()
    for (const upload of [await wholeKey().then(({ plan }) => plan), (await startParts(owner, 17 * MIB)).plan]) {
      await expect(attempt(theirs, upload)).rejects.toMatchObject({
        code: expect.stringMatching(/^(UPLOAD|FILE)_NOT_FOUND$/),
      })
      expect((await rowOf(owner, upload)).status).toBe('OPEN')
    }
    expect(await listOpenUploads(theirs)).toEqual([])
  })
})
