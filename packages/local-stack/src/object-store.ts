import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { acquireDataDir } from './data-dir.ts'
import { findFreePort } from './free-port.ts'
import { LocalStackError, systemCode } from './local-stack-error.ts'
import { type AccessLogEntry, handleRequest } from './s3/request-handler.ts'
import { abortOverdueUploads } from './s3/overdue-uploads.ts'
import { Signer } from './s3/signer.ts'
import { Store } from './s3/store.ts'
import type { StoreGuard } from './s3/weaker-store.ts'

const DEFAULT_HOST = '127.0.0.1'
const DEFAULT_REGION = 'us-east-1'
// How long a connection may say nothing in the middle of a request or of its answer.
const SILENCE_TIMEOUT_MS = 120_000
const KEEP_ALIVE_TIMEOUT_MS = 60_000
const STOP_GRACE_MS = 5_000

export type ObjectStoreOptions = {
  /** The folder that holds the buckets; made when missing. */
  dir: string
  /** 1 to 65535; without it a free one is picked. */
  port?: number
  /** Used when `port` is not given and this one is free. */
  preferredPort?: number
  /** How long to wait for another process that holds the folder to let go of it; not at all without it. */
  waitForFolderMs?: number
  /** Made when they are missing. */
  buckets?: string[]
  /**
   * In those buckets, multipart uploads are aborted after so many days of 24 hours, unless rules of their own were ever
   * given or taken away. No rule without it.
   */
  abortUploadsAfterDays?: number
  /** The address to listen on; loopback (127.0.0.1) without it. */
  host?: string
  accessKeyId: string
  secretAccessKey: string
  /** `us-east-1` without it; requests signed for another region are refused. */
  region?: string
  log?: (entry: AccessLogEntry) => void
  /** Ends the start, not the running store. */
  signal?: AbortSignal
  /** The clock that signatures and the age of uploads are judged by. */
  now?: () => Date
  /** Makes it stand in for a weaker store, to try what comes of that; nothing without it. */
  without?: readonly StoreGuard[]
}

export interface LocalObjectStore extends AsyncDisposable {
  /** `http://host:port`, for path-style requests. */
  readonly url: string
  readonly port: number
  /** Lets running requests end for at most 5 s. A second call waits for the first. */
  stop(): Promise<void>
}

/**
 * Serves S3 on the folder. There are no buckets at first.
 *
 * Throws `LocalStackError`: `DATA_DIR_IN_USE`, `DATA_DIR_NOT_WRITABLE`, `PORT_TAKEN`.
 */
export async function startObjectStore(options: ObjectStoreOptions): Promise<LocalObjectStore> {
  const { dir, host = DEFAULT_HOST, region = DEFAULT_REGION, log = () => {}, now = () => new Date() } = options
  const { accessKeyId, secretAccessKey, signal } = options
  const without = new Set(options.without)
  const onError = (error: unknown) => log(sweepFailure(error))
  const lock = await acquireDataDir(dir, { waitMs: options.waitForFolderMs, signal })
  const port = options.port ?? (await findFreePort(host, options.preferredPort))
  try {
    const store = await Store.open(lock.dir, region, onError)
    await makeBuckets(store, options, now())
    const context = { store, signer: new Signer({ accessKeyId, secretAccessKey, region }), now, log, without }
    const running = new Set<Promise<void>>()
    const handle = (message: IncomingMessage, response: ServerResponse, allowBody: () => void) => {
      const task = handleRequest(context, message, response, allowBody).finally(() => running.delete(task))
      running.add(task)
    }
    // A large upload takes as long as it takes: silence is what ends a request, not its length.
    const server = createServer({
      requestTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      highWaterMark: 256 * 1024,
    })
    server.timeout = SILENCE_TIMEOUT_MS
    server.on('request', (message, response) => handle(message, response, () => {}))
    server.on('checkContinue', (message, response) => handle(message, response, () => response.writeContinue()))
    try {
      server.listen(port, host)
      await once(server, 'listening')
    } catch (error) {
      await store.close()
      throw error
    }
    const overdue = abortOverdueUploads(store, { now, onError })

    let stopping: Promise<void> | undefined
    const stop = () =>
      (stopping ??= (async () => {
        const closed = once(server, 'close')
        server.close()
        server.closeIdleConnections()
        const cut = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS)
        await closed
        clearTimeout(cut)
        await Promise.allSettled(running)
        await overdue[Symbol.asyncDispose]()
        await store.close()
        await lock.release()
      })())
    const address = server.address()
    const actualPort = address !== null && typeof address === 'object' ? address.port : port
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`
    return { url, port: actualPort, stop, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await lock.release()
    throw systemCode(error) === 'EADDRINUSE' ? portTaken(port, host, error) : error
  }
}

async function makeBuckets(
  store: Store,
  { buckets = [], abortUploadsAfterDays }: ObjectStoreOptions,
  now: Date,
): Promise<void> {
  for (const name of buckets) {
    if (!store.find(name)) await store.create(name, now)
    const bucket = store.get(name)
    if (abortUploadsAfterDays === undefined || bucket.info.lifecycle !== undefined) continue
    await bucket.setLifecycle([{ id: 'incomplete-uploads', isEnabled: true, prefix: '', abortUploadsAfterDays }])
  }
}

function portTaken(port: number, host: string, cause: unknown): LocalStackError {
  const message = `Port ${port} on ${host} is taken by another program; free it or choose another port.`
  return new LocalStackError('PORT_TAKEN', message, { cause })
}

function sweepFailure(error: unknown): AccessLogEntry {
  return { method: 'SWEEP', path: '/', status: 500, ms: 0, error }
}
