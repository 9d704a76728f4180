import postgres, { type Options, type PostgresType, type Sql } from 'postgres'
import { backOffMs } from './back-off.ts'
import { WAKE_CHANNEL } from './log-ddl.ts'

/** A connection that has not heard its own ping for so long is dead, whatever it says. */
const PING_INTERVAL_MS = 5_000
const CLOSE_TIMEOUT_S = 1

export interface WakeListenerOptions {
  readonly sql: Sql
  readonly signal: AbortSignal
  /** Called for each notification, and after each (re)connection, when some may have been missed. */
  readonly onWake: () => void
  readonly onError: (error: unknown) => void
}

/**
 * Listens on one connection of its own until `signal` fires; the promise resolves when that connection is closed.
 *
 * postgres.js listens again after a lost connection, but only once: if the server is not back by then, it stays deaf
 * and every later `listen` on that client fails. So a ping proves the line, and a dead client is replaced.
 */
export async function listenForWakes({ sql, signal, onWake, onError }: WakeListenerOptions): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    const client = dedicatedClient(sql)
    try {
      await listenUntilDeaf({ sql, client, signal }, onWake, () => (failures = 0))
    } catch (error) {
      onError(error)
    } finally {
      await client.end({ timeout: CLOSE_TIMEOUT_S }).catch(onError)
    }
    failures += 1
    await pause(backOffMs(failures), signal)
  }
}

interface Line {
  readonly sql: Sql
  readonly client: Sql
  readonly signal: AbortSignal
}

async function listenUntilDeaf({ sql, client, signal }: Line, onWake: () => void, onHeard: () => void): Promise<void> {
  const ping = `ping ${crypto.randomUUID()}`
  let heardAt = performance.now()
  const hear = (payload: string) => {
    heardAt = performance.now()
    onHeard()
    if (!payload.startsWith('ping ')) onWake()
  }
  await client.listen(WAKE_CHANNEL, hear, onWake)
  while (!signal.aborted && performance.now() - heardAt < 2 * PING_INTERVAL_MS) {
    await sql.notify(WAKE_CHANNEL, ping)
    await pause(PING_INTERVAL_MS, signal)
  }
}

function dedicatedClient(sql: Sql): Sql {
  // postgres() takes back the options that it parsed, as its own `listen` does
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its types know only the unparsed form
  const options = { ...sql.options, max: 1, fetch_types: false } as unknown as Options<Record<string, PostgresType>>
  return postgres(options)
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}
