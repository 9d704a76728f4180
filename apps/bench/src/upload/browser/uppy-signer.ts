import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { StoreAddress } from '../store.ts'
import { clientOf } from '../store.ts'

const LIFE_S = 3600

/** What Uppy asks for: of `PresignableRequest` of `@uppy/aws-s3`, what an upload needs. */
export interface UppyRequest {
  readonly method: 'PUT' | 'POST'
  readonly key: string
  readonly uploadId?: string
  readonly partNumber?: number
}

/** As Uppy's documentation shows it: each request presigned by the AWS SDK, the host signed and nothing else. */
export function uppySigner(store: StoreAddress): (request: UppyRequest) => Promise<string> {
  const { bucket } = store
  const client = clientOf({ ...store, withoutChecksums: true })
  return ({ method, key, uploadId, partNumber }) => {
    const target = { Bucket: bucket, Key: key }
    const expiry = { expiresIn: LIFE_S }
    if (uploadId === undefined) {
      return method === 'PUT'
        ? getSignedUrl(client, new PutObjectCommand(target), expiry)
        : getSignedUrl(client, new CreateMultipartUploadCommand(target), expiry)
    }
    const upload = { ...target, UploadId: uploadId }
    return partNumber === undefined
      ? getSignedUrl(client, new CompleteMultipartUploadCommand(upload), expiry)
      : getSignedUrl(client, new UploadPartCommand({ ...upload, PartNumber: partNumber }), expiry)
  }
}
