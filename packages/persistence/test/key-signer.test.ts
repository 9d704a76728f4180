import { PutObjectCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { createKeySigner } from '@bellhop/persistence'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const options = {
  endpoint: 'http://127.0.0.1:9000',
  bucket: 'bucket',
  region: 'eu-west-3',
  accessKeyId: 'AKID',
  secretAccessKey: 'secret',
}
const signer = createKeySigner(options)
const sdk = new S3Client({
  endpoint: options.endpoint,
  region: options.region,
  credentials: options,
  forcePathStyle: true,
  requestChecksumCalculation: 'WHEN_REQUIRED',
})
const now = new Date('2026-11-22T10:11:12Z')

describe('a key is the one that the SDK would have made', () => {
  const objectKey = fc
    .string({ unit: fc.constantFrom(...Array.from("aZ09-_.~/ !'()*+&=?한€")), minLength: 1, maxLength: 40 })
    .filter((key) => !/^\/|\/\/|\/$|^\.|\/\./.test(key))

  test('for a PUT with its length and type signed', async () => {
    await fc.assert(
      fc.asyncProperty(objectKey, fc.nat(), async (key, length) => {
        const command = new PutObjectCommand({
          Bucket: options.bucket,
          Key: key,
          ContentLength: length,
          ContentType: 'text/csv',
        })
        const theirs = await getSignedUrl(sdk, command, {
          expiresIn: 300,
          signingDate: now,
          signableHeaders: new Set(['content-type']),
        })
        const ours = signer.sign({
          method: 'PUT',
          objectKey: key,
          now,
          expiresInMs: 300_000,
          headers: { 'content-length': String(length), 'content-type': 'text/csv' },
          query: { 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD', 'x-id': 'PutObject' },
        })
        expect(parsed(ours)).toEqual(parsed(theirs))
      }),
      { numRuns: 60 },
    )
  })

  test('for a part', async () => {
    const command = new UploadPartCommand({
      Bucket: options.bucket,
      Key: 'a/b',
      UploadId: 'u+/=',
      PartNumber: 7,
      ContentLength: 5,
    })
    const theirs = await getSignedUrl(sdk, command, { expiresIn: 60, signingDate: now })
    const ours = signer.sign({
      method: 'PUT',
      objectKey: 'a/b',
      now,
      expiresInMs: 60_000,
      headers: { 'content-length': '5' },
      query: { 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD', partNumber: '7', uploadId: 'u+/=', 'x-id': 'UploadPart' },
    })
    expect(parsed(ours)).toEqual(parsed(theirs))
  })
})

test('what is signed is named in the key: every header that is given, and the bytes', () => {
  const signed = (extra: object) =>
    parsed(signer.sign({ method: 'PUT', objectKey: 'k', expiresInMs: 1, now, ...extra })).query['X-Amz-SignedHeaders']
  expect(signed({})).toBe('host')
  expect(signed({ headers: { 'content-length': '1', 'content-type': 'a/b', 'if-none-match': '*' } })).toBe(
    'content-length;content-type;host;if-none-match',
  )
  expect(signed({ sha256: 'ab' })).toBe('host;x-amz-content-sha256')
})

function parsed(url: string) {
  const { origin, pathname, searchParams } = new URL(url)
  return { origin, pathname, query: Object.fromEntries(searchParams) }
}
