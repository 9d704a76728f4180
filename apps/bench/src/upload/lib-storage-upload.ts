import { createReadStream } from 'node:fs'
import type { S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'

export interface LibStorageUpload {
  readonly client: S3Client
  readonly bucket: string
  readonly objectKey: string
  readonly path: string
  /** Over its defaults, 5 MiB × 4. */
  readonly settings: { readonly partSize?: number; readonly queueSize?: number }
  readonly signal: AbortSignal
}

/** As its README shows it. */
export async function libStorageUpload(options: LibStorageUpload): Promise<void> {
  const { client, bucket, objectKey, path, settings, signal } = options
  const upload = new Upload({
    client,
    params: { Bucket: bucket, Key: objectKey, Body: createReadStream(path) },
    ...settings,
  })
  const abort = () => void upload.abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    await upload.done()
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
