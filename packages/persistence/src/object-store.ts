import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { AppError } from '@bellhop/model'
import type { KeyBinding } from '@bellhop/model'
import { TOKEN, issueObjectKeys } from './object-keys.ts'
import { openS3Client } from './s3-client.ts'
import type { ObjectStoreOptions } from './s3-client.ts'

export interface StoredObject {
  readonly sizeBytes: number
  readonly etag: string
  /** The upload that made it. */
  readonly uploadToken: string | undefined
}

export interface StoredPart {
  readonly number: number
  readonly sizeBytes: number
  readonly etag: string
  /** Lower-case hex, where the store tells one. */
  readonly sha256: string | null
}

/** What the store is asked to put together. `sha256` where it was told to keep checksums of that kind. */
export type PartToComplete = StoredPart

export interface ListedObject {
  readonly key: string
  readonly sizeBytes: number
  readonly modifiedAt: Date
}

export interface ListedMultipart {
  readonly objectKey: string
  readonly storeUploadId: string
  readonly startedAt: Date
}

/** Behind which multipart upload a listing goes on. */
export interface MultipartPosition {
  readonly key: string
  readonly id: string
}

const DELETE_BATCH = 1_000
const LIST_PAGES_MAX = 100

/** One bucket of one S3-compatible store. Every method throws STORE_UNAVAILABLE when the store cannot be asked. */
export type ObjectStore = ReturnType<typeof openObjectStore>

export function openObjectStore(options: ObjectStoreOptions) {
  const { bucket } = options
  const s3 = openS3Client(options.endpoint, options)
  const keys = issueObjectKeys(options)

  return {
    signPut: keys.signPut,
    signGet: keys.signGet,
    signRead: keys.signRead,

    /** Returns the store's own id of the multipart upload. */
    async createMultipart(
      objectKey: string,
      mediaType: string,
      uploadToken: string,
      binding: KeyBinding,
    ): Promise<string> {
      const answer = await ask(() =>
        s3.send(
          new CreateMultipartUploadCommand({
            Bucket: bucket,
            Key: objectKey,
            ContentType: mediaType,
            Metadata: { [TOKEN]: uploadToken },
            ...(binding === 'store-sha256' ? { ChecksumAlgorithm: 'SHA256' } : {}),
          }),
        ),
      )
      if (!answer.UploadId)
        throw new AppError('STORE_UNAVAILABLE', 'The object store gave no id for the multipart upload; try again.')
      return answer.UploadId
    },

    /** All parts that have arrived, in order; null when the store knows no such upload. */
    async listParts(objectKey: string, storeUploadId: string): Promise<StoredPart[] | null> {
      const parts: StoredPart[] = []
      let marker: string | undefined
      for (let page = 0; page < LIST_PAGES_MAX; page++) {
        const answer = await askFor(() =>
          s3.send(
            new ListPartsCommand({ Bucket: bucket, Key: objectKey, UploadId: storeUploadId, PartNumberMarker: marker }),
          ),
        )
        if (!answer) return null
        for (const part of answer.Parts ?? []) {
          parts.push({
            number: part.PartNumber ?? 0,
            sizeBytes: part.Size ?? 0,
            etag: part.ETag ?? '',
            sha256: part.ChecksumSHA256 ? Buffer.from(part.ChecksumSHA256, 'base64').toString('hex') : null,
          })
        }
        if (!answer.IsTruncated) break
        marker = answer.NextPartNumberMarker
      }
      return parts
    },

    /**
     * The SHA-256 that the store has made of the parts, as `sha256Of` gives it, where it tells one. Null when it knows no such
     * upload: that was completed or aborted before.
     */
    async completeMultipart(
      objectKey: string,
      storeUploadId: string,
      parts: readonly PartToComplete[],
    ): Promise<{ sha256: string | null } | null> {
      const answer = await askFor(() =>
        s3.send(
          new CompleteMultipartUploadCommand({
            Bucket: bucket,
            Key: objectKey,
            UploadId: storeUploadId,
            MultipartUpload: {
              Parts: parts.map(({ number, etag, sha256 }) => ({
                PartNumber: number,
                ETag: etag,
                ...(sha256 === null ? {} : { ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64') }),
              })),
            },
          }),
        ),
      )
      return answer && { sha256: answer.ChecksumSHA256 ?? null }
    },

    async abortMultipart(objectKey: string, storeUploadId: string): Promise<void> {
      await askFor(() =>
        s3.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: objectKey, UploadId: storeUploadId })),
      )
    },

    async head(objectKey: string): Promise<StoredObject | null> {
      const answer = await askFor(() => s3.send(new HeadObjectCommand({ Bucket: bucket, Key: objectKey })))
      return (
        answer && {
          sizeBytes: answer.ContentLength ?? 0,
          etag: answer.ETag ?? '',
          uploadToken: answer.Metadata?.[TOKEN],
        }
      )
    },

    /**
     * The store's own SHA-256 of an object, in base64: of the bytes, or, with `-` and their number at the end, of the
     * SHA-256 of its parts. Null: there is none.
     */
    async sha256Of(objectKey: string): Promise<string | null> {
      const answer = await askFor(() =>
        s3.send(new HeadObjectCommand({ Bucket: bucket, Key: objectKey, ChecksumMode: 'ENABLED' })),
      )
      return answer?.ChecksumSHA256 ?? null
    },

    /** An object with its first bytes, at most `length`, in one request; null when there is none. */
    async inspect(objectKey: string, length: number): Promise<(StoredObject & { start: Uint8Array }) | null> {
      const answer = await askFor(() =>
        s3.send(new GetObjectCommand({ Bucket: bucket, Key: objectKey, Range: `bytes=0-${length - 1}` })),
      ).catch(ifEmpty)
      if (answer === 'empty') {
        const object = await this.head(objectKey)
        return object && { ...object, start: new Uint8Array() }
      }
      if (!answer) return null
      const start = await ask(async () => (await answer.Body?.transformToByteArray()) ?? new Uint8Array())
      // `bytes 0-16383/73400320`; a store that ignores ranges sends the whole.
      const sizeBytes = Number(answer.ContentRange?.split('/')[1] ?? answer.ContentLength ?? start.length)
      return { sizeBytes, etag: answer.ETag ?? '', uploadToken: answer.Metadata?.[TOKEN], start }
    },

    /** The object from that byte on, as a stream; null when there is none. `sizeBytes` is what will come. */
    async read(
      objectKey: string,
      signal: AbortSignal,
      fromByte = 0,
    ): Promise<{ sizeBytes: number; stream: Readable } | null> {
      const answer = await askFor(() =>
        s3.send(
          new GetObjectCommand({
            Bucket: bucket,
            Key: objectKey,
            ...(fromByte > 0 ? { Range: `bytes=${fromByte}-` } : {}),
          }),
          { abortSignal: signal },
        ),
      )
      return answer && { sizeBytes: answer.ContentLength ?? 0, stream: answer.Body as Readable }
    },

    /** Makes an object of no bytes, as an upload would have; one that is there stays. */
    async putEmpty(objectKey: string, mediaType: string, uploadToken: string): Promise<void> {
      await ask(() =>
        s3.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: objectKey,
            ContentType: mediaType,
            Metadata: { [TOKEN]: uploadToken },
            IfNoneMatch: '*',
            Body: new Uint8Array(),
          }),
        ),
      ).catch((error: unknown) => {
        if (!(error instanceof AppError && isNamed(error.cause, 'PreconditionFailed'))) throw error
      })
    },

    async put(
      objectKey: string,
      mediaType: string,
      body: Uint8Array | { path: string; sizeBytes: number },
      signal: AbortSignal,
    ): Promise<void> {
      await ask(() =>
        s3.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: objectKey,
            ContentType: mediaType,
            ...('path' in body ? { Body: createReadStream(body.path), ContentLength: body.sizeBytes } : { Body: body }),
          }),
          { abortSignal: signal },
        ),
      )
    },

    async deleteObjects(objectKeys: readonly string[]): Promise<void> {
      for (let at = 0; at < objectKeys.length; at += DELETE_BATCH) {
        const batch = objectKeys.slice(at, at + DELETE_BATCH)
        const answer = await ask(() =>
          s3.send(
            new DeleteObjectsCommand({
              Bucket: bucket,
              Delete: { Objects: batch.map((Key) => ({ Key })), Quiet: true },
            }),
          ),
        )
        const [failed] = answer.Errors ?? []
        if (failed)
          throw new AppError('STORE_UNAVAILABLE', `The object store could not delete an object (${failed.Code}).`)
      }
    },

    async list(prefix: string): Promise<string[]> {
      const found: string[] = []
      let token: string | undefined
      for (let page = 0; page < LIST_PAGES_MAX; page++) {
        const answer = await ask(() =>
          s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token })),
        )
        for (const object of answer.Contents ?? []) if (object.Key) found.push(object.Key)
        if (!answer.IsTruncated) break
        token = answer.NextContinuationToken
      }
      return found
    },

    /** One page of the objects under `prefix`, in the order of their keys' bytes, from behind `after` on. */
    async listObjects(
      prefix: string,
      after: string | undefined,
    ): Promise<{ objects: ListedObject[]; isLast: boolean }> {
      const answer = await ask(() =>
        s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, StartAfter: after })),
      )
      const objects = (answer.Contents ?? []).map(({ Key, Size, LastModified }) => ({
        key: Key ?? '',
        sizeBytes: Size ?? 0,
        modifiedAt: LastModified ?? new Date(),
      }))
      return { objects, isLast: !answer.IsTruncated || objects.length === 0 }
    },

    /** One page of the multipart uploads that have neither been completed nor aborted; `next` leads to the page after. */
    async listMultiparts(
      prefix: string,
      after: MultipartPosition | undefined,
    ): Promise<{ uploads: ListedMultipart[]; next: MultipartPosition | null }> {
      const answer = await ask(() =>
        s3.send(
          new ListMultipartUploadsCommand({
            Bucket: bucket,
            Prefix: prefix,
            KeyMarker: after?.key,
            UploadIdMarker: after?.id,
          }),
        ),
      )
      const uploads = (answer.Uploads ?? []).map(({ Key, UploadId, Initiated }) => ({
        objectKey: Key ?? '',
        storeUploadId: UploadId ?? '',
        startedAt: Initiated ?? new Date(),
      }))
      const { IsTruncated, NextKeyMarker: key, NextUploadIdMarker: id } = answer
      const goesOn = IsTruncated === true && key !== undefined && uploads.length > 0
      return { uploads, next: goesOn ? { key, id: id ?? '' } : null }
    },

    async isReachable(): Promise<boolean> {
      return s3.send(new HeadBucketCommand({ Bucket: bucket })).then(
        () => true,
        () => false,
      )
    },

    [Symbol.dispose](): void {
      s3.destroy()
      keys[Symbol.dispose]()
    },
  }
}

/** Like `ask`, with null for "there is no such thing". */
async function askFor<T>(request: () => Promise<T>): Promise<T | null> {
  try {
    return await ask(request)
  } catch (error) {
    if (error instanceof AppError && isAbsent(error.cause)) return null
    throw error
  }
}

async function ask<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'AbortError') throw cause
    throw new AppError('STORE_UNAVAILABLE', undefined, { cause })
  }
}

function isAbsent(cause: unknown): boolean {
  return isNamed(cause, 'NoSuchUpload') || isNamed(cause, 'NoSuchKey') || isNamed(cause, 'NotFound')
}

/** An object of no bytes has no range that could be asked for. */
function ifEmpty(error: unknown): 'empty' {
  if (error instanceof AppError && isNamed(error.cause, 'InvalidRange')) return 'empty'
  throw error
}

function isNamed(cause: unknown, code: string): boolean {
  return cause instanceof Error && cause.name === code
}
