import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import type { Cases } from './conformance-case.ts'
import { PART_BYTES, isCode } from './store-under-test.ts'
import type { StoreUnderTest } from './store-under-test.ts'

const WHOLE = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const
const OF_PARTS = [
  ['CRC64NVME', 'FULL_OBJECT'],
  ['CRC32', 'FULL_OBJECT'],
  ['CRC32C', 'FULL_OBJECT'],
  ['CRC32', 'COMPOSITE'],
  ['SHA256', 'COMPOSITE'],
] as const

export function checksumCases(store: StoreUnderTest, { feature }: Cases): void {
  for (const algorithm of WHOLE) {
    feature(`${algorithm} is verified, kept and given back`, async () => {
      const field = `Checksum${algorithm}` as const
      const place = store.object(`sum-${algorithm}`)
      const request = new PutObjectCommand({ ...place, Body: 'summed', ChecksumAlgorithm: algorithm })
      const sent = await store.careful.send(request)
      expect(sent[field]).toMatch(/^[A-Za-z0-9+/]+=*$/)
      const head = await store.head(`sum-${algorithm}`, { ChecksumMode: 'ENABLED' })
      expect(head[field]).toBe(sent[field])
      const wrong = { [field]: Buffer.alloc(Buffer.from(sent[field] ?? '', 'base64').length).toString('base64') }
      await expect(store.put(`wrong-${algorithm}`, 'summed', wrong)).rejects.toSatisfy(isCode('BadDigest'))
      await expect(store.read(`wrong-${algorithm}`)).rejects.toSatisfy(isCode('NoSuchKey'))
    })
  }

  for (const [algorithm, type] of OF_PARTS) {
    feature(`${algorithm} of a multipart upload is given for it as ${type}`, async () => {
      const field = `Checksum${algorithm}` as const
      const name = `sum-parts-${algorithm}-${type}`
      const upload = await store.startUpload(name, { ChecksumAlgorithm: algorithm, ChecksumType: type })
      const bytes = [randomBytes(PART_BYTES), randomBytes(PART_BYTES), randomBytes(1000)]
      const parts = []
      for (const [at, part] of bytes.entries()) {
        parts.push(await upload.part(at + 1, part, { ChecksumAlgorithm: algorithm }))
      }
      await upload.complete(parts)
      const head = await store.head(name, { ChecksumMode: 'ENABLED' })
      const summed = type === 'FULL_OBJECT' ? bytes : parts.map((part) => Buffer.from(part[field] ?? '', 'base64'))
      const place = store.object(`${name}-plain`)
      const request = new PutObjectCommand({ ...place, Body: Buffer.concat(summed), ChecksumAlgorithm: algorithm })
      const plain = await store.careful.send(request)
      expect(head.ChecksumType).toBe(type)
      expect(head[field]).toBe(type === 'FULL_OBJECT' ? plain[field] : `${plain[field]}-3`)
    })
  }

  feature('Content-MD5 is verified', async () => {
    const ContentMD5 = createHash('md5').update('other').digest('base64')
    await expect(store.put('md5', 'this', { ContentMD5 })).rejects.toSatisfy(isCode('BadDigest'))
  })

  feature('that trail a stream are verified, and the stream is kept without its framing', async () => {
    const bytes = randomBytes(300_000)
    const Body = Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)])
    const place = store.object('streamed')
    await store.careful.send(new PutObjectCommand({ ...place, Body, ContentLength: bytes.length }))
    const { Body: got, ContentEncoding } = await store.careful.send(new GetObjectCommand(place))
    expect(Buffer.from((await got?.transformToByteArray()) ?? []).equals(bytes)).toBe(true)
    expect(ContentEncoding ?? '').not.toContain('aws-chunked')
  })
}
