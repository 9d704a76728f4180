import { setTimeout as delay } from 'node:timers/promises'
import { acquireDataDir, type DataDirLock } from './data-dir.ts'
import { findFreePort, isPortFree } from './free-port.ts'
import { LocalStackError } from './local-stack-error.ts'
import { type Cluster, DATABASE, openCluster, ROLE } from './postgres/cluster.ts'
import { stopOrphan } from './postgres/orphan.ts'
import { type Server, ServerExit, type ServerOptions, startServer, stopServer } from './postgres/server.ts'
import type { PostgresSettings } from './postgres/settings.ts'

const HOST = '127.0.0.1'
const MAX_START_ATTEMPTS = 20
const RETRY_MS = 250

export type PostgresOptions = {
  /** The folder that holds the cluster and its password; made when missing. */
  dataDir: string
  /** 1 to 65535; without it a free one is picked. */
  port?: number
  /** Used when `port` is not given and this one is free. */
  preferredPort?: number
  /** How long to wait for another process that holds the folder to let go of it; not at all without it. */
  waitForFolderMs?: number
  /** Server settings over the defaults, such as `{ fsync: 'off' }` for tests. */
  postgres?: PostgresSettings
  /** Receives each line that the server logs. */
  log?: (line: string) => void
  /** Ends the start, not the running server. */
  signal?: AbortSignal
}

export interface LocalPostgres extends AsyncDisposable {
  /** With user, password and the database `bellhop`. The role is a superuser. */
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Resolves when the server has ended, whoever ended it. */
  readonly exited: Promise<void>
  /** Ends sessions, writes a checkpoint, and resolves when the process is gone. A second call waits for the first. */
  stop(): Promise<void>
}

/**
 * Starts Postgres 18 on the folder, on 127.0.0.1 only. The first start initialises it. What a crash has left (a lock, a
 * stale pid file, a server whose parent was killed) is cleared away.
 *
 * Throws `LocalStackError`: `DATA_DIR_IN_USE`, `DATA_DIR_NOT_WRITABLE`, `PORT_TAKEN`, `POSTGRES_*`.
 */
export async function startPostgres(options: PostgresOptions): Promise<LocalPostgres> {
  const { dataDir, port: wantedPort, signal } = options
  const lock = await acquireDataDir(dataDir, { waitMs: options.waitForFolderMs, signal })
  try {
    const cluster = await openCluster(lock.dir, { isDurable: isOn(options.postgres?.['fsync']), signal })
    await stopOrphan(cluster.pgData, signal)
    if (wantedPort !== undefined && !(await isPortFree(HOST, wantedPort))) throw portTaken(wantedPort)
    const { server, port } = await startOnFreePort(cluster, options)
    let stopping: Promise<void> | undefined
    const stop = () => (stopping ??= stopAndRelease(server, lock))
    const url = `postgres://${ROLE}:${cluster.password}@${HOST}:${port}/${DATABASE}`
    return { url, port, pid: server.pid, exited: server.exited, stop, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function stopAndRelease(server: Server, lock: DataDirLock): Promise<void> {
  try {
    await stopServer(server)
  } finally {
    await lock.release()
  }
}

async function startOnFreePort(cluster: Cluster, options: PostgresOptions): Promise<{ server: Server; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await findFreePort(HOST, options.preferredPort))
    const serverOptions: ServerOptions = { port, settings: options.postgres, log: options.log, signal: options.signal }
    try {
      return { server: await startServer(cluster, serverOptions), port }
    } catch (error) {
      const cause = error instanceof ServerExit ? transientCause(error) : undefined
      if (cause === 'port' && options.port !== undefined) throw portTaken(options.port)
      if (cause === undefined || attempt === MAX_START_ATTEMPTS) throw error
      await delay(RETRY_MS, undefined, { signal: options.signal })
    }
  }
}

/** A free port may be taken before the server binds it; the sessions of a killed server need a moment to end. */
function transientCause({ lines }: ServerExit): 'port' | 'sessions' | undefined {
  const text = lines.join('\n')
  if (text.includes('Address already in use')) return 'port'
  if (text.includes('pre-existing shared memory block')) return 'sessions'
  return undefined
}

function isOn(setting: string | number | boolean = true): boolean {
  return setting !== false && setting !== 'off' && setting !== 'false'
}

function portTaken(port: number): LocalStackError {
  return new LocalStackError(
    'PORT_TAKEN',
    `Port ${port} on ${HOST} is taken by another program; free it or choose another port.`,
  )
}
