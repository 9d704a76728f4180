import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureFirstOwner, listenForChanges, loadKinds, openPlatform, startWorker } from '@bellhop/business'
import type { Caller, Context, Log, Platform, WorkerOptions } from '@bellhop/business'
import { startObjectStore } from '@bellhop/local-stack'
import type { StoreGuard } from '@bellhop/local-stack'
import { KIB, LIMITS } from '@bellhop/model'
import type { KeyLife, Role } from '@bellhop/model'
import { createUser, createWorkspace } from '@bellhop/persistence'
import { startFlakyStore } from './flaky-store.ts'
import type { FlakyStore } from './flaky-store.ts'
import { createTestDatabase } from './test-database.ts'

export interface TestPlatform extends AsyncDisposable {
  readonly platform: Platform
  /** The first owner in the first workspace. */
  readonly owner: Context
  /** Somebody else, with a workspace of their own. */
  stranger(): Promise<Context>
  /** The same workspace as the owner's, seen with another role. */
  as(role: Role): Context
  /** Starts another worker on the same database and store. */
  startWorker(options?: Partial<Omit<WorkerOptions, 'scratchRoot'>>): Promise<AsyncDisposable>
  /** Stops the object store; what it returns starts it again, at the same address. */
  stopStore(): Promise<() => Promise<void>>
  /** In front of the store where `flaky` asks for it; else it carries nothing. */
  readonly flaky: FlakyStore
  /** What a worker or a server of this platform is started with, as a process of its own. */
  readonly environment: Readonly<Record<string, string>>
  /** Where scratch folders and stored objects lie. */
  readonly dir: string
  /** What was logged as a warning or an error. */
  readonly complaints: readonly string[]
}

const BUCKET = 'test'
const MINUTE_MS = 60_000

/** A whole platform in this process: a database, an object store, the use cases, and workers as asked for. */
export async function startTestPlatform(
  settings: {
    maxFileSizeBytes?: number
    /** For keys that expire while a test looks on: `{ minMs: 1000, maxMs: 1000 }`. Stores know whole seconds only. */
    keyLife?: Partial<KeyLife>
    webhooksToPrivate?: boolean
    keysPerMinute?: { user?: number; workspace?: number }
    /** A migrated database that the caller keeps; else one of this test file's own. */
    databaseUrl?: string
    /** What the store does not keep. */
    without?: readonly StoreGuard[]
    /** Who reaches the store through `flaky`: the platform itself, or the clients by the keys that they are given. */
    flaky?: { readonly platform?: boolean; readonly clients?: boolean }
    /** Where clients are told to find the store: a proxy of the test's own. */
    publicEndpoint?: string
    /** A folder of kinds of a team's own. */
    kindsDir?: string
  } = {},
): Promise<TestPlatform> {
  // What was set up goes again where a later step of this throws.
  await using stack = new AsyncDisposableStack()
  const dir = await mkdtemp(join(tmpdir(), 'bellhop-test-'))
  stack.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }))
  const databaseUrl = settings.databaseUrl ?? stack.use(await createTestDatabase()).url
  const keys = { accessKeyId: 'test', secretAccessKey: randomBytes(16).toString('hex') }
  const openStore = (port?: number) =>
    startObjectStore({
      ...keys,
      dir: join(dir, 'objects'),
      buckets: [BUCKET],
      ...(port === undefined ? {} : { port }),
      ...(settings.without && { without: settings.without }),
    })
  let store = await openStore()
  stack.defer(() => store.stop())
  const flaky = stack.use(await startFlakyStore(store.url))
  const complaints: string[] = []
  const complain = (message: string, cause?: unknown) =>
    void complaints.push(
      cause === undefined ? message : `${message} ${cause instanceof Error ? cause.message : JSON.stringify(cause)}`,
    )
  const log: Log = { info: () => {}, warn: complain, error: complain }
  const platform = stack.use(
    openPlatform(
      {
        databaseUrl,
        objectStore: {
          ...keys,
          endpoint: settings.flaky?.platform ? flaky.url : store.url,
          publicEndpoint: settings.publicEndpoint ?? (settings.flaky?.clients ? flaky.url : store.url),
          bucket: BUCKET,
          region: 'us-east-1',
        },
        publicUrl: 'http://localhost:3000',
        secret: 'a secret of at least thirty-two characters',
        keyLife: { floorBytesPerSecond: 128 * KIB, minMs: MINUTE_MS, maxMs: 12 * 60 * MINUTE_MS, ...settings.keyLife },
        keysPerMinute: { user: 30_000, workspace: 120_000, ...settings.keysPerMinute },
        maxFileSizeBytes: settings.maxFileSizeBytes ?? LIMITS.fileSizeBytes,
        webhooksToPrivate: settings.webhooksToPrivate ?? false,
      },
      log,
      { name: 'test platform', ownKinds: await loadKinds(settings.kindsDir ?? null) },
    ),
  )
  const listening = stack.use(await listenForChanges(platform))
  const { userId, workspaceId } = await ensureFirstOwner(platform)
  const contextOf = (caller: Pick<Caller, 'userId' | 'workspaceId' | 'role'>): Context => ({
    platform,
    jobHub: listening.jobHub,
    viewHub: listening.viewHub,
    caller: { ...caller, apiKeyId: null, address: '127.0.0.1' },
  })
  const held = stack.move()
  return {
    platform,
    flaky,
    dir,
    environment: {
      DATABASE_URL: databaseUrl,
      S3_ENDPOINT: platform.settings.objectStore.endpoint,
      S3_PUBLIC_ENDPOINT: platform.settings.objectStore.publicEndpoint ?? platform.settings.objectStore.endpoint,
      S3_BUCKET: BUCKET,
      S3_ACCESS_KEY_ID: keys.accessKeyId,
      S3_SECRET_ACCESS_KEY: keys.secretAccessKey,
      BELLHOP_DATA_DIR: dir,
      ...(settings.kindsDir && { BELLHOP_KINDS_DIR: settings.kindsDir }),
    },
    complaints,
    owner: contextOf({ userId, workspaceId, role: 'owner' }),
    as: (role) => contextOf({ userId, workspaceId, role }),
    async stranger() {
      const email = `${randomBytes(6).toString('hex')}@example.com`
      const other = await createUser(platform.database.db, { name: 'Stranger', email })
      const theirs = await createWorkspace(platform.database.db, 'Elsewhere', other)
      return contextOf({ userId: other, workspaceId: theirs, role: 'owner' })
    },
    async stopStore() {
      const { port } = store
      await store.stop()
      return async () => {
        store = await openStore(port)
      }
    },
    startWorker: (options = {}) =>
      startWorker(platform, { concurrency: 2, ...options, scratchRoot: join(dir, 'scratch') }),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}
