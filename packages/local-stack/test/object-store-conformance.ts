import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketCorsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketCorsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { presignBytes } from './presign-bytes.ts'
import { rawRequest } from './raw-request.ts'

export type ObjectStoreConnection = { endpoint: string; region: string; accessKeyId: string; secretAccessKey: string }

const MIB = 1024 * 1024
const PAGE = 'https://page.example'

/** What Bellhop relies on in an S3-compatible store; runs with AWS's own client in a bucket of its own. */
export function describeObjectStore(name: string, connection: () => ObjectStoreConnection): void {
  describe(name, () => {
    const bucket = `conformance-${randomBytes(6).toString('hex')}`
    let client: S3Client
    let careful: S3Client

    beforeAll(async () => {
      const { endpoint, region, ...credentials } = connection()
      const shared = { endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 }
      client = new S3Client({
        ...shared,
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
      })
      careful = new S3Client(shared)
      await client.send(new CreateBucketCommand({ Bucket: bucket }))
    })

    afterAll(async () => {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
      for (const { Key, UploadId } of Uploads) {
        await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }))
      }
      for (let isLast = false; !isLast;) {
        const { Contents = [], IsTruncated } = await client.send(new ListObjectsV2Command({ Bucket: bucket }))
        for (const { Key } of Contents) await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }))
        isLast = !IsTruncated
      }
      await client.send(new DeleteBucketCommand({ Bucket: bucket }))
      client.destroy()
      careful.destroy()
    })

    const put = (Key: string, Body: PutObjectCommandInput['Body'], rest: Partial<PutObjectCommandInput> = {}) =>
      client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ...rest }))
    const read = async (Key: string, rest: object = {}) => {
      const { Body, ...answer } = await client.send(new GetObjectCommand({ Bucket: bucket, Key, ...rest }))
      return { text: (await Body?.transformToString()) ?? '', ...answer }
    }
    const startUpload = async (Key: string, rest: object = {}) => {
      const { UploadId = '' } = await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key, ...rest }))
      const part = async (PartNumber: number, Body: Buffer, more: object = {}) => {
        const input = { Bucket: bucket, Key, UploadId, PartNumber, Body, ...more }
        return { PartNumber, ...(await client.send(new UploadPartCommand(input))) }
      }
      const complete = (Parts: { PartNumber: number; ETag?: string }[], more: object = {}) => {
        const input = { Bucket: bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }
        return client.send(new CompleteMultipartUploadCommand(input))
      }
      return { UploadId, part, complete }
    }

    describe('buckets', () => {
      it('are listed, and found by their name', async () => {
        const { Buckets = [] } = await client.send(new ListBucketsCommand({}))
        expect(Buckets.map(({ Name }) => Name)).toContain(bucket)
        await client.send(new HeadBucketCommand({ Bucket: bucket }))
        await expect(client.send(new HeadBucketCommand({ Bucket: `${bucket}-no` }))).rejects.toSatisfy(isStatus(404))
      })

      it('are not removed while they hold an object', async () => {
        await put('keeps-the-bucket', 'x')
        await expect(client.send(new DeleteBucketCommand({ Bucket: bucket }))).rejects.toSatisfy(
          isCode('BucketNotEmpty'),
        )
      })
    })

    describe('objects', () => {
      it('give back bytes, type, headers and metadata as they were put', async () => {
        await put('kept', 'hello', {
          ContentType: 'text/plain; charset=utf-8',
          CacheControl: 'max-age=60',
          ContentDisposition: 'attachment; filename="a.txt"',
          Metadata: { upload: 'u_1' },
        })
        const got = await read('kept')
        expect(got).toMatchObject({
          text: 'hello',
          ContentLength: 5,
          ContentType: 'text/plain; charset=utf-8',
          CacheControl: 'max-age=60',
          ContentDisposition: 'attachment; filename="a.txt"',
          Metadata: { upload: 'u_1' },
          ETag: `"${createHash('md5').update('hello').digest('hex')}"`,
        })
        expect(Date.now() - (got.LastModified?.getTime() ?? 0)).toBeLessThan(60_000)
        const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'kept' }))
        expect(head).toMatchObject({ ContentLength: 5, ETag: got.ETag, Metadata: { upload: 'u_1' } })
      })

      it('may be empty', async () => {
        await put('empty', Buffer.alloc(0))
        expect(await read('empty')).toMatchObject({ text: '', ContentLength: 0 })
      })

      it('are replaced, and removed once or twice alike', async () => {
        await put('short-lived', 'one')
        await put('short-lived', 'two')
        expect((await read('short-lived')).text).toBe('two')
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'short-lived' }))
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'short-lived' }))
        await expect(read('short-lived')).rejects.toSatisfy(isCode('NoSuchKey'))
      })

      it.each([
        ['a path upwards', '../../etc/passwd'],
        ['spaces and marks', "a b+c&d=e?f#g%h'(i)*!~"],
        ['Korean and emoji', '보고서/📈 2026.pdf'],
        ['slashes in a row', 'a//b///c/'],
        ['1,024 bytes', 'k'.repeat(1024)],
      ])('may have %s in their key', async (_, key) => {
        await put(key, key)
        expect((await read(key)).text).toBe(key)
        const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key }))
        expect(Contents.map(({ Key }) => Key)).toEqual([key])
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
      })

      it('refuse a key of 1,025 bytes', async () => {
        await expect(put('k'.repeat(1025), 'x')).rejects.toSatisfy(isStatus(400))
      })

      it('are copied with their metadata, or with new', async () => {
        await put('copy from/é', 'copied', { Metadata: { a: '1' }, ContentType: 'text/x-a' })
        const CopySource = `${bucket}/${encodeURIComponent('copy from/é')}`
        await client.send(new CopyObjectCommand({ Bucket: bucket, Key: 'copy-same', CopySource }))
        await client.send(
          new CopyObjectCommand({
            Bucket: bucket,
            Key: 'copy-new',
            CopySource,
            MetadataDirective: 'REPLACE',
            Metadata: { b: '2' },
            ContentType: 'text/x-b',
          }),
        )
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'copy from/é' }))
        expect(await read('copy-same')).toMatchObject({ text: 'copied', Metadata: { a: '1' }, ContentType: 'text/x-a' })
        expect(await read('copy-new')).toMatchObject({ text: 'copied', Metadata: { b: '2' }, ContentType: 'text/x-b' })
      })

      it('are removed many at a time', async () => {
        await Promise.all(['many/1', 'many/2&<', 'many/3'].map((key) => put(key, key)))
        const Objects = ['many/1', 'many/2&<', 'many/none'].map((Key) => ({ Key }))
        const { Deleted = [] } = await careful.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }))
        expect(Deleted.map(({ Key }) => Key)).toEqual(['many/1', 'many/2&<', 'many/none'])
        const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'many/' }))
        expect(Contents.map(({ Key }) => Key)).toEqual(['many/3'])
      })
    })

    describe('ranges', () => {
      it.each([
        ['bytes=2-4', '234', 'bytes 2-4/10'],
        ['bytes=7-', '789', 'bytes 7-9/10'],
        ['bytes=-2', '89', 'bytes 8-9/10'],
        ['bytes=8-100', '89', 'bytes 8-9/10'],
      ])('%s', async (Range, text, ContentRange) => {
        await put('range', '0123456789')
        const got = await read('range', { Range })
        expect(got).toMatchObject({ text, ContentRange, ContentLength: text.length })
        expect(got.$metadata.httpStatusCode).toBe(206)
      })

      it('past the end are refused', async () => {
        await put('range', '0123456789')
        await expect(read('range', { Range: 'bytes=10-' })).rejects.toSatisfy(isStatus(416))
      })
    })

    describe('conditions', () => {
      it('of a read: If-Match, If-None-Match, If-Modified-Since', async () => {
        const { ETag } = await put('conditional', 'x')
        expect((await read('conditional', { IfMatch: ETag })).text).toBe('x')
        await expect(read('conditional', { IfMatch: '"no"' })).rejects.toSatisfy(isStatus(412))
        await expect(read('conditional', { IfNoneMatch: ETag })).rejects.toSatisfy(isStatus(304))
        const IfModifiedSince = new Date(Date.now() - 1000)
        await put('conditional', 'y')
        await expect(read('conditional', { IfModifiedSince: new Date(Date.now() + 1000) })).rejects.toSatisfy(
          isStatus(304),
        )
        expect((await read('conditional', { IfModifiedSince: new Date(IfModifiedSince.getTime() - 5000) })).text).toBe(
          'y',
        )
      })

      it('of a write: If-None-Match lets one of many win', async () => {
        const writes = ['a', 'b', 'c', 'd', 'e'].map((text) => put('only-once', text, { IfNoneMatch: '*' }))
        const outcomes = await Promise.allSettled(writes)
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
        const winner = ['a', 'b', 'c', 'd', 'e'][outcomes.findIndex(({ status }) => status === 'fulfilled')]
        expect((await read('only-once')).text).toBe(winner)
        await expect(put('only-once', 'f', { IfNoneMatch: '*' })).rejects.toSatisfy(isStatus(412))
      })

      it('of a write: If-Match replaces what it names only', async () => {
        const { ETag } = await put('replaced', '1')
        await put('replaced', '2', { IfMatch: ETag })
        await expect(put('replaced', '3', { IfMatch: ETag })).rejects.toSatisfy(isStatus(412))
        await expect(put('never-was', '3', { IfMatch: ETag })).rejects.toSatisfy(isStatus(404))
      })
    })

    describe('listings', () => {
      const keys = ['l/a', 'l/b/1', 'l/b/2', 'l/c', 'l/ﬀ', 'l/😀', 'l0']

      beforeAll(async () => {
        await Promise.all(keys.map((key) => put(key, key)))
      })

      it('are in the order of the UTF-8 bytes, page by page', async () => {
        const found: string[] = []
        for (
          let ContinuationToken: string | undefined, page = 0;
          page === 0 || ContinuationToken !== undefined;
          page++
        ) {
          const input = { Bucket: bucket, Prefix: 'l', MaxKeys: 2, ...(ContinuationToken && { ContinuationToken }) }
          const answer = await client.send(new ListObjectsV2Command(input))
          found.push(...(answer.Contents ?? []).map(({ Key = '' }) => Key))
          ContinuationToken = answer.NextContinuationToken
          expect(answer.IsTruncated).toBe(ContinuationToken !== undefined)
        }
        expect(found).toEqual(keys)
      })

      it('group by a delimiter, each group once over all pages', async () => {
        const seen: string[] = []
        for (
          let ContinuationToken: string | undefined, page = 0;
          page === 0 || ContinuationToken !== undefined;
          page++
        ) {
          const input = {
            Bucket: bucket,
            Prefix: 'l/',
            Delimiter: '/',
            MaxKeys: 1,
            ...(ContinuationToken && { ContinuationToken }),
          }
          const answer = await client.send(new ListObjectsV2Command(input))
          seen.push(...(answer.Contents ?? []).map(({ Key = '' }) => Key))
          seen.push(...(answer.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix))
          ContinuationToken = answer.NextContinuationToken
        }
        expect(seen).toEqual(['l/a', 'l/b/', 'l/c', 'l/ﬀ', 'l/😀'])
      })

      it('begin after a key, and follow puts and deletes', async () => {
        const list = async () => {
          const answer = await client.send(
            new ListObjectsV2Command({ Bucket: bucket, Prefix: 'l/', StartAfter: 'l/b/2' }),
          )
          return (answer.Contents ?? []).map(({ Key }) => Key)
        }
        expect(await list()).toEqual(['l/c', 'l/ﬀ', 'l/😀'])
        await put('l/d', 'd')
        expect(await list()).toEqual(['l/c', 'l/d', 'l/ﬀ', 'l/😀'])
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'l/d' }))
        expect(await list()).toEqual(['l/c', 'l/ﬀ', 'l/😀'])
      })
    })

    describe('checksums', () => {
      it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
        '%s is verified, kept and given back',
        async (algorithm) => {
          const field = `Checksum${algorithm}` as const
          const sent = await careful.send(
            new PutObjectCommand({
              Bucket: bucket,
              Key: `sum-${algorithm}`,
              Body: 'summed',
              ChecksumAlgorithm: ChecksumAlgorithm[algorithm],
            }),
          )
          expect(sent[field]).toMatch(/^[A-Za-z0-9+/]+=*$/)
          const head = await client.send(
            new HeadObjectCommand({ Bucket: bucket, Key: `sum-${algorithm}`, ChecksumMode: 'ENABLED' }),
          )
          expect(head[field]).toBe(sent[field])
          const wrong = { [field]: Buffer.alloc(Buffer.from(sent[field] ?? '', 'base64').length).toString('base64') }
          await expect(put(`wrong-${algorithm}`, 'summed', wrong)).rejects.toSatisfy(isCode('BadDigest'))
          await expect(read(`wrong-${algorithm}`)).rejects.toSatisfy(isCode('NoSuchKey'))
        },
      )

      it.each([
        ['CRC64NVME', 'FULL_OBJECT'],
        ['CRC32', 'FULL_OBJECT'],
        ['CRC32C', 'FULL_OBJECT'],
        ['CRC32', 'COMPOSITE'],
        ['SHA256', 'COMPOSITE'],
      ] as const)('%s of a multipart upload is given for it as %s', async (algorithm, type) => {
        const field = `Checksum${algorithm}` as const
        const key = `sum-parts-${algorithm}-${type}`
        const upload = await startUpload(key, { ChecksumAlgorithm: algorithm, ChecksumType: type })
        const bytes = [randomBytes(5 * MIB), randomBytes(5 * MIB), randomBytes(1000)]
        const parts = []
        for (const [at, part] of bytes.entries())
          parts.push(await upload.part(at + 1, part, { ChecksumAlgorithm: algorithm }))
        await upload.complete(parts)
        const input = { Bucket: bucket, Key: key }
        const head = await client.send(new HeadObjectCommand({ ...input, ChecksumMode: 'ENABLED' }))
        const summed = type === 'FULL_OBJECT' ? bytes : parts.map((part) => Buffer.from(part[field] ?? '', 'base64'))
        const plain = await careful.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: `${key}-plain`,
            Body: Buffer.concat(summed),
            ChecksumAlgorithm: algorithm,
          }),
        )
        expect(head.ChecksumType).toBe(type)
        expect(head[field]).toBe(type === 'FULL_OBJECT' ? plain[field] : `${plain[field]}-3`)
      })

      it('Content-MD5 is verified', async () => {
        const ContentMD5 = createHash('md5').update('other').digest('base64')
        await expect(put('md5', 'this', { ContentMD5 })).rejects.toSatisfy(isCode('BadDigest'))
      })

      it('that trail a stream are verified, and the stream is kept without its framing', async () => {
        const bytes = randomBytes(300_000)
        const Body = Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)])
        const input = { Bucket: bucket, Key: 'streamed', Body, ContentLength: bytes.length }
        await careful.send(new PutObjectCommand(input))
        const { Body: got, ContentEncoding } = await careful.send(
          new GetObjectCommand({ Bucket: bucket, Key: 'streamed' }),
        )
        expect(Buffer.from((await got?.transformToByteArray()) ?? []).equals(bytes)).toBe(true)
        expect(ContentEncoding ?? '').not.toContain('aws-chunked')
      })
    })

    describe('multipart uploads', () => {
      it('become one object whose parts are in the order of their numbers', async () => {
        const upload = await startUpload('parts', { ContentType: 'video/mp4', Metadata: { token: 't' } })
        const [first, second] = [randomBytes(5 * MIB), Buffer.from('the end')]
        const sent2 = await upload.part(2, second)
        const sent1 = await upload.part(1, first)
        await expect(read('parts')).rejects.toSatisfy(isCode('NoSuchKey'))
        await upload.complete([sent1, sent2])
        const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'parts' }))
        const md5s = [first, second].map((part) => createHash('md5').update(part).digest())
        expect(head).toMatchObject({
          ContentLength: 5 * MIB + 7,
          ContentType: 'video/mp4',
          Metadata: { token: 't' },
          ETag: `"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-2"`,
        })
        const across = await read('parts', { Range: `bytes=${5 * MIB - 2}-${5 * MIB + 2}` })
        expect(across.ContentRange).toBe(`bytes ${5 * MIB - 2}-${5 * MIB + 2}/${5 * MIB + 7}`)
        expect((await read('parts', { Range: 'bytes=-7' })).text).toBe('the end')
      })

      it('list their parts in pages, the latest of a number', async () => {
        const upload = await startUpload('paged')
        for (const number of [5, 3, 1, 2, 4]) await upload.part(number, Buffer.from(`part ${number}`))
        const latest = await upload.part(3, Buffer.from('part three'))
        const numbers: (number | undefined)[] = []
        for (let PartNumberMarker = '0', more = true; more;) {
          const input = { Bucket: bucket, Key: 'paged', UploadId: upload.UploadId, MaxParts: 2, PartNumberMarker }
          const answer = await client.send(new ListPartsCommand(input))
          for (const part of answer.Parts ?? []) {
            numbers.push(part.PartNumber)
            if (part.PartNumber === 3) expect(part).toMatchObject({ ETag: latest.ETag, Size: 10 })
          }
          more = answer.IsTruncated ?? false
          PartNumberMarker = answer.NextPartNumberMarker ?? ''
        }
        expect(numbers).toEqual([1, 2, 3, 4, 5])
      })

      it('are listed in pages while they are open', async () => {
        const uploads = []
        for (const key of ['open/a', 'open/a', 'open/b']) uploads.push({ key, id: (await startUpload(key)).UploadId })
        const found: { key: string | undefined; id: string | undefined }[] = []
        for (let markers: object | undefined = {}; markers;) {
          const input: object = { Prefix: 'open/', MaxUploads: 1, ...markers }
          const answer = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket, ...input }))
          found.push(...(answer.Uploads ?? []).map(({ Key, UploadId }) => ({ key: Key, id: UploadId })))
          markers = answer.IsTruncated
            ? { KeyMarker: answer.NextKeyMarker, UploadIdMarker: answer.NextUploadIdMarker }
            : undefined
        }
        expect(found.map(({ key }) => key)).toEqual(['open/a', 'open/a', 'open/b'])
        expect(new Set(found.map(({ id }) => id))).toEqual(new Set(uploads.map(({ id }) => id)))
      })

      it('refuse a wrong ETag, a missing part, a small part, and parts out of order, and stay open', async () => {
        const upload = await startUpload('refused')
        const [small, big, last] = [
          await upload.part(1, Buffer.from('small')),
          await upload.part(2, Buffer.alloc(5 * MIB)),
          await upload.part(3, Buffer.from('last')),
        ]
        await expect(upload.complete([{ ...big, ETag: small.ETag }])).rejects.toSatisfy(isCode('InvalidPart'))
        await expect(upload.complete([big, { ...last, PartNumber: 4 }])).rejects.toSatisfy(isCode('InvalidPart'))
        await expect(upload.complete([small, big])).rejects.toSatisfy(isCode('EntityTooSmall'))
        await expect(upload.complete([last, big])).rejects.toSatisfy(isCode('InvalidPartOrder'))
        await upload.complete([big, last])
        expect((await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'refused' }))).ContentLength).toBe(
          5 * MIB + 4,
        )
        await expect(upload.complete([big, last])).rejects.toSatisfy(isCode('NoSuchUpload'))
      })

      it('complete with If-None-Match only where there is nothing', async () => {
        await put('taken', 'first')
        const upload = await startUpload('taken')
        const part = await upload.part(1, Buffer.from('second'))
        await expect(upload.complete([part], { IfNoneMatch: '*' })).rejects.toSatisfy(isStatus(412))
        expect((await read('taken')).text).toBe('first')
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'taken' }))
        await upload.complete([part], { IfNoneMatch: '*' })
        expect((await read('taken')).text).toBe('second')
      })

      it('end with an abort, after which no part is taken', async () => {
        const upload = await startUpload('aborted')
        const part = await upload.part(1, Buffer.from('x'))
        const input = { Bucket: bucket, Key: 'aborted', UploadId: upload.UploadId }
        await client.send(new AbortMultipartUploadCommand(input))
        await expect(upload.part(2, Buffer.from('y'))).rejects.toSatisfy(isCode('NoSuchUpload'))
        await expect(upload.complete([part])).rejects.toSatisfy(isCode('NoSuchUpload'))
        await expect(client.send(new ListPartsCommand(input))).rejects.toSatisfy(isCode('NoSuchUpload'))
      })

      it('take parts from other objects', async () => {
        await put('copied-part', '0123456789')
        const upload = await startUpload('from-copy')
        const { CopyPartResult } = await client.send(
          new UploadPartCopyCommand({
            Bucket: bucket,
            Key: 'from-copy',
            UploadId: upload.UploadId,
            PartNumber: 1,
            CopySource: `${bucket}/copied-part`,
            CopySourceRange: 'bytes=2-5',
          }),
        )
        await upload.complete([{ PartNumber: 1, ETag: CopyPartResult?.ETag }])
        expect((await read('from-copy')).text).toBe('2345')
      })
    })

    describe('presigned addresses', () => {
      const presignPut = (
        key: string,
        { expiresIn = 60, ...input }: Partial<PutObjectCommandInput> & { expiresIn?: number },
      ) =>
        getSignedUrl(client, new PutObjectCommand({ Bucket: bucket, Key: key, ...input }), {
          expiresIn,
          signableHeaders: new Set(['content-type']),
          unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
        })
      const headers = { 'content-type': 'text/plain' }

      it('take the very length and type that were signed', async () => {
        const url = await presignPut('presigned', { ContentLength: 5, ContentType: 'text/plain' })
        const other = { 'content-type': 'text/html' }
        expect(await rawRequest(url, { method: 'PUT', headers, body: 'longer' })).toMatchObject({ status: 403 })
        expect(await rawRequest(url, { method: 'PUT', headers: other, body: 'hello' })).toMatchObject({ status: 403 })
        expect(await rawRequest(url, { method: 'PUT', headers, body: 'hello' })).toMatchObject({ status: 200 })
        expect(await read('presigned')).toMatchObject({ text: 'hello', ContentType: 'text/plain' })
      })

      it('take the very bytes whose SHA-256 was signed', async () => {
        const { endpoint, region, ...credentials } = connection()
        const sha256 = createHash('sha256').update('hello').digest('hex')
        const url = await presignBytes({ url: `${endpoint}/${bucket}/bound`, region, credentials, sha256 })
        const bound = { 'x-amz-content-sha256': sha256 }
        const mismatch = { status: 400, code: 'XAmzContentSHA256Mismatch' }
        expect(await rawRequest(url, { method: 'PUT', headers: bound, body: 'jello' })).toMatchObject(mismatch)
        expect(await rawRequest(url, { method: 'PUT', body: 'hello' })).toMatchObject({ status: 403 })
        await expect(read('bound')).rejects.toSatisfy(isCode('NoSuchKey'))
        expect(await rawRequest(url, { method: 'PUT', headers: bound, body: 'hello' })).toMatchObject({ status: 200 })
      })

      it('are good for one method and one key', async () => {
        const url = await presignPut('mine', { ContentLength: 5, ContentType: 'text/plain' })
        expect(await rawRequest(url)).toMatchObject({ status: 403 })
        const foreign = url.replace('/mine', '/yours')
        expect(await rawRequest(foreign, { method: 'PUT', headers, body: 'hello' })).toMatchObject({ status: 403 })
      })

      it('refuse headers of Amazon that were not signed', async () => {
        const url = await presignPut('extra', { ContentLength: 5, ContentType: 'text/plain' })
        const more = { ...headers, 'x-amz-meta-role': 'admin' }
        expect(await rawRequest(url, { method: 'PUT', headers: more, body: 'hello' })).toMatchObject({ status: 403 })
      })

      it('write once where If-None-Match is signed', async () => {
        const url = await getSignedUrl(
          client,
          new PutObjectCommand({ Bucket: bucket, Key: 'once', IfNoneMatch: '*' }),
          {
            expiresIn: 60,
            signableHeaders: new Set(['if-none-match']),
          },
        )
        const once = { 'if-none-match': '*' }
        expect(await rawRequest(url, { method: 'PUT', body: '1' })).toMatchObject({ status: 403 })
        expect(await rawRequest(url, { method: 'PUT', headers: once, body: '1' })).toMatchObject({ status: 200 })
        expect(await rawRequest(url, { method: 'PUT', headers: once, body: '2' })).toMatchObject({ status: 412 })
      })

      it('expire', async () => {
        const command = new GetObjectCommand({ Bucket: bucket, Key: 'presigned' })
        const signingDate = new Date(Date.now() - 61_000)
        const url = await getSignedUrl(client, command, { expiresIn: 60, signingDate })
        expect(await rawRequest(url)).toMatchObject({ status: 403, code: 'AccessDenied' })
      })

      it('override the headers of the answer', async () => {
        await put('named', 'x', { ContentType: 'text/html' })
        const command = new GetObjectCommand({
          Bucket: bucket,
          Key: 'named',
          ResponseContentType: 'application/octet-stream',
          ResponseContentDisposition: `attachment; filename="a.txt"; filename*=UTF-8''%EB%B3%B4.txt`,
        })
        const answer = await rawRequest(await getSignedUrl(client, command))
        expect(answer.headers).toMatchObject({
          'content-type': 'application/octet-stream',
          'content-disposition': `attachment; filename="a.txt"; filename*=UTF-8''%EB%B3%B4.txt`,
        })
      })
    })

    it('serves nobody who has not signed', async () => {
      const { endpoint } = connection()
      await put('private', 'x')
      for (const method of ['GET', 'PUT', 'DELETE', 'HEAD']) {
        const answer = await rawRequest(`${endpoint}/${bucket}/private`, { method })
        expect(answer.status).toBe(403)
      }
      expect((await rawRequest(`${endpoint}/${bucket}`)).status).toBe(403)
      expect((await read('private')).text).toBe('x')
    })

    it('lets pages of the allowed origins read answers and their ETag', async () => {
      const CORSRules = [
        {
          AllowedOrigins: [PAGE],
          AllowedMethods: ['GET', 'PUT'],
          AllowedHeaders: ['*'],
          ExposeHeaders: ['ETag'],
          MaxAgeSeconds: 60,
        },
      ]
      await careful.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: { CORSRules } }))
      const kept = await client.send(new GetBucketCorsCommand({ Bucket: bucket }))
      expect(kept.CORSRules).toMatchObject([{ AllowedOrigins: [PAGE], AllowedMethods: ['GET', 'PUT'] }])
      const url = `${connection().endpoint}/${bucket}/any`
      const ask = (origin: string, method: string) =>
        rawRequest(url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': method } })
      const allowed = await ask(PAGE, 'PUT')
      expect(allowed.status).toBe(200)
      expect(allowed.headers).toMatchObject({ 'access-control-allow-origin': PAGE })
      expect(await ask('https://other.example', 'PUT')).toMatchObject({ status: 403 })
      expect(await ask(PAGE, 'DELETE')).toMatchObject({ status: 403 })
      await put('for-a-page', 'x')
      const signed = await getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: 'for-a-page' }))
      const answer = await rawRequest(signed, { headers: { origin: PAGE } })
      expect(answer.headers).toMatchObject({
        'access-control-allow-origin': PAGE,
        'access-control-expose-headers': expect.stringMatching(/etag/i),
      })
    })
  })
}

function isCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof Error && error.name === code
}

function isStatus(status: number): (error: unknown) => boolean {
  return (error) =>
    (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode === status
}
