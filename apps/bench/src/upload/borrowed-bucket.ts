import {
  DeleteBucketCorsCommand,
  GetBucketCorsCommand,
  ListObjectsV2Command,
  PutBucketCorsCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import type { StoreAddress } from './store.ts'
import { clientOf } from './store.ts'

const PAGES_MAY_SEND = {
  CORSRules: [
    { AllowedOrigins: ['*'], AllowedMethods: ['PUT', 'POST'], AllowedHeaders: ['*'], ExposeHeaders: ['ETag'] },
  ],
}

/**
 * Makes sure that the bucket is empty and lets pages in. Given back as it was: a rule of ours is taken away again, and what a
 * bucket has of its own is left alone. Throws when there are objects, which could be taken for those of the benchmark.
 */
export async function borrowBucket(store: StoreAddress): Promise<AsyncDisposable> {
  const client = clientOf(store)
  const target = { Bucket: store.bucket }
  const { KeyCount = 0 } = await client.send(new ListObjectsV2Command({ ...target, MaxKeys: 1 }))
  if (KeyCount > 0) throw new Error(`The bucket ${store.bucket} holds objects; give the benchmark an empty one.`)
  const ours = !(await hasRules())
  if (ours) await client.send(new PutBucketCorsCommand({ ...target, CORSConfiguration: PAGES_MAY_SEND }))
  return {
    async [Symbol.asyncDispose]() {
      if (ours) await client.send(new DeleteBucketCorsCommand(target))
      client.destroy()
    },
  }

  async function hasRules(): Promise<boolean> {
    try {
      await client.send(new GetBucketCorsCommand(target))
      return true
    } catch (error) {
      if (error instanceof S3ServiceException && error.name === 'NoSuchCORSConfiguration') return false
      throw error
    }
  }
}
