import postgres, { type Options, type PostgresType, type Sql } from 'postgres'
import { backOffMs } from './back-off.ts'

/** A connection that has not heard its own ping for so long is dead, whatever it says. */
const PING_INTERVAL_MS = 5_000
const CLOSE_TIMEOUT_S = 1

export interface WakeListenerOptions {
  readonly sql: Sql
  readonly channel: string
  readonly signal: AbortSignal
  /** Called with each payload, and with nothing after each (re)connection, when some may have been missed. */
  readonly onWake: (payload?: string) => void
  readonly onError: (error: unknown) => void
}

/**
 * Listens on one connection of its own until `signal` fires; the promise resolves when that connection is closed.
 *
 * postgres.js listens again after a lost connection, but only once: if the server is not back by then, it stays deaf
 * and every later `listen` on that client fails. So a ping proves the line, and a dead client is replaced.
 */
export async function listenForWakes({ sql, channel, signal, onWake, onError }: WakeListenerOptions): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    const client = dedicatedClient(sql)
    try {
      await listenUntilDeaf({ sql, channel, client, signal }, onWake, () => (failures = 0))
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
  readonly channel: string
  readonly client: Sql
  readonly signal: AbortSignal
}

async function listenUntilDeaf(
  { sql, channel, client, signal }: Line,
  onWake: (payload?: string) => void,
  onHeard: () => void,
): Promise<void> {
  const ping = `ping ${crypto.randomUUID()}`
  let heardAt = performance.now()
  const hear = (payload: string) => {
    heardAt = performance.now()
    onHeard()
    if (!payload.startsWith('ping ')) onWake(payload)
  }
  await client.listen(channel, hear, () => onWake())
  while (!signal.aborted && performance.now() - heardAt < 2 * PING_INTERVAL_MS) {
    await sql.notify(channel, ping)
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
