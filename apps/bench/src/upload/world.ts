import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { connect } from '@bellhop/client'
import { forkLocalStack } from '@bellhop/local-stack'
import type { KeyBinding } from '@bellhop/model'
import { BELLHOP_COMMAND, startBellhop } from '../bellhop-process.ts'
import type { StoreAddress } from './store.ts'

const WORKER = fileURLToPath(new URL('../../../worker/src/main.ts', import.meta.url))

/** A running Bellhop and the store that it keeps its files in. */
export interface World extends AsyncDisposable {
  readonly url: string
  readonly apiKey: string
  readonly store: StoreAddress
  /** Of the keys for uploads, as the doctor found that the store keeps it. */
  readonly binding: KeyBinding
  /** Works once. */
  signInLink(): Promise<string>
  /** One more beside that of `bellhop start`. Disposing stops it and waits. */
  startWorker(): Promise<AsyncDisposable>
  /** Received and sent by the API server since it started. */
  serverBytes(): Promise<number>
}

/** On the store at that address, or on the embedded one. All else that it needs is in the folder. */
export async function openWorld(folder: string, other: StoreAddress | null, signal: AbortSignal): Promise<World> {
  await using opening = new AsyncDisposableStack()
  const dataDir = join(folder, 'data')
  const stack = opening.use(
    await forkLocalStack(
      { dataDir: join(folder, 'stack'), withPostgres: true, withObjectStore: other === null },
      { signal },
    ),
  )
  const { databaseUrl = '', s3: store = other } = stack.ready
  if (!store) throw new Error('The local stack runs without an object store.')
  const env = {
    DATABASE_URL: databaseUrl,
    S3_ENDPOINT: store.endpoint,
    S3_BUCKET: store.bucket,
    S3_REGION: store.region,
    S3_ACCESS_KEY_ID: store.accessKeyId,
    S3_SECRET_ACCESS_KEY: store.secretAccessKey,
  }
  const { url } = opening.use(await startBellhop(dataDir, { env, signal }))
  const apiKey = (await readFile(join(dataDir, 'admin-key'), 'utf8')).trim()
  await using bellhop = connect({ url, apiKey })
  const { binding } = await bellhop.storage.check({ signal })
  const open = opening.move()
  return {
    url,
    apiKey,
    store,
    binding,
    async signInLink() {
      const { PATH = '' } = process.env
      const { stdout } = await promisify(execFile)(process.execPath, [BELLHOP_COMMAND, 'sign-in-link'], {
        env: { PATH, BELLHOP_DATA_DIR: dataDir },
        signal,
      })
      return stdout.trim()
    },
    startWorker: () => startWorker({ ...env, BELLHOP_DATA_DIR: dataDir }, signal),
    async serverBytes() {
      const text = await (await fetch(`${url}/metrics`, { signal })).text()
      return ['received', 'sent'].reduce((sum, way) => {
        const [, bytes] = new RegExp(`^bellhop_http_${way}_bytes_total (\\S+)$`, 'm').exec(text) ?? []
        if (bytes === undefined) throw new Error(`/metrics does not tell bellhop_http_${way}_bytes_total.`)
        return sum + Number(bytes)
      }, 0)
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

async function startWorker(env: Readonly<Record<string, string>>, signal: AbortSignal): Promise<AsyncDisposable> {
  const { PATH = '', HOME = '' } = process.env
  const child = fork(WORKER, {
    env: { PATH, HOME, ...env },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  const gone = new AbortController()
  void exited.then(() => gone.abort(new Error('The second worker ended before it was ready.')))
  await once(child, 'message', { signal: AbortSignal.any([signal, gone.signal]) })
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
