import { hostname } from 'node:os'
import { JobKindRegistry } from '@bellhop/model'
import type { JobKind, KeyLife } from '@bellhop/model'
import { CallerCache } from './caller-cache.ts'
import { OperationFiguresReader } from './operation-figures.ts'
import { createNotifier, migrate, openDatabase, openIdentity, openObjectStore } from '@bellhop/persistence'
import { QueuePlaces } from './queue-places.ts'
import type { Database, Identity, Notifier, ObjectStore, ObjectStoreOptions } from '@bellhop/persistence'
import { WriteTokens } from './write-tokens.ts'

/** What every use case stands on. Made once a process. */
export interface Platform extends AsyncDisposable {
  readonly database: Database
  readonly store: ObjectStore
  readonly identity: Identity
  readonly notifier: Notifier
  readonly callers: CallerCache
  readonly operations: OperationFiguresReader
  readonly queuePlaces: QueuePlaces
  readonly writeTokens: WriteTokens
  readonly kinds: JobKindRegistry
  readonly settings: PlatformSettings
  readonly log: Log
}

export interface PlatformSettings {
  readonly databaseUrl: string
  readonly objectStore: ObjectStoreOptions
  /** Scheme, host and port under which people reach the page. */
  readonly publicUrl: string
  /** Signs the session cookies. */
  readonly secret: string
  readonly keyLife: KeyLife
  /** How many keys may be issued; as many at once as in a minute. */
  readonly keysPerMinute: { readonly user: number; readonly workspace: number }
  readonly maxFileSizeBytes: number
  /** Webhooks may be sent to private, loopback and link-local addresses. */
  readonly webhooksToPrivate: boolean
}

/** One line a call, for operators. `cause` may hold what people must not see. */
export interface Log {
  info(message: string, facts?: Readonly<Record<string, unknown>>): void
  warn(message: string, cause?: unknown): void
  error(message: string, cause?: unknown): void
}

export function openPlatform(
  settings: PlatformSettings,
  log: Log,
  options: { name: string; maxConnections?: number; ownKinds?: readonly JobKind[] },
): Platform {
  const database = openDatabase(settings.databaseUrl, { ...options, name: `${options.name} on ${hostname()}` })
  const store = openObjectStore(settings.objectStore)
  const notifier = createNotifier(settings.databaseUrl, (cause) => log.warn('A notification could not be sent.', cause))
  return {
    database,
    store,
    notifier,
    callers: new CallerCache(),
    operations: new OperationFiguresReader(database),
    queuePlaces: new QueuePlaces(database),
    writeTokens: new WriteTokens(database),
    kinds: new JobKindRegistry(options.ownKinds),
    settings,
    log,
    identity: openIdentity(database, settings),
    [Symbol.asyncDispose]: async () => {
      await notifier[Symbol.asyncDispose]()
      store[Symbol.dispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

/** Brings the schema to this version; safe to call from every process at once. */
export function migrateDatabase({ databaseUrl }: Pick<PlatformSettings, 'databaseUrl'>): Promise<void> {
  return migrate(databaseUrl)
}
