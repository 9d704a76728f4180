import {
  completeUpload,
  deleteFile,
  getFile,
  listValetKeys,
  previewDownloads,
  revokeValetKey,
  startDownload,
  startUpload,
} from '@bellhop/business'
import type { Context } from '@bellhop/business'
import type { FileId, ValetKeyRecord } from '@bellhop/model'
import { put, startTestPlatform, until, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let world: TestPlatform
let owner: Context

beforeAll(async () => {
  world = await startTestPlatform()
  owner = world.owner
})
afterAll(() => world[Symbol.asyncDispose]())

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

async function arrived(name: string, content: string | Uint8Array<ArrayBuffer>, mediaType?: string): Promise<FileId> {
  const options = { startJobs: false, ...(mediaType === undefined ? {} : { mediaType }) }
  return (await uploadBytes(owner, name, content, options)).file.id
}

async function lineOf(id: string): Promise<ValetKeyRecord> {
  const line = (await listValetKeys(owner, { limit: 100 })).items.find((item) => item.id === id)
  if (!line) throw new Error('Expected a line of that id.')
  return line
}

describe('a download that goes on', () => {
  test('keeps its line, lives longer, and is counted once', async () => {
    const id = await arrived('a.txt', 'hello')
    const first = await startDownload(owner, { id })
    await world.platform.database
      .sql`update valet_keys set expires_at = now() - interval '1 hour' where id = ${first.keyId}`
    const again = await startDownload(owner, { id, renews: first.keyId })
    expect(again).toMatchObject({ id, keyId: first.keyId, expiresInMs: 15 * 60_000 })
    expect(await (await fetch(again.url)).text()).toBe('hello')
    const line = await lineOf(first.keyId)
    expect(line).toMatchObject({ purpose: 'download', keyCount: 2, usedAt: null, revokedAt: null })
    expect(Date.parse(line.expiresAt)).toBeGreaterThan(Date.now())
    expect((await getFile(owner, { fileId: id })).downloadCount).toBe(1)
    await startDownload(owner, { id })
    expect((await getFile(owner, { fileId: id })).downloadCount).toBe(2)
  })

  test('goes on under a line of its own person, object and purpose, begun within a week, and no other', async () => {
    const [id, other] = [await arrived('a.png', new Uint8Array(png)), await arrived('b.txt', 'b')]
    const { keyId } = await startDownload(owner, { id })
    const member = { ...owner, caller: { ...owner.caller, userId: (await world.stranger()).caller.userId } }
    await previewDownloads(owner, { ids: [id] })
    const preview = (await listValetKeys(owner, { fileId: id, limit: 1 })).items[0]!
    expect(preview.purpose).toBe('preview')
    const old = await startDownload(owner, { id })
    await world.platform.database
      .sql`update valet_keys set issued_at = now() - interval '169 hours' where id = ${old.keyId}`
    for (const [ctx, input] of [
      [member, { id, renews: keyId }],
      [await world.stranger(), { id, renews: keyId }],
      [owner, { id: other, renews: keyId }],
      [owner, { id, renews: preview.id }],
      [owner, { id, renews: old.keyId }],
    ] as const) {
      await expect(startDownload(ctx, input)).rejects.toMatchObject({
        code: expect.stringMatching(/^(VALET_KEY|FILE)_NOT_FOUND$/),
      })
    }
    expect((await lineOf(keyId)).keyCount).toBe(1)
  })

  test('ends when it is revoked or its file is gone', async () => {
    const id = await arrived('a.txt', 'hello')
    const { keyId } = await startDownload(owner, { id })
    await revokeValetKey(owner, { id: keyId })
    await expect(startDownload(owner, { id, renews: keyId })).rejects.toMatchObject({ code: 'VALET_KEY_REVOKED' })
    const { keyId: second } = await startDownload(owner, { id })
    await deleteFile(owner, { fileId: id })
    await expect(startDownload(owner, { id, renews: second })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
  })
})

describe('what a browser might run is never shown inline', () => {
  const script = '<script xmlns="http://www.w3.org/1999/xhtml">alert(document.domain)</script>'
  test.each([
    ['a.svg', `<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`, 'image/svg+xml'],
    ['declared.svg', `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`, undefined],
    ['a.html', `<!doctype html>${script}`, 'text/html'],
    ['a.xhtml', `<html xmlns="http://www.w3.org/1999/xhtml">${script}</html>`, 'application/xhtml+xml'],
    ['a.xml', `<?xml version="1.0"?><a>${script}</a>`, 'application/xml'],
    ['a.js', 'alert(1)', 'text/javascript'],
    ['a.mjs', 'alert(1)', 'application/javascript'],
    ['a.pdf', '%PDF-1.7\n1 0 obj <</Type/Catalog>> endobj', 'application/pdf'],
    ['a.film', `<x>${script}</x>`, 'video/x+xml'],
    ['a.sound', `<x>${script}</x>`, 'audio/anything+xml'],
    ['a.txt', `<!doctype html>${script}`, 'text/plain'],
    ['a.bin', `<!doctype html>${script}`, 'application/octet-stream'],
    ['a.odd', `<!doctype html>${script}`, 'TEXT/HTML; charset=utf-8'],
    ['nothing', `<!doctype html>${script}`, undefined],
  ])('%s', async (name, content, mediaType) => {
    const id = await arrived(name, content, mediaType)
    const { url } = await startDownload(owner, { id, disposition: 'inline' })
    const answer = await fetch(url)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename=/)
    expect(answer.headers.get('content-type')).toBe('application/octet-stream')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await previewDownloads(owner, { ids: [id] })).toEqual([])
    for (const [parameter, value] of [
      ['response-content-type', 'text/html'],
      ['response-content-disposition', 'inline'],
    ] as const) {
      const changed = new URL(url)
      changed.searchParams.set(parameter, value)
      expect((await fetch(changed)).status).toBe(403)
      changed.searchParams.delete(parameter)
      expect((await fetch(changed)).status).toBe(403)
    }
  })

  test('pages and scripts that are called pictures do not even arrive', async () => {
    const bytes = new TextEncoder().encode(`<!doctype html>${script}`)
    const plan = await startUpload(owner, { name: 'a.png', sizeBytes: bytes.length, mediaType: 'image/png' })
    if (plan.mode !== 'single') throw new Error('Expected one PUT.')
    await put(plan.put, bytes)
    await expect(completeUpload(owner, plan)).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
    await expect(startDownload(owner, { id: plan.fileId, disposition: 'inline' })).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    })
  })

  test('a picture is', async () => {
    const id = await arrived('a "pic".png', new Uint8Array(png), 'image/png')
    const answer = await fetch((await startDownload(owner, { id, disposition: 'inline' })).url)
    expect(answer.headers.get('content-type')).toBe('image/png')
    expect(answer.headers.get('content-disposition')).toBe('inline; filename="a \\"pic\\".png"')
  })
})

test('a name in any script is kept, and leaves the header whole', async () => {
  const id = await arrived('보고서 "최종"; x=\u0001.txt', 'x')
  const answer = await fetch((await startDownload(owner, { id })).url)
  const disposition = answer.headers.get('content-disposition') ?? ''
  expect(disposition).toContain(`filename*=UTF-8''${encodeURIComponent('보고서 "최종"; x=.txt')}`)
  expect(disposition).toMatch(/^attachment; filename="[ -~]+"; filename\*=[^ ;]+$/)
})

describe('with keys of one second', () => {
  test('an expired key opens nothing, and the next one under the same line does', async () => {
    await using short = await startTestPlatform({ keyLife: { minMs: 1_000, maxMs: 1_000 } })
    const { file } = await uploadBytes(short.owner, 'a.txt', 'hello', { startJobs: false })
    const first = await startDownload(short.owner, { id: file.id })
    expect(first.expiresInMs).toBe(1_000)
    await until('the key has expired', async () => (await fetch(first.url)).status === 403)
    const again = await startDownload(short.owner, { id: file.id, renews: first.keyId })
    expect(await (await fetch(again.url)).text()).toBe('hello')
  })
})
