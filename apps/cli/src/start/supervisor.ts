import { rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { LocalStackProcess, LocalStackReady } from '@bellhop/local-stack'
import { acquireDataDir, forkLocalStack } from '@bellhop/local-stack'
import { COMPILE_CACHE } from '../compile-cache.ts'
import { addressFile, stackLogFile } from '../data-dir.ts'
import { BoundedLog } from './bounded-log.ts'
import { KeptService } from './kept-service.ts'
import { buildPage } from './page-build.ts'
import { choosePort } from './port-check.ts'
import type { StartConfig } from './start-config.ts'

export interface Running {
  readonly url: string
  readonly signInLink: string | undefined
  /** Rejects when something that is needed has ended for good. */
  readonly failed: Promise<never>
  /** Worker, server, then the local stack. */
  stop(): Promise<void>
  /** Without waiting for work to end. */
  kill(): void
}

export interface SupervisorOptions {
  readonly env: NodeJS.ProcessEnv
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/** Everything on one machine. Rejects with one sentence, and nothing runs then. */
export async function supervise(config: StartConfig, { env, say, signal }: SupervisorOptions): Promise<Running> {
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => {})
  await using starting = new AsyncDisposableStack()
  const folder = starting.use(await acquireDataDir(config.dataDir))
  const port = await choosePort(config.port, config.host)
  let stack: LocalStackProcess | undefined
  starting.defer(() => stack?.stop())
  const rest = Promise.withResolvers<NodeJS.ProcessEnv>()
  const service = (name: string, main: string) => {
    const kept = new KeptService({
      name,
      main: fileURLToPath(main),
      env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...env, PORT: String(port), BELLHOP_DATA_DIR: folder.dir },
      rest: rest.promise,
      say,
      onGivenUp: failed.reject,
    })
    starting.defer(() => kept.stop())
    return kept
  }
  const server = service('server', import.meta.resolve('@bellhop/server/main'))
  const worker = service('worker', import.meta.resolve('@bellhop/worker/main'))
  // They load their modules, seconds of work, while Postgres starts and the page is built.
  const services = settleAll([server.start(), worker.start()] as const)
  services.catch(() => {})
  await settleAll([
    startStack(config, signal).then((started) => {
      stack = started
    }),
    buildPage(say, signal),
  ])
  signal.throwIfAborted()
  void stack?.ended.then((reason) => reason && failed.reject(reason))
  rest.resolve(environmentOf(stack?.ready))
  const [{ url, signInLink }] = await services
  signal.throwIfAborted()
  if (url === undefined) throw new Error('The server did not say where it listens.')
  const address = addressFile(folder.dir)
  await writeFile(address, `${url}\n`, { mode: 0o600 })
  starting.defer(() => rm(address, { force: true }))
  const running = starting.move()
  return {
    url,
    signInLink,
    failed: failed.promise,
    stop: () => running.disposeAsync(),
    kill() {
      server.kill()
      worker.kill()
    },
  }
}

async function startStack(config: StartConfig, signal: AbortSignal) {
  const { dataDir, withPostgres, withObjectStore } = config
  if (!withPostgres && !withObjectStore) return undefined
  return forkLocalStack(
    { dataDir, withPostgres, withObjectStore },
    { log: new BoundedLog(stackLogFile(dataDir)).line, signal },
  )
}

function environmentOf(ready: LocalStackReady | undefined): NodeJS.ProcessEnv {
  return {
    ...(ready?.databaseUrl === undefined ? {} : { DATABASE_URL: ready.databaseUrl }),
    ...(ready?.s3 && {
      S3_ENDPOINT: ready.s3.endpoint,
      S3_BUCKET: ready.s3.bucket,
      S3_REGION: ready.s3.region,
      S3_ACCESS_KEY_ID: ready.s3.accessKeyId,
      S3_SECRET_ACCESS_KEY: ready.s3.secretAccessKey,
    }),
  }
}

/** Like `Promise.all`, but it leaves nothing still starting when it throws. */
async function settleAll<T extends readonly unknown[]>(tasks: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(tasks)
  return Promise.all(tasks)
}
