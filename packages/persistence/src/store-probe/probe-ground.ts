import { randomUUID } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3'
import type { ChecksumAlgorithm, S3Client } from '@aws-sdk/client-s3'
import { openS3Client } from '../s3-client.ts'
import type { ObjectStoreOptions } from '../s3-client.ts'

/** Objects of the doctor, and of nobody else, lie under it for a moment. */
export const DOCTOR_PREFIX = 'bellhop-doctor/'
const REQUEST_MS = 10_000
const CLEAN_MS = 10_000
/** Something that was still on its way may arrive after the first. */
const CLEANING_PASSES = 3
const CLEANING_PASS_MS = 4_000

export interface BearerAnswer {
  readonly status: number
  readonly headers: Headers
  /** S3's own, where the body names one. */
  readonly code: string | undefined
}

/** What names a multipart upload to the SDK. */
export interface MultipartTarget {
  readonly Bucket: string
  readonly Key: string | undefined
  readonly UploadId: string | undefined
}

/**
 * A corner of the bucket to try things in, of which nothing stays. Requests that have begun are never cut, for a PUT
 * that was cut may still arrive: giving up means to begin no other, and to clean when all have ended.
 */
export class ProbeGround {
  readonly store: ObjectStoreOptions
  readonly bucket: string
  readonly prefix = `${DOCTOR_PREFIX}${randomUUID()}/`
  readonly #s3: S3Client
  readonly #signal: AbortSignal
  readonly #running = new Set<Promise<unknown>>()
  readonly #objectKeys = new Set<string>()
  readonly #uploads: MultipartTarget[] = []

  constructor(store: ObjectStoreOptions, signal: AbortSignal) {
    this.store = store
    this.bucket = store.bucket
    this.#signal = signal
    this.#s3 = openS3Client(store.endpoint, store)
  }

  objectKey(name: string): string {
    const objectKey = this.prefix + name
    this.#objectKeys.add(objectKey)
    return objectKey
  }

  /** A request with our own credentials. */
  ask<T>(send: (s3: S3Client, options: Options) => Promise<T>): Promise<T> {
    return this.#track(() => send(this.#s3, { abortSignal: AbortSignal.timeout(REQUEST_MS) }))
  }

  /** A request as whoever bears a key makes it. */
  fetch(
    url: string,
    init: { method?: string; headers?: Record<string, string>; body?: Uint8Array<ArrayBuffer> } = {},
  ): Promise<BearerAnswer> {
    return this.#track(async () => {
      const answer = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(REQUEST_MS) })
      const text = await answer.text()
      return { status: answer.status, headers: answer.headers, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1] }
    })
  }

  /** A multipart upload to try things with. */
  async startMultipart(name: string, rest: { ChecksumAlgorithm?: ChecksumAlgorithm } = {}): Promise<MultipartTarget> {
    const target = { Bucket: this.bucket, Key: this.objectKey(name) }
    return this.ask(async (s3, options) => {
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...target, ...rest }), options)
      const started = { ...target, UploadId }
      this.#uploads.push(started)
      return started
    })
  }

  /** False when something of ours may have stayed behind. Nothing can be asked any more. */
  async clean(): Promise<boolean> {
    await Promise.allSettled(this.#running)
    try {
      if (this.#objectKeys.size === 0) return true
      const late = AbortSignal.timeout(CLEAN_MS)
      for (let pass = 0; pass < CLEANING_PASSES && !late.aborted; pass++) {
        if (await this.#removeAll({ abortSignal: AbortSignal.any([late, AbortSignal.timeout(CLEANING_PASS_MS)]) })) {
          return true
        }
      }
      return false
    } finally {
      this.#s3.destroy()
    }
  }

  /** True when all is gone: a look afterwards finds nothing or, where we cannot look, everything we know of was removed. */
  async #removeAll(options: Options): Promise<boolean> {
    const [isDone] = await Promise.all([
      this.#remove([...this.#objectKeys], this.#uploads, options),
      this.#removeListed(options),
    ])
    await this.#removeVersions(options)
    const [uploads, objects] = await Promise.all([this.#listUploads(options), this.#listObjects(options)])
    return (uploads ? uploads.length === 0 : isDone) && (objects ? objects.length === 0 : isDone)
  }

  /** What arrived without our hearing of it. */
  async #removeListed(options: Options): Promise<void> {
    const [uploads = [], objects = []] = await Promise.all([this.#listUploads(options), this.#listObjects(options)])
    await this.#remove(objects, uploads, options)
  }

  /** True when every request was done. */
  async #remove(
    objectKeys: readonly string[],
    uploads: readonly MultipartTarget[],
    options: Options,
  ): Promise<boolean> {
    const done = await Promise.allSettled([
      ...uploads.map((upload) => this.#s3.send(new AbortMultipartUploadCommand(upload), options).catch(ifGone)),
      ...objectKeys.map((Key) => this.#s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key }), options)),
    ])
    return done.every(({ status }) => status === 'fulfilled')
  }

  /** Undefined when we may not look. */
  async #listUploads(options: Options): Promise<MultipartTarget[] | undefined> {
    const request = new ListMultipartUploadsCommand({ Bucket: this.bucket, Prefix: this.prefix })
    const answer = await this.#s3.send(request, options).catch(() => undefined)
    return answer && (answer.Uploads ?? []).map(({ Key, UploadId }) => ({ Bucket: this.bucket, Key, UploadId }))
  }

  async #listObjects(options: Options): Promise<string[] | undefined> {
    const request = new ListObjectsV2Command({ Bucket: this.bucket, Prefix: this.prefix })
    const answer = await this.#s3.send(request, options).catch(() => undefined)
    return answer && (answer.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key]))
  }

  /** In a bucket with versions, what was deleted lies on. Stores without them do not answer this. */
  async #removeVersions(options: Options): Promise<void> {
    const request = new ListObjectVersionsCommand({ Bucket: this.bucket, Prefix: this.prefix })
    const answer = await this.#s3.send(request, options).catch(() => undefined)
    const left = [...(answer?.Versions ?? []), ...(answer?.DeleteMarkers ?? [])]
    await Promise.allSettled(
      left.map(({ Key, VersionId }) =>
        this.#s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key, VersionId }), options),
      ),
    )
  }

  async #track<T>(request: () => Promise<T>): Promise<T> {
    this.#signal.throwIfAborted()
    const running = request()
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }
}

interface Options {
  readonly abortSignal: AbortSignal
}

/** An upload that was completed cannot be aborted any more, and need not. */
function ifGone(error: unknown): void {
  if (!(error instanceof Error && error.name === 'NoSuchUpload')) throw error
}
