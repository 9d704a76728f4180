import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startObjectStore, startPostgres } from '@bellhop/local-stack'
import { ProtocolTap } from './protocol-tap.ts'

const SERVER = fileURLToPath(new URL('../../server/src/main.ts', import.meta.url))
const WORKER = fileURLToPath(new URL('../../worker/src/main.ts', import.meta.url))
const BUCKET = 'bellhop'
const KEYS = { accessKeyId: 'tapped', secretAccessKey: 'between-the-parties' }

/** Postgres, a store and a real server, with a tap between client, server and store. The server may be killed at will. */
export class TappedBellhop implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack()
  readonly #clientTap = new ProtocolTap(() => this.#serverUrl)
  readonly #storeTap = new ProtocolTap(() => this.#storeUrl)
  #environment: Record<string, string> = {}
  #server: ChildProcess | undefined
  #serverUrl = ''
  #storeUrl = ''
  /** For clients: the tap before the server. */
  url = ''
  apiKey = ''
  dir = ''

  static async start(): Promise<TappedBellhop> {
    const bellhop = new TappedBellhop()
    try {
      await bellhop.#start()
      return bellhop
    } catch (error) {
      await bellhop[Symbol.asyncDispose]()
      throw error
    }
  }

  get taps(): { readonly client: ProtocolTap; readonly store: ProtocolTap } {
    return { client: this.#clientTap, store: this.#storeTap }
  }

  killServer(): void {
    this.#server?.kill('SIGKILL')
  }

  /** Starts the server unless it runs. */
  async reviveServer(): Promise<void> {
    if (this.#server && !hasEnded(this.#server)) {
      if (!this.#server.killed) return
      await once(this.#server, 'exit')
    }
    const [child, { url = '' }] = await startProcess(SERVER, this.#environment)
    this.#server = child
    this.#serverUrl = url
    this.apiKey = (await readFile(join(this.dir, 'admin-key'), 'utf8')).trim()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync()
  }

  async #start(): Promise<void> {
    this.dir = await mkdtemp(join(tmpdir(), 'bellhop-tapped-'))
    this.#stack.defer(() => rm(this.dir, { recursive: true, force: true, maxRetries: 5 }))
    const postgres = this.#stack.use(
      await startPostgres({ dataDir: join(this.dir, 'postgres'), postgres: { fsync: 'off' } }),
    )
    const store = this.#stack.use(
      await startObjectStore({ ...KEYS, dir: join(this.dir, 'objects'), buckets: [BUCKET] }),
    )
    this.#storeUrl = store.url
    this.#stack.use(this.#storeTap)
    this.#stack.use(this.#clientTap)
    this.url = await this.#clientTap.listen()
    this.#environment = {
      DATABASE_URL: postgres.url,
      S3_ENDPOINT: await this.#storeTap.listen(),
      S3_BUCKET: BUCKET,
      S3_ACCESS_KEY_ID: KEYS.accessKeyId,
      S3_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      BELLHOP_DATA_DIR: this.dir,
      PORT: '0',
    }
    this.#stack.defer(() => this.#server && stopProcess(this.#server))
    await this.reviveServer()
    // It keeps the catalog; what it asks of the store is no message of an upload, and so goes past the tap.
    const [worker] = await startProcess(WORKER, { ...this.#environment, S3_ENDPOINT: this.#storeUrl })
    this.#stack.defer(() => stopProcess(worker))
  }
}

interface Ready {
  readonly type: 'ready'
  readonly url?: string
}

async function startProcess(main: string, environment: Record<string, string>): Promise<[ChildProcess, Ready]> {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env
  const child = spawn(process.execPath, [main], {
    env: { PATH, NODE_COMPILE_CACHE, ...environment },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown]
  if (isReady(message)) return [child, message]
  throw new Error(`${main} did not start: ${JSON.stringify(message)}`)
}

function isReady(message: unknown): message is Ready {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready'
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
