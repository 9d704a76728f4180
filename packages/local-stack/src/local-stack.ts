import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { inspect } from 'node:util'
import { LocalStackError, systemCode } from './local-stack-error.ts'
import { readState, writeState } from './local-stack-state.ts'
import { type LocalObjectStore, startObjectStore } from './object-store.ts'
import { type LocalPostgres, startPostgres } from './postgres.ts'
import type { LocalStackConfig, LocalStackReady } from './protocol.ts'

const BUCKET = 'bellhop'
const REGION = 'us-east-1'
// Longer than any upload may take; only what was left for good is aborted.
const ABORT_UPLOADS_AFTER_DAYS = 30
// The caller holds the whole data folder, so whoever still holds a part of it is about to end.
const PREDECESSOR_MS = 30_000

export interface LocalStack extends AsyncDisposable {
  readonly ready: LocalStackReady
  /** Resolves when Postgres ended without being asked to. */
  readonly failed: Promise<LocalStackError>
  stop(): Promise<void>
}

export type LocalStackOptions = { log?: (line: string) => void; signal?: AbortSignal }

/**
 * Starts what the configuration asks for, in one data folder, with the ports and credentials of the last time where
 * they can be had. Throws `LocalStackError`; nothing runs then.
 */
export async function runLocalStack(config: LocalStackConfig, options: LocalStackOptions = {}): Promise<LocalStack> {
  const { log = () => {}, signal } = options
  const dataDir = resolve(config.dataDir)
  const state = await openState(dataDir)
  const { accessKeyId, secretAccessKey } = state
  await using starting = new AsyncDisposableStack()
  const [postgres, objectStore] = await settleAll([
    config.withPostgres
      ? startPostgres({
          dataDir: join(dataDir, 'postgres'),
          port: config.postgresPort,
          preferredPort: state.postgresPort,
          waitForFolderMs: PREDECESSOR_MS,
          postgres: config.postgresSettings,
          log,
          signal,
        }).then((server) => starting.use(server))
      : undefined,
    config.withObjectStore
      ? startObjectStore({
          dir: join(dataDir, 'objects'),
          port: config.s3Port,
          preferredPort: state.s3Port,
          waitForFolderMs: PREDECESSOR_MS,
          accessKeyId,
          secretAccessKey,
          region: REGION,
          buckets: [BUCKET],
          abortUploadsAfterDays: ABORT_UPLOADS_AFTER_DAYS,
          log: ({ error, method, path }) => error !== undefined && log(`${method} ${path}: ${inspect(error)}`),
          signal,
        }).then((server) => starting.use(server))
      : undefined,
  ])
  await writeState(dataDir, {
    ...state,
    ...(postgres && { postgresPort: postgres.port }),
    ...(objectStore && { s3Port: objectStore.port }),
  })
  signal?.throwIfAborted()
  const running = starting.move()
  let isStopping = false
  const stop = async () => {
    isStopping = true
    await running.disposeAsync()
  }
  return {
    ready: describe(postgres, objectStore, { accessKeyId, secretAccessKey }),
    failed: unexpectedEnd(postgres, () => isStopping),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function describe(
  postgres: LocalPostgres | undefined,
  objectStore: LocalObjectStore | undefined,
  credentials: { accessKeyId: string; secretAccessKey: string },
): LocalStackReady {
  return {
    ...(postgres && { databaseUrl: postgres.url }),
    ...(objectStore && { s3: { endpoint: objectStore.url, bucket: BUCKET, region: REGION, ...credentials } }),
  }
}

async function unexpectedEnd(postgres: LocalPostgres | undefined, isStopping: () => boolean): Promise<LocalStackError> {
  await postgres?.exited
  // Nobody waits any longer for what was asked to stop, or was never started.
  if (!postgres || isStopping()) return new Promise(() => {})
  return new LocalStackError('POSTGRES_FAILED', 'The embedded Postgres ended unexpectedly; start again to recover.')
}

/** Like `Promise.all`, but it leaves nothing still starting when it throws. */
async function settleAll<T extends readonly unknown[]>(tasks: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(tasks)
  return Promise.all(tasks)
}

async function openState(dataDir: string): Promise<Awaited<ReturnType<typeof readState>>> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o711 })
    const state = await readState(dataDir)
    await writeState(dataDir, state)
    return state
  } catch (error) {
    const reason = systemCode(error)
    if (reason !== undefined) {
      throw new LocalStackError(
        'DATA_DIR_NOT_WRITABLE',
        `The data folder ${dataDir} cannot be written (${reason}); make it writable for this user or choose another folder.`,
        { cause: error },
      )
    }
    throw new LocalStackError(
      'INVALID_CONFIGURATION',
      `The file local-stack.json in ${dataDir} cannot be read; restore it, or remove it to get new credentials.`,
      { cause: error },
    )
  }
}
