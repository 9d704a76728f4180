import {
  DeleteBucketCommand,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
} from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import type { Cases } from './conformance-case.ts'
import { rawRequest } from './raw-request.ts'
import { isCode, isStatus } from './store-under-test.ts'
import type { StoreUnderTest } from './store-under-test.ts'

const PAGE = 'https://page.example'

export function bucketCases(store: StoreUnderTest, { must }: Cases): void {
  must('are found by their name', async () => {
    await store.client.send(new HeadBucketCommand({ Bucket: store.bucket }))
    const other = new HeadBucketCommand({ Bucket: `${store.bucket}-no` })
    await expect(store.client.send(other)).rejects.toSatisfy(isStatus(404, 403))
  })
}

/** What changes the bucket itself, and so needs one of the suite's own. */
export function ownBucketCases(store: StoreUnderTest, { feature }: Cases): void {
  feature('are listed, and not removed while they hold an object', async () => {
    const { Buckets = [] } = await store.client.send(new ListBucketsCommand({}))
    expect(Buckets.map(({ Name }) => Name)).toContain(store.bucket)
    await store.put('keeps-the-bucket', 'x')
    const removal = store.client.send(new DeleteBucketCommand({ Bucket: store.bucket }))
    await expect(removal).rejects.toSatisfy(isCode('BucketNotEmpty'))
  })

  feature('let pages of the allowed origins read answers and their ETag', async () => {
    const rule = {
      AllowedOrigins: [PAGE],
      AllowedMethods: ['GET', 'PUT'],
      AllowedHeaders: ['*'],
      ExposeHeaders: ['ETag'],
      MaxAgeSeconds: 60,
    }
    const CORSConfiguration = { CORSRules: [rule] }
    await store.careful.send(new PutBucketCorsCommand({ Bucket: store.bucket, CORSConfiguration }))
    const kept = await store.client.send(new GetBucketCorsCommand({ Bucket: store.bucket }))
    expect(kept.CORSRules).toMatchObject([{ AllowedOrigins: [PAGE], AllowedMethods: ['GET', 'PUT'] }])
    const url = `${store.connection.endpoint}/${store.bucket}/any`
    const ask = (origin: string, method: string) =>
      rawRequest(url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': method } })
    const allowed = await ask(PAGE, 'PUT')
    expect(allowed.status).toBe(200)
    expect(allowed.headers).toMatchObject({ 'access-control-allow-origin': PAGE })
    expect((await ask('https://other.example', 'PUT')).status).toBe(403)
    expect((await ask(PAGE, 'DELETE')).status).toBe(403)
    await store.put('for-a-page', 'x')
    const signed = store.signer.sign({ method: 'GET', objectKey: store.at('for-a-page'), expiresInMs: 60_000 })
    const answer = await rawRequest(signed, { headers: { origin: PAGE } })
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': PAGE,
      'access-control-expose-headers': expect.stringMatching(/etag/i),
    })
  })

  feature('keep a lifecycle rule that aborts incomplete uploads', async () => {
    const rule = {
      ID: 'bellhop-incomplete-uploads',
      Status: 'Enabled' as const,
      Filter: { Prefix: '' },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 8 },
    }
    const place = { Bucket: store.bucket }
    const LifecycleConfiguration = { Rules: [rule] }
    await store.client.send(new PutBucketLifecycleConfigurationCommand({ ...place, LifecycleConfiguration }))
    const { Rules = [] } = await store.client.send(new GetBucketLifecycleConfigurationCommand(place))
    expect(Rules).toMatchObject([{ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 8 } }])
  })
}
