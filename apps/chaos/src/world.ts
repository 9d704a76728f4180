import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { startObjectStore, startPostgres } from '@bellhop/local-stack'
import type { LocalObjectStore, LocalPostgres } from '@bellhop/local-stack'
import postgres from 'postgres'
import type { Sql } from 'postgres'
import { Gate } from './gate.ts'
import { KeptProcess } from './kept-process.ts'

const BUCKET = 'chaos'
const REGION = 'us-east-1'
/** What a worker reads of a file in a second, on each connection: a file of 256 KiB takes one second, and no processor. */
const STORE_BYTES_PER_SECOND = 256 * 1024
const WORKERS = 3
const MAX_CONNECTIONS = 120

/** Two API nodes behind one address, three workers, Postgres and a store: processes of their own, all of this machine. */
export class World implements AsyncDisposable {
  readonly servers: KeptProcess[] = []
  readonly workers: KeptProcess[] = []
  readonly dir: string
  readonly #stack: AsyncDisposableStack
  readonly #environment: Record<string, string>
  readonly #openStore: (port?: number) => Promise<LocalObjectStore>
  readonly #openPostgres: (port?: number) => Promise<LocalPostgres>
  readonly #keys: { accessKeyId: string; secretAccessKey: string }
  #postgres: LocalPostgres
  #store: LocalObjectStore
  #url = ''
  #apiKey = ''

  static async start(): Promise<World> {
    await using opening = new AsyncDisposableStack()
    const dir = await mkdtemp(join(tmpdir(), 'bellhop-chaos-'))
    opening.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }))
    const keys = { accessKeyId: 'chaos', secretAccessKey: randomBytes(16).toString('hex') }
    const openPostgres = (port?: number) =>
      startPostgres({
        dataDir: join(dir, 'postgres'),
        postgres: { fsync: 'off', max_connections: MAX_CONNECTIONS },
        ...(port === undefined ? {} : { port }),
      })
    const openStore = (port?: number) =>
      startObjectStore({
        ...keys,
        dir: join(dir, 'objects'),
        buckets: [BUCKET],
        ...(port === undefined ? {} : { port }),
      })
    const database = await openPostgres()
    const store = await openStore()
    const world = new World({ dir, keys, openPostgres, openStore, database, store, stack: opening.move() })
    try {
      await world.#begin()
      return world
    } catch (error) {
      await world[Symbol.asyncDispose]()
      throw error
    }
  }

  private constructor(parts: {
    dir: string
    keys: { accessKeyId: string; secretAccessKey: string }
    openPostgres: (port?: number) => Promise<LocalPostgres>
    openStore: (port?: number) => Promise<LocalObjectStore>
    database: LocalPostgres
    store: LocalObjectStore
    stack: AsyncDisposableStack
  }) {
    this.dir = parts.dir
    this.#keys = parts.keys
    this.#openPostgres = parts.openPostgres
    this.#openStore = parts.openStore
    this.#postgres = parts.database
    this.#store = parts.store
    this.#stack = parts.stack
    this.#stack.defer(() => this.#postgres.stop())
    this.#stack.defer(() => this.#store.stop())
    this.#environment = {
      DATABASE_URL: parts.database.url,
      S3_BUCKET: BUCKET,
      S3_REGION: REGION,
      S3_ACCESS_KEY_ID: parts.keys.accessKeyId,
      S3_SECRET_ACCESS_KEY: parts.keys.secretAccessKey,
      BELLHOP_DATA_DIR: join(parts.dir, 'data'),
      BELLHOP_SECRET: randomBytes(32).toString('hex'),
      BELLHOP_WORKER_CONCURRENCY: '4',
      PORT: '0',
    }
  }

  get url(): string {
    return this.#url
  }

  get apiKey(): string {
    return this.#apiKey
  }

  get databaseUrl(): string {
    return this.#postgres.url
  }

  /** A connection of the test's own. */
  openDatabase(): Sql {
    return postgres(this.#postgres.url, {
      max: 1,
      idle_timeout: 0,
      connection: { application_name: 'chaos' },
      onnotice: () => {},
    })
  }

  /** Adds a worker; `clockShiftMs` makes its clock wrong. */
  async addWorker(options: { clockShiftMs?: number } = {}): Promise<KeptProcess> {
    const { clockShiftMs } = options
    const worker = new KeptProcess({
      app: 'worker',
      environment: { ...this.#environment, CHAOS_CLOCK_SHIFT_MS: String(clockShiftMs ?? 0) },
      ...(clockShiftMs === undefined ? {} : { preload: new URL('./shifted-clock.ts', import.meta.url) }),
    })
    this.workers.push(worker)
    await worker.start()
    return worker
  }

  /** As whoever runs it would: it may finish, and hands back the rest. */
  async removeWorker(worker: KeptProcess): Promise<void> {
    this.workers.splice(this.workers.indexOf(worker), 1)
    await worker[Symbol.asyncDispose]()
  }

  async restartPostgres(awayMs: number): Promise<void> {
    const { port } = this.#postgres
    await this.#postgres.stop()
    await pause(awayMs)
    this.#postgres = await this.#openPostgres(port)
  }

  async takeStoreAway(awayMs: number): Promise<void> {
    const { port } = this.#store
    await this.#store.stop()
    await pause(awayMs)
    this.#store = await this.#openStore(port)
  }

  /** Keys of the objects under a prefix. */
  async listObjects(prefix: string): Promise<string[]> {
    using client = this.#s3()
    const { Contents = [] } = await client.s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: prefix }))
    return Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.workers, ...this.servers].map((kept) => kept[Symbol.asyncDispose]()))
    await this.#stack.disposeAsync()
  }

  async #begin(): Promise<void> {
    const slow = this.#stack.use(
      await Gate.open({ ports: () => [this.#store.port], bytesPerSecond: STORE_BYTES_PER_SECOND }),
    )
    this.#environment['S3_ENDPOINT'] = slow.url
    this.#environment['S3_PUBLIC_ENDPOINT'] = slow.url
    const balancer = this.#stack.use(
      await Gate.open({ ports: () => this.servers.flatMap(({ port }) => (port === undefined ? [] : [port])) }),
    )
    this.#url = balancer.url
    for (let count = 0; count < 2; count++) {
      const server = new KeptProcess({ app: 'server', environment: this.#environment })
      this.servers.push(server)
      // One after the other: the first makes the owner.
      await server.start()
    }
    this.#apiKey = (await readFile(join(this.dir, 'data', 'admin-key'), 'utf8')).trim()
    await Promise.all(Array.from({ length: WORKERS }, () => this.addWorker()))
  }

  #s3(): { s3: S3Client } & Disposable {
    const s3 = new S3Client({
      endpoint: this.#store.url,
      region: REGION,
      credentials: this.#keys,
      forcePathStyle: true,
    })
    return { s3, [Symbol.dispose]: () => s3.destroy() }
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
