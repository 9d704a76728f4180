import { S3Client } from '@aws-sdk/client-s3'

export interface ObjectStoreOptions {
  readonly endpoint: string
  /** The address under which clients reach the store, where it differs from ours. */
  readonly publicEndpoint?: string | undefined
  readonly bucket: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const REQUEST_TIMEOUT_MS = 30_000
const CONNECT_TIMEOUT_MS = 3_000

export function openS3Client(endpoint: string, { region, accessKeyId, secretAccessKey }: ObjectStoreOptions): S3Client {
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    // Many stores refuse the SDK's default checksums, and its presigner would embed the CRC32 of an empty body.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 3,
    requestHandler: { requestTimeout: REQUEST_TIMEOUT_MS, connectionTimeout: CONNECT_TIMEOUT_MS },
  })
}
