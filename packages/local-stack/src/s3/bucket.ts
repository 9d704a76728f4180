import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Blobs } from './blobs.ts'
import type { CorsRule } from './cors-rule.ts'
import { readJson, replaceJson } from './durable-file.ts'
import { KeyedLock } from './keyed-lock.ts'
import type { LifecycleRule } from './lifecycle-rule.ts'
import { MultipartUploads } from './multipart-upload.ts'
import { blobsOf } from './object-record.ts'
import { ObjectRecords } from './object-records.ts'

const INFO_FILE = 'bucket.json'

export type BucketInfo = {
  name: string
  /** ISO 8601. */
  created: string
  cors?: CorsRule[]
  /** Undefined when nobody has decided; empty when there are to be none. */
  lifecycle?: LifecycleRule[]
}

/** A bucket on its folder. */
export class Bucket {
  readonly dir: string
  readonly blobs: Blobs
  readonly objects: ObjectRecords
  readonly uploads: MultipartUploads
  readonly #temporaryDir: string
  readonly #lock = new KeyedLock()
  #info: BucketInfo

  private constructor(dir: string, temporaryDir: string, info: BucketInfo) {
    this.dir = dir
    this.#temporaryDir = temporaryDir
    this.#info = info
    this.blobs = new Blobs(join(dir, 'blobs'))
    this.objects = new ObjectRecords(join(dir, 'objects'), temporaryDir, this.blobs)
    this.uploads = new MultipartUploads(join(dir, 'uploads'), temporaryDir, this.blobs)
  }

  static async create(dir: string, temporaryDir: string, info: BucketInfo): Promise<Bucket> {
    for (const folder of ['blobs', 'objects', 'uploads'])
      await mkdir(join(dir, folder), { recursive: true, mode: 0o700 })
    await replaceJson(join(dir, INFO_FILE), info, temporaryDir)
    return new Bucket(dir, temporaryDir, info)
  }

  /** Undefined when a crash came before the bucket was whole. */
  static async open(dir: string, temporaryDir: string): Promise<Bucket | undefined> {
    const info = await readJson<BucketInfo>(join(dir, INFO_FILE))
    if (!info) return undefined
    const bucket = new Bucket(dir, temporaryDir, info)
    await bucket.uploads.load(async ({ id, key }) => (await bucket.objects.read(key))?.uploadId === id)
    return bucket
  }

  get info(): BucketInfo {
    return this.#info
  }

  async setCors(cors: CorsRule[] | undefined): Promise<void> {
    await this.#change((info) => {
      const { cors: _, ...rest } = info
      return { ...rest, ...(cors && { cors }) }
    })
  }

  async setLifecycle(lifecycle: LifecycleRule[]): Promise<void> {
    await this.#change((info) => ({ ...info, lifecycle }))
  }

  async isEmpty(): Promise<boolean> {
    return (await this.objects.index()).size === 0
  }

  /**
   * Removes the blobs that nothing names, which a crash has left. Safe while requests run: it looks at blobs that were
   * there before, and at uploads before objects, because a blob moves in that direction only.
   */
  async sweep(blobsAtStart: Set<string>, signal: AbortSignal): Promise<void> {
    for (const upload of this.uploads.all()) {
      for (const { blob } of upload.parts.values()) blobsAtStart.delete(blob)
    }
    for await (const record of this.objects.all()) {
      signal.throwIfAborted()
      for (const blob of blobsOf(record)) blobsAtStart.delete(blob)
    }
    await this.blobs.remove(blobsAtStart)
  }

  /** One change after the other, or one of them would be lost. */
  async #change(change: (info: BucketInfo) => BucketInfo): Promise<void> {
    await this.#lock.run(INFO_FILE, async () => {
      const info = change(this.#info)
      await replaceJson(join(this.dir, INFO_FILE), info, this.#temporaryDir)
      this.#info = info
    })
  }
}
