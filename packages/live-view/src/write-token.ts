import { setTimeout as sleep } from 'node:timers/promises'
import { sql as drizzleSql, type SQL } from 'drizzle-orm'
import { type ISql } from 'postgres'
import { LiveViewError } from './error.ts'
import { notInstalled } from './freshness.ts'
import { logNameList } from './log-name.ts'
import { literal } from './sql-text.ts'
import { type AnyView } from './view.ts'

const TOKEN = /^[0-9]{1,20}$/
const POLL_MS_FIRST = 4
const POLL_MS_MAX = 64
const TIMEOUT_MS_MAX = 60_000

/** The token as an SQL expression, for a Drizzle transaction: `tx.select({ token: writeTokenExpression })`. */
export const writeTokenExpression: SQL<string> = drizzleSql<string>`pg_current_xact_id()::text`

/**
 * Names the transaction it is called in. Hand it to `waitUntilApplied` or `readView` after the commit to read your own
 * write. A view that holds a token holds every lower one whose transaction had been committed: of several, keep the highest.
 */
export async function writeToken(tx: ISql): Promise<string> {
  const [row] = await tx<{ token: string }[]>`select pg_current_xact_id()::text as token`
  return row?.token ?? ''
}

/**
 * A token of all that was committed before the call, for who wrote in several transactions, or in ones it does not hold.
 * It is the last transaction that had ended by then, so that nobody waits for one that is still under way.
 */
export async function committedToken(sql: ISql): Promise<string> {
  const [row] = await sql<{ token: string }[]>`
    select (pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)::text as token`
  return row?.token ?? ''
}

/** SQL: whether the transaction of `token`, an SQL expression of type xid8, has ended for this snapshot. */
export function endedText(token: string): string {
  return `pg_visible_in_snapshot(${token}, pg_current_snapshot())`
}

/**
 * SQL: whether the log holds no row of that transaction or an earlier one. Earlier ones too, so that one number stands for
 * all that its holder wrote; what waits because of them is what others wrote at the same time.
 */
export function appliedText(view: AnyView, token: string): string {
  return `not exists (
    select from public.live_view_dirty d where d.view in (${logNameList(view)}) and d.xid <= ${token}
  )`
}

export interface WaitOptions {
  /** From the call; at most 60,000. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/**
 * Waits until a view holds what the transaction of `token`, and those before it, wrote. True when it does; false after
 * `timeoutMs`. Looks after 4, 8, 16, 32, then every 64 ms.
 *
 * @throws LiveViewError `view_not_installed`, `token_invalid`, `bound_invalid`; the signal's reason when aborted
 */
export async function waitUntilApplied(
  sql: ISql,
  view: AnyView,
  token: string,
  { timeoutMs, signal }: WaitOptions,
): Promise<boolean> {
  assertToken(token)
  assertWait('timeoutMs', timeoutMs)
  const deadline = performance.now() + timeoutMs
  for (let pollMs = POLL_MS_FIRST; ; pollMs = Math.min(pollMs * 2, POLL_MS_MAX)) {
    signal?.throwIfAborted()
    if (await isApplied(sql, view, token)) return true
    const leftMs = deadline - performance.now()
    if (leftMs <= 0) return false
    await sleep(Math.min(pollMs, leftMs), undefined, { signal })
  }
}

export function assertToken(token: string): void {
  if (TOKEN.test(token)) return
  throw new LiveViewError(
    'token_invalid',
    `Expected a write token (a transaction's number), got ${JSON.stringify(token)}.`,
  )
}

export function assertWait(name: string, ms: number): void {
  if (ms >= 0 && ms <= TIMEOUT_MS_MAX) return
  throw new LiveViewError('bound_invalid', `Expected ${name} from 0 to ${TIMEOUT_MS_MAX}, got ${ms}.`)
}

/** A transaction still under way has rows that nobody sees yet, so its end is part of the question. */
async function isApplied(sql: ISql, view: AnyView, token: string): Promise<boolean> {
  const id = '$1::text::xid8'
  const text = `select
  ${endedText(id)} and ${appliedText(view, id)} as applied,
  exists (select from public.live_view_status s where s.view = ${literal(view.name)}) as installed`
  const [row] = await sql.unsafe<{ applied: boolean; installed: boolean }[]>(text, [token], { prepare: true })
  if (row?.installed !== true) throw notInstalled(view.name)
  return row.applied
}
