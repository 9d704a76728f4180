import { hash } from 'node:crypto'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  AbortMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import type { S3Client } from '@aws-sdk/client-s3'
import { AppError, LIMITS, mediaTypeOf, newId, partCount, partLength, partSizeBytes } from '@bellhop/model'
import type {
  CompletedUpload,
  Download,
  FileDigests,
  FileId,
  FileRecord,
  SignedPart,
  SignedRequest,
  UploadId,
  UploadPlan,
  UploadProgress,
  UploadStatus,
} from '@bellhop/model'
import type { PartToSign, StartUpload } from '../../src/upload/upload-port.ts'
import type { KeyMaker } from './key-maker.ts'

export const BUCKET = 'bellhop'

interface Upload {
  readonly id: UploadId
  readonly fileId: FileId
  readonly name: string
  readonly mediaType: string
  readonly sizeBytes: number
  readonly partSizeBytes: number
  readonly partCount: number
  readonly storeUploadId: string | null
  status: UploadStatus
}

/** The server's side of uploads, in memory, over a real store. */
export class Uploads {
  /** Of the next keys. Negative: they have expired already. */
  keyLifeMs = 600_000
  /** Part keys issued, in order of asking. */
  readonly signed: number[][] = []
  /** What the parts of files are told to have been. */
  readonly digests = new Map<FileId, FileDigests>()
  /** The lines of the ledger that were to be gone on with. */
  readonly renewed: string[] = []
  readonly #uploads = new Map<UploadId, Upload>()
  readonly #store: S3Client
  readonly #keys: KeyMaker

  constructor(store: S3Client, keys: KeyMaker) {
    this.#store = store
    this.#keys = keys
  }

  async start(input: StartUpload): Promise<UploadPlan> {
    const { name } = input
    const sizeBytes = input.sizeBytes ?? 0
    const mediaType = mediaTypeOf(name, input.mediaType ?? '')
    const single = sizeBytes < LIMITS.singlePutBelowBytes
    const fileId = newId('file')
    const partSize = partSizeBytes(sizeBytes)
    const upload: Upload = {
      id: newId('upload'),
      fileId,
      name,
      mediaType,
      sizeBytes,
      partSizeBytes: partSize,
      partCount: single ? 1 : partCount(sizeBytes, partSize),
      storeUploadId: single ? null : await this.#create(fileId, mediaType),
      status: 'OPEN',
    }
    this.#uploads.set(upload.id, upload)
    return this.#plan(upload, input.sha256)
  }

  async renew({ uploadId, sha256 }: { uploadId: UploadId; sha256?: string | undefined }): Promise<UploadPlan> {
    return this.#plan(this.#open(uploadId), sha256)
  }

  async signParts(input: { uploadId: UploadId; parts: PartToSign[] }): Promise<SignedPart[]> {
    const upload = this.#open(input.uploadId)
    this.signed.push(input.parts.map(({ number }) => number))
    return Promise.all(
      input.parts.map(async ({ number, sha256 }) => {
        const sizeBytes = partLength(number, upload.sizeBytes, upload.partSizeBytes)
        const query = { partNumber: String(number), uploadId: upload.storeUploadId ?? '' }
        return { number, sizeBytes, request: await this.#putKey(upload, sizeBytes, sha256, query) }
      }),
    )
  }

  async complete({ uploadId }: { uploadId: UploadId }): Promise<CompletedUpload> {
    const upload = this.#find(uploadId)
    const target = { Bucket: BUCKET, Key: upload.fileId }
    if (upload.status === 'OPEN') {
      if (upload.storeUploadId) {
        const arrived = await this.#arrived(upload)
        const missing = Array.from({ length: upload.partCount }, (_, index) => index + 1).filter((n) => !arrived.has(n))
        if (missing.length > 0) {
          throw new AppError('UPLOAD_INCOMPLETE', undefined, { details: { missing: missing.slice(0, 64) } })
        }
        const parts = [...arrived].map(([PartNumber, { ETag }]) => ({ PartNumber, ETag }))
        await this.#store.send(
          new CompleteMultipartUploadCommand({
            ...target,
            UploadId: upload.storeUploadId,
            MultipartUpload: { Parts: parts },
          }),
        )
      }
      const head = await this.#store.send(new HeadObjectCommand(target)).catch(() => undefined)
      if (!head) throw new AppError('UPLOAD_INCOMPLETE', undefined, { details: { missing: [1] } })
      if (head.ContentLength !== upload.sizeBytes) throw new AppError('SIZE_MISMATCH')
      upload.status = 'COMPLETED'
    }
    if (upload.status !== 'COMPLETED') throw new AppError('UPLOAD_NOT_OPEN')
    return { file: fileRecord(upload), jobs: [] }
  }

  async abort({ uploadId }: { uploadId: UploadId }): Promise<{ status: UploadStatus }> {
    const upload = this.#find(uploadId)
    if (upload.status === 'OPEN') {
      upload.status = 'ABORTED'
      if (upload.storeUploadId) {
        await this.#store.send(
          new AbortMultipartUploadCommand({ Bucket: BUCKET, Key: upload.fileId, UploadId: upload.storeUploadId }),
        )
      }
    }
    return { status: upload.status }
  }

  async get({ uploadId }: { uploadId: UploadId }): Promise<UploadProgress> {
    const { id, storeUploadId, ...upload } = this.#find(uploadId)
    const arrived =
      upload.status === 'OPEN' && storeUploadId ? await this.#arrived(this.#find(id)) : new Map<number, never>()
    return {
      ...upload,
      uploadId: id,
      mode: storeUploadId ? 'multipart' : 'single',
      arrived: [...arrived.keys()].map((number) => ({
        number,
        sizeBytes: partLength(number, upload.sizeBytes, upload.partSizeBytes),
        sha256: null,
      })),
      fingerprint: null,
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
    }
  }

  async download(id: string, renews: string | undefined): Promise<Download> {
    if (renews !== undefined) this.renewed.push(renews)
    const upload = [...this.#uploads.values()].find(({ fileId }) => fileId === id)
    if (!upload) throw new AppError('FILE_NOT_FOUND')
    const { url } = await this.#key({ method: 'GET', path: `/${BUCKET}/${upload.fileId}` })
    const { name, mediaType, sizeBytes } = upload
    return { id, keyId: 'vk_01', url, name, mediaType, sizeBytes, expiresInMs: this.keyLifeMs }
  }

  /** A file that has arrived, with the hashes of its parts. */
  async place(name: string, bytes: Uint8Array, partSize = LIMITS.minPartSizeBytes): Promise<FileId> {
    const fileId = newId('file')
    const sizeBytes = bytes.length
    this.#uploads.set(newId('upload'), {
      id: newId('upload'),
      fileId,
      name,
      mediaType: 'application/octet-stream',
      sizeBytes,
      partSizeBytes: partSize,
      partCount: Math.ceil(sizeBytes / partSize),
      storeUploadId: null,
      status: 'COMPLETED',
    })
    await this.replace(fileId, bytes)
    const hashes = Array.from({ length: Math.ceil(sizeBytes / partSize) }, (_, index) =>
      hash('sha256', bytes.subarray(index * partSize, (index + 1) * partSize), 'buffer'),
    )
    this.digests.set(fileId, {
      sizeBytes,
      partSizeBytes: partSize,
      sha256: Buffer.concat(hashes).toString('base64'),
    })
    return fileId
  }

  /** Other bytes in the store than were uploaded. */
  async replace(fileId: FileId, bytes: Uint8Array): Promise<void> {
    await this.#store.send(new PutObjectCommand({ Bucket: BUCKET, Key: fileId, Body: bytes }))
  }

  async bytesOf(fileId: FileId): Promise<Buffer> {
    const { Body } = await this.#store.send(new GetObjectCommand({ Bucket: BUCKET, Key: fileId }))
    return Buffer.from((await Body?.transformToByteArray()) ?? [])
  }

  async openInStore(): Promise<number> {
    const { Uploads: open } = await this.#store.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }))
    return open?.length ?? 0
  }

  async #create(key: string, mediaType: string): Promise<string> {
    const command = new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: key, ContentType: mediaType })
    const { UploadId } = await this.#store.send(command)
    return UploadId ?? ''
  }

  async #arrived(upload: Upload): Promise<Map<number, { ETag: string | undefined }>> {
    const { Parts = [] } = await this.#store.send(
      new ListPartsCommand({ Bucket: BUCKET, Key: upload.fileId, UploadId: upload.storeUploadId ?? '' }),
    )
    return new Map(Parts.map(({ PartNumber = 0, ETag }) => [PartNumber, { ETag }]))
  }

  async #plan(upload: Upload, sha256: string | undefined): Promise<UploadPlan> {
    const { id, fileId, sizeBytes, mediaType, storeUploadId } = upload
    const base = { uploadId: id, fileId, sizeBytes, mediaType }
    if (storeUploadId) {
      return {
        ...base,
        mode: 'multipart',
        partSizeBytes: upload.partSizeBytes,
        partCount: upload.partCount,
        signed: [],
      }
    }
    const put = await this.#putKey(upload, sizeBytes, sha256, {}, { 'if-none-match': '*' })
    return { ...base, mode: 'single', put }
  }

  #putKey(
    upload: Upload,
    sizeBytes: number,
    sha256: string | undefined,
    query: Record<string, string>,
    more: Record<string, string> = {},
  ): Promise<SignedRequest> {
    const headers = {
      'content-length': String(sizeBytes),
      'content-type': upload.mediaType,
      'x-amz-content-sha256': sha256 ?? 'UNSIGNED-PAYLOAD',
      ...more,
    }
    return this.#key({ method: 'PUT', path: `/${BUCKET}/${upload.fileId}`, query, headers })
  }

  /** A key that has expired says that it has not, as a client would see it whose clock or queue is slow. */
  async #key(request: {
    method: 'PUT' | 'GET'
    path: string
    query?: Record<string, string>
    headers?: Record<string, string>
  }) {
    if (this.keyLifeMs > 0) return this.#keys.make({ ...request, expiresInMs: this.keyLifeMs })
    const key = await this.#keys.make({ ...request, expiresInMs: 1_000, signedAt: new Date(Date.now() - 60_000) })
    return { ...key, expiresInMs: 60_000 }
  }

  #find(id: UploadId): Upload {
    const upload = this.#uploads.get(id)
    if (!upload) throw new AppError('UPLOAD_NOT_FOUND')
    return upload
  }

  #open(id: UploadId): Upload {
    const upload = this.#find(id)
    if (upload.status !== 'OPEN') throw new AppError('UPLOAD_NOT_OPEN')
    return upload
  }
}

function fileRecord(upload: Upload): FileRecord {
  return {
    id: upload.fileId,
    name: upload.name,
    type: 'other',
    mediaType: upload.mediaType,
    sizeBytes: upload.sizeBytes,
    tags: [],
    status: 'READY',
    ownerId: 'user_01',
    ownerName: 'Owner',
    integrity: 'sha256-parts',
    sha256: null,
    downloadCount: 0,
    createdAt: new Date(0).toISOString(),
    verifiedAt: null,
    fault: null,
    readyAt: new Date(0).toISOString(),
    error: null,
  }
}
