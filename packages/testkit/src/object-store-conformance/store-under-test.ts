import { randomBytes } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { GetObjectCommandOutput, HeadObjectCommandOutput, PutObjectCommandInput } from '@aws-sdk/client-s3'
import { createKeySigner } from '@bellhop/persistence'
import type { KeySigner } from '@bellhop/persistence'

export interface ObjectStoreConnection {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Without it one is made, and removed at the end. In one that is given nothing is changed but under a prefix. */
  readonly bucket?: string | undefined
}

/** As many bytes as a part has at the least that is not the last. */
export const PART_BYTES = 5 * 1024 * 1024
const PAGES_MAX = 100

/** A store with a place of the suite's own in it, and short ways to ask it. */
export class StoreUnderTest {
  readonly #connect: () => ObjectStoreConnection
  readonly #name = `bellhop-conformance-${randomBytes(6).toString('hex')}`
  #opened: { connection: ObjectStoreConnection; client: S3Client; careful: S3Client; signer: KeySigner } | undefined

  constructor(connect: () => ObjectStoreConnection) {
    this.#connect = connect
  }

  async open(): Promise<void> {
    const connection = this.#connect()
    const { endpoint, region, accessKeyId, secretAccessKey } = connection
    const credentials = { accessKeyId, secretAccessKey }
    const shared = { endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 }
    this.#opened = {
      connection,
      client: new S3Client({
        ...shared,
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
      }),
      careful: new S3Client(shared),
      signer: createKeySigner({ endpoint, region, ...credentials, bucket: this.bucket }),
    }
    if (this.hasOwnBucket) await this.client.send(new CreateBucketCommand({ Bucket: this.bucket }))
  }

  /** Leaves nothing in the store. */
  async close(): Promise<void> {
    const at = { Bucket: this.bucket, Prefix: this.at('') }
    for (let page = 0; page < PAGES_MAX; page++) {
      const { Uploads = [] } = await this.client.send(new ListMultipartUploadsCommand(at))
      const { Contents = [] } = await this.client.send(new ListObjectsV2Command(at))
      if (Uploads.length + Contents.length === 0) break
      for (const { Key, UploadId } of Uploads) {
        await this.client.send(new AbortMultipartUploadCommand({ Bucket: this.bucket, Key, UploadId }))
      }
      for (const { Key } of Contents) await this.client.send(new DeleteObjectCommand({ Bucket: this.bucket, Key }))
    }
    if (this.hasOwnBucket) await this.client.send(new DeleteBucketCommand({ Bucket: this.bucket }))
    this.client.destroy()
    this.careful.destroy()
  }

  get hasOwnBucket(): boolean {
    return this.connection.bucket === undefined
  }

  get bucket(): string {
    return this.connection.bucket ?? this.#name
  }

  get connection(): ObjectStoreConnection {
    return this.#opened?.connection ?? this.#connect()
  }

  /** As Bellhop speaks to a store: with checksums where one is required only. */
  get client(): S3Client {
    return this.#required.client
  }

  /** As AWS's own client does by default: with a checksum everywhere. */
  get careful(): S3Client {
    return this.#required.careful
  }

  get signer(): KeySigner {
    return this.#required.signer
  }

  /** The key of an object of that name in our place. */
  at(name: string): string {
    return this.hasOwnBucket ? name : `bellhop-conformance/${this.#name}/${name}`
  }

  /** What names an object to AWS's client. */
  object(name: string): { Bucket: string; Key: string } {
    return { Bucket: this.bucket, Key: this.at(name) }
  }

  put(name: string, Body: PutObjectCommandInput['Body'], rest: Partial<PutObjectCommandInput> = {}) {
    return this.client.send(new PutObjectCommand({ ...this.object(name), Body, ...rest }))
  }

  async read(name: string, rest: object = {}): Promise<Omit<GetObjectCommandOutput, 'Body'> & { text: string }> {
    const { Body, ...answer } = await this.client.send(new GetObjectCommand({ ...this.object(name), ...rest }))
    return { text: (await Body?.transformToString()) ?? '', ...answer }
  }

  head(name: string, rest: object = {}): Promise<HeadObjectCommandOutput> {
    return this.client.send(new HeadObjectCommand({ ...this.object(name), ...rest }))
  }

  async remove(name: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand(this.object(name)))
  }

  /** Names under a prefix, of the first page. */
  async list(prefix: string, rest: object = {}): Promise<string[]> {
    const input = { Bucket: this.bucket, Prefix: this.at(prefix), ...rest }
    const { Contents = [] } = await this.client.send(new ListObjectsV2Command(input))
    return Contents.map(({ Key = '' }) => this.nameOf(Key))
  }

  nameOf(key: string): string {
    return key.slice(this.at('').length)
  }

  async startUpload(name: string, rest: object = {}) {
    const object = this.object(name)
    const { UploadId = '' } = await this.client.send(new CreateMultipartUploadCommand({ ...object, ...rest }))
    return {
      UploadId,
      part: async (PartNumber: number, Body: Buffer, more: object = {}) => {
        const input = { ...object, UploadId, PartNumber, Body, ...more }
        return { PartNumber, ...(await this.client.send(new UploadPartCommand(input))) }
      },
      complete: (Parts: { PartNumber: number; ETag?: string | undefined }[], more: object = {}) =>
        this.client.send(
          new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts }, ...more }),
        ),
    }
  }

  get #required() {
    if (!this.#opened) throw new Error('The store is asked before it was opened.')
    return this.#opened
  }
}

/** Matches what AWS's client throws for that code of S3's. */
export function isCode(...codes: string[]): (error: unknown) => boolean {
  return (error) => error instanceof Error && codes.includes(error.name)
}

export function isStatus(...statuses: number[]): (error: unknown) => boolean {
  return (error) => {
    const status = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode
    return status !== undefined && statuses.includes(status)
  }
}
