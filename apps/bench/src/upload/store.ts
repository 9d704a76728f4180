import { setTimeout as delay } from 'node:timers/promises'
import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import type { LocalStackReady } from '@bellhop/local-stack'

const EMPTY_MS = 30_000
const LOOK_EVERY_MS = 50

export interface StoreAddress extends NonNullable<LocalStackReady['s3']> {
  /** Not every store understands the checksums that the AWS SDK adds of its own accord. */
  readonly withoutChecksums?: boolean
}

/** All settings of the SDK are its own, but for the address and what a store cannot do. */
export function clientOf({ endpoint, region, withoutChecksums, ...keys }: StoreAddress): S3Client {
  const { accessKeyId, secretAccessKey } = keys
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    ...(withoutChecksums ? { requestChecksumCalculation: 'WHEN_REQUIRED' } : {}),
  })
}

export async function remove(client: S3Client, bucket: string, objectKey: string): Promise<void> {
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: objectKey }))
}

/** What a file of the platform holds is removed by its worker, which must not run on into what is measured next. */
export async function untilEmpty(client: S3Client, bucket: string, signal: AbortSignal): Promise<void> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(EMPTY_MS)])
  for (;;) {
    const { KeyCount = 0 } = await client.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 }))
    if (KeyCount === 0) return
    await delay(LOOK_EVERY_MS, undefined, { signal: bounded })
  }
}

/** What `S3_*` says: one or none. */
export function otherStores(env: Readonly<NodeJS.ProcessEnv>): StoreAddress[] {
  const { S3_ENDPOINT: endpoint, S3_BUCKET: bucket, S3_REGION: region = 'us-east-1' } = env
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = env
  if (!endpoint) return []
  if (!bucket || !accessKeyId || !secretAccessKey) {
    throw new Error('S3_ENDPOINT is set; set S3_BUCKET, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY too.')
  }
  return [{ endpoint, bucket, region, accessKeyId, secretAccessKey, withoutChecksums: true }]
}
