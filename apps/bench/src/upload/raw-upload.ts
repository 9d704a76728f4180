import { hash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import http from 'node:http'
import type { CompletedPart, S3Client } from '@aws-sdk/client-s3'
import { CompleteMultipartUploadCommand, CreateMultipartUploadCommand } from '@aws-sdk/client-s3'
import type { KeyBinding } from '@bellhop/model'
import { partCount, partLength, partSizeBytes } from '@bellhop/model'
import { createKeySigner } from '@bellhop/persistence'
import type { StoreAddress } from './store.ts'

/** As the SDK has in Node. */
const PARTS_AT_ONCE = 4
const LIFE_MS = 600_000
const MEDIA_TYPE = 'application/octet-stream'

const agent = new http.Agent({ keepAlive: true })

export interface RawUpload {
  readonly client: S3Client
  readonly store: StoreAddress
  readonly objectKey: string
  readonly path: string
  readonly sizeBytes: number
  /** But for `none`, each part is hashed and its key bound to the hash, which the store verifies and may keep. */
  readonly binding: KeyBinding
  readonly signal: AbortSignal
}

/**
 * The least that gets a file into the store in parts: no server, no record, no check, no second try. Part size, number at
 * once and kind of keys are those of the SDK.
 */
export async function rawUpload({
  client,
  store,
  objectKey,
  path,
  sizeBytes,
  binding,
  signal,
}: RawUpload): Promise<void> {
  const target = { Bucket: store.bucket, Key: objectKey }
  const { UploadId: uploadId = '' } = await client.send(
    new CreateMultipartUploadCommand({
      ...target,
      ContentType: MEDIA_TYPE,
      ...(binding === 'store-sha256' ? { ChecksumAlgorithm: 'SHA256' } : {}),
    }),
  )
  const signer = createKeySigner(store)
  const partSize = partSizeBytes(sizeBytes)
  const count = partCount(sizeBytes, partSize)
  const parts: CompletedPart[] = []
  await using file = await open(path)
  let next = 1
  const sendParts = async () => {
    const buffer = Buffer.allocUnsafeSlow(partSize)
    while (next <= count) {
      const number = next
      next += 1
      const bytes = buffer.subarray(0, partLength(number, sizeBytes, partSize))
      await fill(bytes, file, (number - 1) * partSize)
      const sha256 = binding === 'none' ? undefined : hash('sha256', bytes, 'hex')
      const kept = sha256 !== undefined && binding === 'store-sha256' ? base64(sha256) : undefined
      const headers = {
        'content-length': String(bytes.length),
        'content-type': MEDIA_TYPE,
        ...(kept === undefined ? {} : { 'x-amz-checksum-sha256': kept }),
      }
      const url = signer.sign({
        method: 'PUT',
        objectKey,
        expiresInMs: LIFE_MS,
        headers,
        query: { partNumber: String(number), uploadId, 'x-id': 'UploadPart' },
        ...(sha256 === undefined ? {} : { sha256 }),
      })
      const sent = sha256 === undefined ? headers : { ...headers, 'x-amz-content-sha256': sha256 }
      const ETag = await put(url, sent, bytes, signal)
      parts[number - 1] = { PartNumber: number, ETag, ...(kept === undefined ? {} : { ChecksumSHA256: kept }) }
    }
  }
  await Promise.all(Array.from({ length: PARTS_AT_ONCE }, sendParts))
  const MultipartUpload = { Parts: parts }
  await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId: uploadId, MultipartUpload }))
}

function base64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64')
}

async function fill(bytes: Buffer, file: FileHandle, position: number): Promise<void> {
  for (let filled = 0; filled < bytes.length;) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, position + filled)
    if (bytesRead === 0) throw new Error('The file became shorter while it was read.')
    filled += bytesRead
  }
}

function put(url: string, headers: Record<string, string>, bytes: Buffer, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'PUT', headers, agent, signal }, (response) => {
      response.resume().once('error', reject)
      response.once('end', () => {
        const { statusCode, headers: answer } = response
        if (statusCode === 200) resolve(answer.etag ?? '')
        else reject(new Error(`The store answered ${statusCode} to a part.`))
      })
    })
    request.once('error', reject)
    request.end(bytes)
  })
}
