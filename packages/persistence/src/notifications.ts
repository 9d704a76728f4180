import { randomUUID } from 'node:crypto'
import type { JobId, WorkspaceId } from '@bellhop/model'
import postgres from 'postgres'
import type { Sql } from 'postgres'
import { z } from 'zod'
import { reconnectSeconds } from './reconnect.ts'

/** One channel for everything: idle channels and listeners are what makes NOTIFY slow. */
const CHANNEL = 'bellhop'
/** Postgres takes less than 8,000 bytes. */
const MAX_PAYLOAD_BYTES = 7_900
/** After one NOTIFY, changes are gathered for so long before the next says them all; the first after a rest goes at once. */
const FLUSH_EVERY_MS = 10
/** Past this, what is gathered is dropped in favour of the listeners' slow sweep. */
const MAX_GATHERED = 50_000
/** After a NOTIFY that failed: 100, 300, 900 ms; then the listeners' slow sweep covers it. */
const NOTIFY_TRIES = 4
const NOTIFY_AGAIN_MS = 100
const CONNECT_TIMEOUT_SECONDS = 5
const PING_EVERY_MS = 3_000
const PONG_WITHIN_MS = 3_000
/** How often a listener looks whether it still hears; a line that is known to be lost is made anew that often. */
const LOOK_EVERY_MS = 500
const LISTEN_WITHIN_MS = 5_000

/** A hint that something changed. Ids only: the rows are the truth. */
const message = z.union([
  z.object({ jobs: z.array(z.tuple([z.string(), z.string()])) }),
  // A worker of the release before tells no version.
  z.object({ view: z.string(), version: z.number().default(0), workspaces: z.array(z.string()).nullable() }),
  z.object({ callers: z.literal('changed') }),
  z.object({ ping: z.string() }),
])

export interface NotificationHandlers {
  onJobs(changed: readonly { id: JobId; workspaceId: WorkspaceId }[]): void
  /** `workspaceIds` null: too many to name. What changed up to `version` may be told later, and by then be old. */
  onView(view: string, version: number, workspaceIds: readonly WorkspaceId[] | null): void
  /** Somebody may no longer be let in: a key was revoked, a session ended. */
  onCallers(): void
  /** The connection was away: what was said meanwhile is lost, so read again what you watch. */
  onReconnect(): void
}

export interface Notifier extends AsyncDisposable {
  /** Call it after the commit. Nobody waits for it. */
  jobChanged(job: { id: JobId; workspaceId: WorkspaceId }): void
  viewChanged(view: string, version: number, workspaceIds: readonly WorkspaceId[] | null): void
  callersChanged(): void
}

/**
 * Says what changed, after the commit, many changes in one NOTIFY. Inside the changing transaction NOTIFY takes a
 * cluster-wide lock through the commit: 11,427 → 2,365 updates/s at 32 clients (pgbench, durable commits). A message
 * that a crash swallows is covered by the listeners' sweep.
 */
export function createNotifier(url: string, onError: (cause: unknown) => void): Notifier {
  const sql = postgres(url, {
    max: 1,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    backoff: reconnectSeconds,
    onnotice: () => {},
    connection: { application_name: 'bellhop notifier', synchronous_commit: 'off' },
  })
  const jobs = new Map<JobId, WorkspaceId>()
  const views = new Map<string, ChangedView>()
  let haveCallersChanged = false
  /** Takes the planned flush back. */
  let unplan: (() => void) | undefined
  let sending: Promise<void> | undefined
  let sentAt = Number.NEGATIVE_INFINITY

  /** One NOTIFY at a time, so that what is gathered meanwhile, in bounded memory, is said by the next. */
  function later(): void {
    if (sending || unplan) return
    const restMs = sentAt + FLUSH_EVERY_MS - performance.now()
    if (restMs > 0) {
      const timer = setTimeout(flush, restMs)
      unplan = () => clearTimeout(timer)
    } else {
      // A timer would take a millisecond at least.
      const turn = setImmediate(flush)
      unplan = () => clearImmediate(turn)
    }
  }

  function flush(): void {
    unplan = undefined
    const callers = haveCallersChanged ? [JSON.stringify({ callers: 'changed' })] : []
    const payloads = [...callers, ...jobPayloads(jobs), ...viewPayloads(views)]
    haveCallersChanged = false
    jobs.clear()
    views.clear()
    sentAt = performance.now()
    sending = send(payloads)
      .catch(onError)
      .finally(() => {
        sending = undefined
        if (haveCallersChanged || jobs.size > 0 || views.size > 0) later()
      })
  }

  async function send(payloads: readonly string[]): Promise<void> {
    for (const payload of payloads) {
      for (let tries = 1; ; tries++) {
        try {
          await sql.notify(CHANNEL, payload)
          break
        } catch (cause) {
          if (tries === NOTIFY_TRIES || closing.signal.aborted) throw cause
          await pause(NOTIFY_AGAIN_MS * 3 ** (tries - 1), closing.signal)
        }
      }
    }
  }

  const closing = new AbortController()
  return {
    jobChanged({ id, workspaceId }) {
      if (jobs.size < MAX_GATHERED) jobs.set(id, workspaceId)
      later()
    },
    viewChanged(view, version, workspaceIds) {
      const gathered = views.get(view) ?? { version, workspaces: new Set() }
      const workspaces = workspaceIds && gathered.workspaces && new Set([...gathered.workspaces, ...workspaceIds])
      views.set(view, { version: Math.max(version, gathered.version), workspaces })
      later()
    },
    callersChanged() {
      haveCallersChanged = true
      later()
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort()
      await sending
      if (unplan) {
        unplan()
        flush()
      }
      await sending
      await sql.end({ timeout: 5 })
    },
  }
}

function* jobPayloads(jobs: ReadonlyMap<JobId, WorkspaceId>): Generator<string> {
  // An id and its workspace take about 70 bytes in JSON.
  const perPayload = Math.floor(MAX_PAYLOAD_BYTES / 80)
  const pairs = [...jobs]
  for (let at = 0; at < pairs.length; at += perPayload) yield JSON.stringify({ jobs: pairs.slice(at, at + perPayload) })
}

interface ChangedView {
  readonly version: number
  readonly workspaces: ReadonlySet<WorkspaceId> | null
}

function* viewPayloads(views: ReadonlyMap<string, ChangedView>): Generator<string> {
  for (const [view, { version, workspaces }] of views) {
    const named = JSON.stringify({ view, version, workspaces: workspaces && [...workspaces] })
    yield named.length < MAX_PAYLOAD_BYTES ? named : JSON.stringify({ view, version, workspaces: null })
  }
}

/**
 * Listens on a connection of its own until disposed. postgres.js listens again by itself after a lost connection, but
 * only once, and a dead connection may look healthy for a minute: a ping to ourselves proves the line, and a deaf client
 * is replaced. Rejects when the first line cannot be had.
 */
export async function listenForNotifications(
  url: string,
  handlers: NotificationHandlers,
  onError: (cause: unknown) => void,
): Promise<AsyncDisposable> {
  const me = randomUUID()
  let sql: Sql | undefined
  let heardAt = performance.now()
  let pingedAt = performance.now()
  let replacing: Promise<void> | undefined
  let isFirst = true
  let isLineLost = false

  async function connect(): Promise<void> {
    const fresh = postgres(url, {
      max: 1,
      connect_timeout: CONNECT_TIMEOUT_SECONDS,
      backoff: reconnectSeconds,
      onnotice: () => {},
      // Its two connections seldom die alone; when only the other did, postgres.js listens again by itself.
      onclose: () => {
        if (sql === fresh) isLineLost = true
      },
      connection: { application_name: 'bellhop listener', synchronous_commit: 'off' },
    })
    sql = fresh
    const listening = fresh.listen(CHANNEL, receive, () => {
      heardAt = performance.now()
      if (!isFirst) handlers.onReconnect()
      isFirst = false
    })
    await Promise.race([listening, tooLate()])
    isLineLost = false
  }

  async function replace(): Promise<void> {
    void sql?.end({ timeout: 0 }).catch(() => {})
    await connect()
  }

  function look(): void {
    if (replacing) return
    const now = performance.now()
    if (isLineLost || now - heardAt > PING_EVERY_MS + PONG_WITHIN_MS) {
      // Said once, however often it takes.
      const say = isLineLost ? () => {} : onError
      isLineLost = true
      replacing = replace()
        .catch(say)
        .finally(() => {
          replacing = undefined
        })
    } else if (now - pingedAt >= PING_EVERY_MS) {
      pingedAt = now
      sql?.notify(CHANNEL, JSON.stringify({ ping: me })).catch(onError)
    }
  }

  function receive(payload: string): void {
    const parsed = message.safeParse(parseJson(payload))
    if (!parsed.success) return
    const said = parsed.data
    if ('ping' in said) {
      if (said.ping === me) heardAt = performance.now()
    } else if ('callers' in said) {
      handlers.onCallers()
    } else if ('view' in said) {
      handlers.onView(said.view, said.version, said.workspaces as WorkspaceId[] | null)
    } else {
      handlers.onJobs(
        said.jobs.map(([id, workspaceId]) => ({ id: id as JobId, workspaceId: workspaceId as WorkspaceId })),
      )
    }
  }

  await connect()
  const looking = setInterval(look, LOOK_EVERY_MS)
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(looking)
      await replacing
      await sql?.end({ timeout: 1 })
    },
  }
}

function tooLate(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error('LISTEN was not answered in time.')), LISTEN_WITHIN_MS).unref()
  })
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
