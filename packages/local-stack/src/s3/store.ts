import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { systemCode } from '../local-stack-error.ts'
import { Bucket } from './bucket.ts'
import { flushFolder } from './durable-file.ts'
import { S3Error } from './errors.ts'
import { KeyedLock } from './keyed-lock.ts'

const RUNNING_MARK = 'running'

/** All buckets of a folder. */
export class Store {
  readonly region: string
  readonly #dir: string
  readonly #buckets = new Map<string, Bucket>()
  readonly #lock = new KeyedLock()
  readonly #sweeping = new AbortController()
  #isSwept: Promise<boolean> = Promise.resolve(true)

  private constructor(dir: string, region: string) {
    this.#dir = dir
    this.region = region
  }

  /** Opens the folder and clears away what a crash has left; unnamed blobs of large stores go in the background. */
  static async open(dir: string, region: string, onError: (error: unknown) => void): Promise<Store> {
    const store = new Store(dir, region)
    const wasStopped = !(await exists(join(dir, RUNNING_MARK)))
    await rm(store.#temporaryDir, { recursive: true, force: true })
    await mkdir(store.#temporaryDir, { recursive: true, mode: 0o700 })
    await mkdir(store.#bucketsDir, { recursive: true, mode: 0o700 })
    for (const name of await readdir(store.#bucketsDir)) {
      const path = join(store.#bucketsDir, name)
      const bucket = await Bucket.open(path, store.#temporaryDir)
      if (bucket) store.#buckets.set(name, bucket)
      else await rm(path, { recursive: true, force: true })
    }
    if (!wasStopped) await store.#startSweep(onError)
    await (await open(join(dir, RUNNING_MARK), 'w', 0o600)).close()
    await flushFolder(dir)
    return store
  }

  /** To be called when no request runs any more: the next start then need not look for garbage. */
  async close(): Promise<void> {
    this.#sweeping.abort()
    if (await this.#isSwept) await rm(join(this.#dir, RUNNING_MARK), { force: true })
  }

  list(): Bucket[] {
    return [...this.#buckets.values()].toSorted((left, right) => (left.info.name < right.info.name ? -1 : 1))
  }

  /** Throws `NoSuchBucket`. */
  get(name: string): Bucket {
    const bucket = this.#buckets.get(name)
    if (!bucket) throw new S3Error('NoSuchBucket')
    return bucket
  }

  find(name: string | undefined): Bucket | undefined {
    return this.#buckets.get(name ?? '')
  }

  /** Throws `InvalidBucketName` or `BucketAlreadyOwnedByYou`. */
  async create(name: string, created: Date): Promise<void> {
    if (!isBucketName(name)) throw new S3Error('InvalidBucketName')
    await this.#lock.run(name, async () => {
      if (this.#buckets.has(name)) throw new S3Error('BucketAlreadyOwnedByYou')
      const info = { name, created: created.toISOString() }
      const bucket = await Bucket.create(join(this.#bucketsDir, name), this.#temporaryDir, info)
      await flushFolder(this.#bucketsDir)
      this.#buckets.set(name, bucket)
    })
  }

  /** Throws `NoSuchBucket` or `BucketNotEmpty`. */
  async remove(name: string): Promise<void> {
    await this.#lock.run(name, async () => {
      const bucket = this.get(name)
      if (!(await bucket.isEmpty())) throw new S3Error('BucketNotEmpty')
      this.#buckets.delete(name)
      const grave = join(this.#temporaryDir, randomUUID())
      await rename(bucket.dir, grave)
      await flushFolder(this.#bucketsDir)
      await rm(grave, { recursive: true, force: true })
    })
  }

  /** What is there now is listed before the first request; telling garbage from it can wait. */
  async #startSweep(onError: (error: unknown) => void): Promise<void> {
    const candidates = await Promise.all(
      this.list().map(async (bucket) => [bucket, await bucket.blobs.list()] as const),
    )
    this.#isSwept = this.#sweep(candidates).catch((error: unknown) => {
      if (!this.#sweeping.signal.aborted) onError(error)
      return false
    })
  }

  async #sweep(candidates: (readonly [Bucket, Set<string>])[]): Promise<boolean> {
    for (const [bucket, blobs] of candidates) await bucket.sweep(blobs, this.#sweeping.signal)
    return true
  }

  get #bucketsDir(): string {
    return join(this.#dir, 'buckets')
  }

  get #temporaryDir(): string {
    return join(this.#dir, 'temporary')
  }
}

function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..') && !/^\d+\.\d+\.\d+\.\d+$/.test(name)
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}
