import { createHash, randomBytes } from 'node:crypto'
import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { once } from 'node:events'
import {
  AbortMultipartUploadCommand,
  S3Client,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  CompleteMultipartUploadCommand,
} from '@aws-sdk/client-s3'
import { describeObjectStore, rawRequest } from '@bellhop/testkit/object-store-conformance'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type LocalObjectStore, startObjectStore } from '../src/index.ts'
import { Signer } from '../src/s3/signer.ts'
import { sign, signedRequest } from './signed-request.ts'

const keys = { accessKeyId: 'local', secretAccessKey: randomBytes(20).toString('hex') }
const BUCKET = 'bellhop'
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

let dir: string
let store: LocalObjectStore

const start = async () =>
  startObjectStore({ dir, ...keys, buckets: [BUCKET], log: ({ error }) => error !== undefined && console.error(error) })

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bellhop-objects-'))
  store = await start()
})

afterAll(async () => {
  await store.stop()
  await rm(dir, { recursive: true })
})

describeObjectStore('the embedded endpoint', () => ({ endpoint: store.url, region: 'us-east-1', ...keys }), {
  isStrict: true,
})

describe('the signature of a request', () => {
  const account = () => ({ endpoint: store.url, ...keys })
  const put = { method: 'PUT', path: `/${BUCKET}/signed`, body: 'x' }
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000)

  it('is accepted as made by the holder of the secret', async () => {
    expect(await signedRequest(account(), put)).toMatchObject({ status: 200 })
    expect(await signedRequest(account(), { path: `/${BUCKET}/signed` })).toMatchObject({ status: 200, body: 'x' })
  })

  it.each([
    ['another secret', { secretAccessKey: 'guess' }, {}, 403, 'SignatureDoesNotMatch'],
    ['another key id', { accessKeyId: 'guess' }, {}, 403, 'InvalidAccessKeyId'],
    ['another region', { region: 'eu-west-1' }, {}, 400, 'AuthorizationHeaderMalformed'],
    ['a time 16 minutes ago', {}, { at: minutesAgo(16) }, 403, 'RequestTimeTooSkewed'],
    ['a time 16 minutes ahead', {}, { at: minutesAgo(-16) }, 403, 'RequestTimeTooSkewed'],
    [
      'an unsigned x-amz header',
      {},
      { headers: { 'x-amz-meta-a': '1' }, unsigned: ['x-amz-meta-a'] },
      403,
      'AccessDenied',
    ],
    ['an unsigned host', {}, { unsigned: ['host'] }, 403, 'AccessDenied'],
    ['a session token', {}, { headers: { 'x-amz-security-token': 't' } }, 400, 'InvalidToken'],
    ['the hash of another body', {}, { payloadHash: EMPTY_SHA256 }, 400, 'XAmzContentSHA256Mismatch'],
    ['a hash that is none', {}, { payloadHash: 'hash' }, 400, 'InvalidArgument'],
    ['an access control list', {}, { headers: { 'x-amz-acl': 'public-read' } }, 501, 'NotImplemented'],
  ])('is refused with %s', async (_, other, change, status, code) => {
    expect(await signedRequest({ ...account(), ...other }, { ...put, ...change })).toMatchObject({ status, code })
  })

  it('stands for one path and query, however they are encoded', async () => {
    const { headers, signature } = await sign(account(), { path: `/${BUCKET}/signed` })
    const as = async (path: string) =>
      rawRequest(store.url + path, { headers: { ...headers, authorization: signature.header } })
    expect(await as(`/${BUCKET}/%73igned`)).toMatchObject({ status: 200 })
    expect(await as(`/${BUCKET}/signed?versionId=1`)).toMatchObject({ status: 403 })
    expect(await as(`/${BUCKET}/signed2`)).toMatchObject({ status: 403 })
    expect(await as(`/${BUCKET}/%zz`)).toMatchObject({ status: 400, code: 'InvalidURI' })
  })

  it('is answered for in words when a large body breaks its framing', async () => {
    const body = Buffer.alloc(8 * 1024 * 1024, 'no frame\r\n')
    const headers = { 'x-amz-decoded-content-length': '8000000' }
    const request = {
      method: 'PUT',
      path: `/${BUCKET}/broken`,
      payloadHash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      headers,
      body,
    }
    expect(await signedRequest(account(), request)).toMatchObject({ status: 400, code: 'InvalidRequest' })
  })

  it('covers each chunk of a chunked body', async () => {
    const send = async (chunks: string[], sent = chunks) => {
      const request = {
        method: 'PUT',
        path: `/${BUCKET}/chunked`,
        payloadHash: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
        headers: { 'content-encoding': 'aws-chunked', 'x-amz-decoded-content-length': String(chunks.join('').length) },
      }
      const { headers, signature } = await sign(account(), request)
      const body = await frame(chunks, sent, signature)
      return rawRequest(store.url + request.path, {
        method: 'PUT',
        headers: { ...headers, authorization: signature.header },
        body,
      })
    }
    expect(await send(['hello ', 'world'])).toMatchObject({ status: 200 })
    expect(await signedRequest(account(), { path: `/${BUCKET}/chunked` })).toMatchObject({ body: 'hello world' })
    expect(await send(['hello ', 'world'], ['hello ', 'w0rld'])).toMatchObject({
      status: 403,
      code: 'SignatureDoesNotMatch',
    })
    expect(await signedRequest(account(), { path: `/${BUCKET}/chunked` })).toMatchObject({ body: 'hello world' })
  })
})

describe('what is not built', () => {
  it.each(['acl', 'tagging', 'versioning', 'policy', 'encryption'])('answers 501 for ?%s', async (name) => {
    const answer = await signedRequest({ endpoint: store.url, ...keys }, { path: `/${BUCKET}?${name}=` })
    expect(answer).toMatchObject({ status: 501, code: 'NotImplemented' })
  })
})

describe('the folder of the endpoint', () => {
  const bucketFiles = async () => {
    const names = await readdir(join(dir, 'buckets', BUCKET), { recursive: true, withFileTypes: true })
    return names.filter((name) => name.isFile() && name.parentPath.includes('/blobs')).map(({ name }) => name)
  }
  const connectClient = () => {
    const client = new S3Client({
      endpoint: store.url,
      region: 'us-east-1',
      credentials: keys,
      forcePathStyle: true,
      maxAttempts: 1,
      requestChecksumCalculation: 'WHEN_REQUIRED',
    })
    onTestFinished(() => client.destroy())
    return client
  }
  const at = (Key: string) => ({ Bucket: BUCKET, Key })

  it('holds one blob for an object, however often it is replaced', async () => {
    const before = (await bucketFiles()).length
    const client = connectClient()
    for (const text of ['1', '2', '3']) await client.send(new PutObjectCommand({ ...at('replaced'), Body: text }))
    expect((await bucketFiles()).length).toBe(before + 1)
  })

  it('keeps nothing of an upload whose sender went away', async () => {
    const before = (await bucketFiles()).toSorted()
    const request = {
      method: 'PUT',
      path: `/${BUCKET}/cut-off`,
      payloadHash: 'UNSIGNED-PAYLOAD',
      headers: { 'content-length': '1000000' },
    }
    const { headers, signature } = await sign({ endpoint: store.url, ...keys }, request)
    const lines = Object.entries({ ...headers, authorization: signature.header }).map(
      ([name, value]) => `${name}: ${value}`,
    )
    const socket = connect(store.port, '127.0.0.1')
    socket.write(`PUT ${request.path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
    socket.write(Buffer.alloc(200_000))
    await vi.waitUntil(async () => (await bucketFiles()).length > before.length, { interval: 10 })
    socket.destroy()
    await once(socket, 'close')
    await vi.waitUntil(async () => (await bucketFiles()).length === before.length, { interval: 10 })
    expect((await bucketFiles()).toSorted()).toEqual(before)
  })

  it('gives a reader the whole of the object that it began to read', async () => {
    const client = connectClient()
    const bytes = randomBytes(8 * 1024 * 1024)
    await client.send(new PutObjectCommand({ ...at('being-read'), Body: bytes }))
    const { Body } = await client.send(new GetObjectCommand(at('being-read')))
    await client.send(new PutObjectCommand({ ...at('being-read'), Body: 'new' }))
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true)
    const again = await client.send(new GetObjectCommand(at('being-read')))
    expect(await again.Body?.transformToString()).toBe('new')
  })

  it('has objects, open uploads and their parts after a restart', async () => {
    const client = connectClient()
    await client.send(new PutObjectCommand({ ...at('over-restart'), Body: 'kept' }))
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(at('resumed')))
    const first = await client.send(
      new UploadPartCommand({ ...at('resumed'), UploadId, PartNumber: 1, Body: Buffer.alloc(5 * 1024 * 1024) }),
    )
    await store.stop()
    store = await start()
    const later = connectClient()
    const kept = await later.send(new GetObjectCommand(at('over-restart')))
    expect(await kept.Body?.transformToString()).toBe('kept')
    const { Parts } = await later.send(new ListPartsCommand({ ...at('resumed'), UploadId }))
    expect(Parts).toMatchObject([{ PartNumber: 1, ETag: first.ETag, Size: 5 * 1024 * 1024 }])
    const second = await later.send(new UploadPartCommand({ ...at('resumed'), UploadId, PartNumber: 2, Body: 'end' }))
    const Completed = [
      { PartNumber: 1, ETag: first.ETag },
      { PartNumber: 2, ETag: second.ETag },
    ]
    const done = await later.send(
      new CompleteMultipartUploadCommand({ ...at('resumed'), UploadId, MultipartUpload: { Parts: Completed } }),
    )
    expect(done.ETag).toMatch(/-2"$/)
  })

  it('is cleared of what a crash has left', async () => {
    const client = connectClient()
    await client.send(new PutObjectCommand({ ...at('before-crash'), Body: 'kept' }))
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(at('open-at-crash')))
    await client.send(new UploadPartCommand({ ...at('open-at-crash'), UploadId, PartNumber: 1, Body: 'part' }))
    await store.stop()
    const named = (await bucketFiles()).toSorted()
    const orphan = join(dir, 'buckets', BUCKET, 'blobs', '00', '00000000-dead')
    await mkdir(dirname(orphan), { recursive: true })
    await writeFile(orphan, 'garbage')
    await writeFile(join(dir, 'temporary', 'draft'), 'garbage')
    await writeFile(join(dir, 'running'), '')
    store = await start()
    await vi.waitUntil(async () => !(await bucketFiles()).includes('00000000-dead'), { interval: 10 })
    expect((await bucketFiles()).toSorted()).toEqual(named)
    expect(await readdir(join(dir, 'temporary'))).toEqual([])
    const later = connectClient()
    const kept = await later.send(new GetObjectCommand(at('before-crash')))
    expect(await kept.Body?.transformToString()).toBe('kept')
    const { Parts } = await later.send(new ListPartsCommand({ ...at('open-at-crash'), UploadId }))
    expect(Parts).toHaveLength(1)
  })

  it('forgets an upload whose object was made just before a crash', async () => {
    const client = connectClient()
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(at('done-at-crash')))
    const uploadDir = join(dir, 'buckets', BUCKET, 'uploads', UploadId ?? '')
    const { ETag } = await client.send(
      new UploadPartCommand({ ...at('done-at-crash'), UploadId, PartNumber: 1, Body: 'whole' }),
    )
    const saved = join(dir, 'saved-upload')
    await cp(uploadDir, saved, { recursive: true })
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
    await client.send(new CompleteMultipartUploadCommand({ ...at('done-at-crash'), UploadId, MultipartUpload }))
    await store.stop()
    await rename(saved, uploadDir)
    store = await start()
    const later = connectClient()
    await expect(
      later.send(new AbortMultipartUploadCommand({ ...at('done-at-crash'), UploadId })),
    ).rejects.toMatchObject({ name: 'NoSuchUpload' })
    const kept = await later.send(new GetObjectCommand(at('done-at-crash')))
    expect(await kept.Body?.transformToString()).toBe('whole')
  })

  it('is held by one endpoint', async () => {
    await expect(start()).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' })
  })
})

async function frame(
  chunks: string[],
  sent: string[],
  { value, longDate, scope }: { value: string; longDate: string; scope: string },
): Promise<string> {
  const signer = new Signer({ ...keys, region: 'us-east-1' })
  let previous = value
  let framed = ''
  for (const [at, chunk] of [...chunks, ''].entries()) {
    const hash = createHash('sha256').update(chunk).digest('hex')
    const text = ['AWS4-HMAC-SHA256-PAYLOAD', longDate, scope, previous, EMPTY_SHA256, hash].join('\n')
    previous = await signer.signText(text, new Date())
    const bytes = sent[at] ?? ''
    framed += `${bytes.length.toString(16)};chunk-signature=${previous}\r\n${bytes}\r\n`
  }
  return framed
}
