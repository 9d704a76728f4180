import { createHash } from 'node:crypto'
import type { SignableRequest } from '@bellhop/persistence'
import { expect } from 'vitest'
import type { Cases } from './conformance-case.ts'
import { rawRequest } from './raw-request.ts'
import { isCode } from './store-under-test.ts'
import type { StoreUnderTest } from './store-under-test.ts'

const LIFE_MS = 60_000
const TYPE = { 'content-type': 'text/plain' }

export function keyCases(store: StoreUnderTest, { must, feature }: Cases): void {
  const sign = (method: 'GET' | 'PUT', name: string, rest: Partial<SignableRequest> = {}) =>
    store.signer.sign({ method, objectKey: store.at(name), expiresInMs: LIFE_MS, ...rest })
  /** For the five bytes of "hello". */
  const signPut = (name: string, headers: Record<string, string> = {}, rest: Partial<SignableRequest> = {}) =>
    sign('PUT', name, { headers: { 'content-length': '5', ...TYPE, ...headers }, ...rest })
  const send = (url: string, body: string, headers: Record<string, string> = {}) =>
    rawRequest(url, { method: 'PUT', headers: { ...TYPE, ...headers }, body })

  must('take the very length and type that were signed', async () => {
    const url = signPut('presigned')
    expect((await send(url, 'longer')).status).toBe(403)
    expect((await send(url, 'hello', { 'content-type': 'text/html' })).status).toBe(403)
    expect((await send(url, 'hello')).status).toBe(200)
    expect(await store.read('presigned')).toMatchObject({ text: 'hello', ContentType: 'text/plain' })
  })

  must('take the metadata that was signed', async () => {
    const token = { 'x-amz-meta-bellhop-upload': 'up_1' }
    const url = signPut('token', token)
    expect((await send(url, 'hello')).status).toBe(403)
    expect((await send(url, 'hello', { 'x-amz-meta-bellhop-upload': 'up_2' })).status).toBe(403)
    expect((await send(url, 'hello', token)).status).toBe(200)
    expect((await store.head('token')).Metadata).toEqual({ 'bellhop-upload': 'up_1' })
  })

  must('are good for a part', async () => {
    const upload = await store.startUpload('part')
    const query = { partNumber: '1', uploadId: upload.UploadId }
    const url = signPut('part', {}, { query })
    expect((await send(url.replace('partNumber=1', 'partNumber=2'), 'hello')).status).toBe(403)
    const { status, headers } = await send(url, 'hello')
    expect(status).toBe(200)
    await upload.complete([{ PartNumber: 1, ETag: String(headers['etag']) }])
    expect((await store.read('part')).text).toBe('hello')
  })

  feature('take the very bytes whose SHA-256 was signed', async () => {
    const sha256 = createHash('sha256').update('hello').digest('hex')
    const url = signPut('bound', {}, { sha256 })
    const bound = { 'x-amz-content-sha256': sha256 }
    expect((await send(url, 'jello', bound)).status).toBe(400)
    expect((await send(url, 'hello')).status).toBe(403)
    await expect(store.read('bound')).rejects.toSatisfy(isCode('NoSuchKey'))
    expect((await send(url, 'hello', bound)).status).toBe(200)
  })

  feature('take the very bytes whose SHA-256 checksum was signed', async () => {
    const checksum = { 'x-amz-checksum-sha256': createHash('sha256').update('hello').digest('base64') }
    const url = signPut('summed', checksum)
    expect((await send(url, 'jello', checksum)).status).toBe(400)
    expect((await send(url, 'hello', checksum)).status).toBe(200)
  })

  must('are good for one method and one key', async () => {
    const url = signPut('mine')
    expect((await rawRequest(url)).status).toBe(403)
    expect((await send(url.replace('/mine', '/yours'), 'hello')).status).toBe(403)
  })

  feature('refuse headers of Amazon that were not signed', async () => {
    expect((await send(signPut('extra'), 'hello', { 'x-amz-meta-role': 'admin' })).status).toBe(403)
  })

  must('carry If-None-Match', async () => {
    const once = { 'if-none-match': '*' }
    const url = signPut('carried', once)
    expect((await send(url, 'hello')).status).toBe(403)
    expect((await send(url, 'hello', once)).status).toBe(200)
  })

  feature('write once where If-None-Match is signed', async () => {
    const once = { 'if-none-match': '*' }
    const url = signPut('once', once)
    expect((await send(url, 'hello', once)).status).toBe(200)
    expect((await send(url, 'jello', once)).status).toBe(412)
    expect((await store.read('once')).text).toBe('hello')
  })

  must('expire', async () => {
    await store.put('expired', 'x')
    const url = sign('GET', 'expired', { now: new Date(Date.now() - LIFE_MS - 60_000) })
    expect((await rawRequest(url)).status).toBe(403)
  })

  feature('are no good before their time', async () => {
    await store.put('early', 'x')
    const url = sign('GET', 'early', { now: new Date(Date.now() + 20 * 60_000) })
    expect((await rawRequest(url)).status).toBe(403)
  })

  must('override the headers of the answer', async () => {
    await store.put('named', 'x', { ContentType: 'text/html' })
    const disposition = `attachment; filename="a.txt"; filename*=UTF-8''%EB%B3%B4.txt`
    const query = {
      'response-content-type': 'application/octet-stream',
      'response-content-disposition': disposition,
      'response-cache-control': 'private, no-store',
    }
    const { headers } = await rawRequest(sign('GET', 'named', { query }))
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': disposition,
      'cache-control': 'private, no-store',
    })
  })
}
