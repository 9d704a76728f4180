import { platform } from '#platform'
import type { WorkspaceId } from '@bellhop/model'
import { Accounts } from './accounts.ts'
import { PATIENCE_MS } from './back-off.ts'
import { BellhopError } from './bellhop-error.ts'
import { Caller } from './caller.ts'
import { Catalog } from './catalog.ts'
import { Files } from './files.ts'
import { Insights } from './insights.ts'
import { Jobs } from './jobs.ts'
import type { UploadJournal } from './journal/upload-journal.ts'
import { openConnection } from './links.ts'
import type { Connection, Transport } from './links.ts'
import { Operations } from './operations.ts'
import { OwnWrites } from './own-writes-link.ts'
import { Presets } from './presets.ts'
import { Storage } from './storage.ts'
import { ValetKeys } from './valet-keys.ts'
import { Views } from './views.ts'
import { Webhooks } from './webhooks.ts'

export interface ConnectOptions {
  /** Of the server, such as `http://localhost:3000`. */
  readonly url: string | URL
  /** `bh_…`. Left out in a page, where the session's cookie speaks. */
  readonly apiKey?: string
  /** With a session only, and only when the person belongs to several. */
  readonly workspaceId?: WorkspaceId
  /** For calls to the server; the bytes of files go over connections of their own. */
  readonly fetch?: typeof globalThis.fetch
  /** For one call to the server, not for the bytes of a file. Default 30 s. */
  readonly timeoutMs?: number
  /** Tries after the first, of calls that may be repeated. Default 2. */
  readonly retries?: number
  /** How long an upload goes on trying while the store or the server is away. Default 10 min. */
  readonly patienceMs?: number
  /**
   * Where uploads are noted that may outlive this process or page. Default: in a browser its IndexedDB, in Node none
   * (`folderJournal` of `@bellhop/client/node` makes one). Null: nowhere.
   */
  readonly journal?: UploadJournal | null
  /** Of live updates. `auto` (default): WebSocket, and Server-Sent Events where that cannot be opened. */
  readonly transport?: Transport
}

const DEFAULT_TIMEOUT_MS = 30_000
const DEFAULT_RETRIES = 2

/** Opens nothing by itself: connections are made by the first call that needs one. */
export function connect(options: ConnectOptions): Bellhop {
  return new Bellhop(options)
}

/** One server, seen as one caller in one workspace. */
export class Bellhop implements AsyncDisposable {
  readonly files: Files
  readonly jobs: Jobs
  readonly catalog: Catalog
  readonly insights: Insights
  readonly views: Views
  readonly storage: Storage
  readonly valetKeys: ValetKeys
  readonly presets: Presets
  readonly webhooks: Webhooks
  readonly operations: Operations
  readonly account: Accounts
  /** What this client wrote lately, which its reads of views wait for by themselves (`want`). */
  readonly ownWrites: OwnWrites = new OwnWrites()
  readonly #connection: Connection

  constructor({
    url,
    apiKey,
    workspaceId,
    fetch = globalThis.fetch.bind(globalThis),
    timeoutMs = DEFAULT_TIMEOUT_MS,
    retries = DEFAULT_RETRIES,
    patienceMs = PATIENCE_MS,
    journal = platform.journal,
    transport = 'auto',
  }: ConnectOptions) {
    const server = parseUrl(url)
    this.#connection = openConnection({
      url: server,
      apiKey,
      workspaceId,
      fetch,
      transport,
      ownWrites: this.ownWrites,
      eventSource: platform.eventSource,
    })
    const { contract } = this.#connection
    const caller = new Caller({ timeoutMs, retries })
    this.files = new Files({ contract, caller, platform, journal, patienceMs, server: server.href })
    this.jobs = new Jobs(contract.jobs, caller)
    this.catalog = new Catalog(contract.catalog, caller)
    this.insights = new Insights(contract.insights, caller)
    this.views = new Views(contract.views, caller)
    this.valetKeys = new ValetKeys(contract.valetKeys, caller)
    this.presets = new Presets(contract.presets, caller)
    this.webhooks = new Webhooks(contract.webhooks, caller)
    this.operations = new Operations(contract.operations, caller)
    this.storage = new Storage(contract.storage, caller, { timeoutMs })
    this.account = new Accounts(contract.account, caller)
  }

  /** Ends the live connection. Uploads and downloads under way are the caller's to end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close()
  }
}

function parseUrl(url: string | URL): URL {
  const parsed = URL.parse(url)
  if (parsed && /^https?:$/.test(parsed.protocol)) return parsed
  throw new BellhopError('INVALID_INPUT', `Expected \`url\` to be an http or https address, got \`${String(url)}\`.`)
}
