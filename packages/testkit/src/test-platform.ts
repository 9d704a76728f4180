import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureFirstOwner, listenForChanges, openPlatform, startWorker } from '@bellhop/business'
import type { Caller, Context, Log, Platform } from '@bellhop/business'
import { startObjectStore } from '@bellhop/local-stack'
import { KIB, LIMITS } from '@bellhop/model'
import type { Role } from '@bellhop/model'
import { createWorkspace } from '@bellhop/persistence'
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
  startWorker(options?: { concurrency?: number }): Promise<AsyncDisposable>
  /** Where scratch folders and stored objects lie. */
  readonly dir: string
  /** What was logged as a warning or an error. */
  readonly complaints: readonly string[]
}

const BUCKET = 'test'

/** A whole platform in this process: a database, an object store, the use cases, and workers as asked for. */
export async function startTestPlatform(settings: { maxFileSizeBytes?: number } = {}): Promise<TestPlatform> {
  const stack = new AsyncDisposableStack()
  const dir = await mkdtemp(join(tmpdir(), 'bellhop-test-'))
  stack.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }))
  const database = stack.use(await createTestDatabase())
  const keys = { accessKeyId: 'test', secretAccessKey: randomBytes(16).toString('hex') }
  const store = stack.use(await startObjectStore({ ...keys, dir: join(dir, 'objects'), buckets: [BUCKET] }))
  const complaints: string[] = []
  const complain = (message: string, cause?: unknown) =>
    void complaints.push(cause === undefined ? message : `${message} ${String(cause)}`)
  const log: Log = { info: () => {}, warn: complain, error: complain }
  const platform = stack.use(
    openPlatform(
      {
        databaseUrl: database.url,
        objectStore: { ...keys, endpoint: store.url, bucket: BUCKET, region: 'us-east-1' },
        publicUrl: 'http://localhost:3000',
        secret: 'a secret of at least thirty-two characters',
        keyFloorBytesPerSecond: 128 * KIB,
        maxFileSizeBytes: settings.maxFileSizeBytes ?? LIMITS.fileSizeBytes,
      },
      log,
      { name: 'test platform' },
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
  return {
    platform,
    dir,
    complaints,
    owner: contextOf({ userId, workspaceId, role: 'owner' }),
    as: (role) => contextOf({ userId, workspaceId, role }),
    async stranger() {
      const email = `${randomBytes(6).toString('hex')}@example.com`
      const other = await platform.identity.createUser({ name: 'Stranger', email })
      const theirs = await createWorkspace(platform.database.db, 'Elsewhere', other)
      return contextOf({ userId: other, workspaceId: theirs, role: 'owner' })
    },
    startWorker: ({ concurrency = 2 } = {}) =>
      startWorker(platform, { concurrency, scratchRoot: join(dir, 'scratch') }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
