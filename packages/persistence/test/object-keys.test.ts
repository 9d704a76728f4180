import { createHash } from 'node:crypto'
import { PutObjectCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { KeyBinding, SignedRequest } from '@bellhop/model'
import { openObjectStore } from '@bellhop/persistence'
import { afterAll, describe, expect, test } from 'vitest'

const options = {
  endpoint: 'http://127.0.0.1:9000',
  publicEndpoint: 'https://files.example.com',
  bucket: 'bucket',
  region: 'eu-west-3',
  accessKeyId: 'AKID',
  secretAccessKey: 'secret',
}
const store = openObjectStore(options)
const sdk = new S3Client({
  endpoint: options.publicEndpoint,
  region: options.region,
  credentials: options,
  forcePathStyle: true,
  requestChecksumCalculation: 'WHEN_REQUIRED',
})
afterAll(() => {
  store[Symbol.dispose]()
  sdk.destroy()
})

const sha256 = createHash('sha256').update('bytes').digest('hex')
const inBase64 = Buffer.from(sha256, 'hex').toString('base64')

function keyFor(what: 'object' | 'part', binding: KeyBinding, hash: string | null): SignedRequest {
  return store.signPut({
    objectKey: 'workspaces/ws_1/files/file_1',
    sizeBytes: 5,
    mediaType: 'text/csv',
    sha256: hash ?? undefined,
    binding,
    expiresInMs: 90_000,
    target: what === 'object' ? { uploadToken: 'up_1' } : { storeUploadId: 'u+/=', partNumber: 7 },
  })
}

const sorted = (names: readonly string[]) => names.toSorted()
const signedHeaders = (url: string) => new URL(url).searchParams.get('X-Amz-SignedHeaders')?.split(';')
const queryOf = (url: string) => Object.fromEntries(new URL(url).searchParams)

/** Header by header, what each kind of key signs. What is signed must be sent as it stands; what is not may be anything. */
const BASE = ['content-length', 'content-type', 'host']
const ONCE = ['if-none-match', 'x-amz-meta-bellhop-upload']
describe.each([
  ['object', 'store-sha256', sha256, [...BASE, ...ONCE, 'x-amz-checksum-sha256', 'x-amz-content-sha256']],
  ['object', 'sha256', sha256, [...BASE, ...ONCE, 'x-amz-content-sha256']],
  ['object', 'none', sha256, [...BASE, ...ONCE]],
  ['object', 'store-sha256', null, [...BASE, ...ONCE]],
  ['part', 'store-sha256', sha256, [...BASE, 'x-amz-checksum-sha256', 'x-amz-content-sha256']],
  ['part', 'sha256', sha256, [...BASE, 'x-amz-content-sha256']],
  ['part', 'none', sha256, BASE],
  ['part', 'sha256', null, BASE],
] as const)('a key for one %s, bound by %s (hash: %s)', (what, binding, hash, expected) => {
  const key = keyFor(what, binding, hash)

  test('signs just these headers', () => {
    expect(signedHeaders(key.url)).toEqual(sorted(expected))
  })

  test('asks the bearer for what it signs, but for what a browser sets itself', () => {
    const asked = { 'content-length': '5', host: new URL(key.url).host, ...key.headers }
    expect(sorted(Object.keys(asked))).toEqual(sorted(expected))
    expect(key.headers['content-type']).toBe('text/csv')
    if (key.headers['x-amz-checksum-sha256']) expect(key.headers['x-amz-checksum-sha256']).toBe(inBase64)
    if (key.headers['x-amz-content-sha256']) expect(key.headers['x-amz-content-sha256']).toBe(sha256)
  })

  test('is for one method, one object, one part, at the address of clients, and for its life', () => {
    const { origin, pathname } = new URL(key.url)
    expect(key.method).toBe('PUT')
    expect(origin + pathname).toBe('https://files.example.com/bucket/workspaces/ws_1/files/file_1')
    const query = queryOf(key.url)
    expect([query['partNumber'], query['uploadId']]).toEqual(what === 'part' ? ['7', 'u+/='] : [undefined, undefined])
    expect(query['X-Amz-Expires']).toBe('90')
  })
})

describe("the SDK's presigner, left to itself", () => {
  const put = { Bucket: 'bucket', Key: 'k', ContentLength: 5, ContentType: 'text/csv' }
  const life = { expiresIn: 90 }
  const signPut = (more: object, how: object = {}) =>
    getSignedUrl(sdk, new PutObjectCommand({ ...put, ...more }), { ...life, ...how })

  test('signs neither the type, nor the cache header, nor what the bytes are', async () => {
    const bare = ['content-length', 'host']
    expect(signedHeaders(await signPut({}))).toEqual(bare)
    expect(signedHeaders(await signPut({ CacheControl: 'no-store' }))).toEqual(bare)
    const part = new UploadPartCommand({ ...put, UploadId: 'u', PartNumber: 1 })
    expect(signedHeaders(await getSignedUrl(sdk, part, life))).toEqual(bare)
  })

  test('signs the type when that is asked for by name', async () => {
    const url = await signPut({}, { signableHeaders: new Set(['content-type']) })
    expect(signedHeaders(url)).toEqual(BASE)
  })

  test('hoists a checksum into the query, where the bearer need not send it', async () => {
    const url = await signPut({ ChecksumSHA256: inBase64 })
    expect(signedHeaders(url)).toEqual(['content-length', 'host'])
    expect(queryOf(url)['x-amz-checksum-sha256']).toBe(inBase64)
  })
})

test('a key to read says how its answer is to be called and kept, and no one can change that', async () => {
  const key = await store.signGet({
    objectKey: 'o',
    expiresInMs: 60_000,
    mediaType: 'application/octet-stream',
    contentDisposition: 'attachment; filename="a.svg"',
  })
  expect(key).toMatchObject({ method: 'GET', headers: {} })
  expect(signedHeaders(key.url)).toEqual(['host'])
  expect(queryOf(key.url)).toMatchObject({
    'response-cache-control': 'private, no-store',
    'response-content-disposition': 'attachment; filename="a.svg"',
    'response-content-type': 'application/octet-stream',
  })
})
