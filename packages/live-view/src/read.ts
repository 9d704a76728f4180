import { setTimeout as sleep } from 'node:timers/promises'
import { is, sql, type TablesRelationalConfig } from 'drizzle-orm'
import { PgTransaction, type PgDatabase } from 'drizzle-orm/pg-core'
import { type PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js'
import { LiveViewError } from './error.ts'
import { freshnessOf, freshnessText, PENDING_COUNT_MAX, type Freshness, type FreshnessRow } from './freshness.ts'
import { leaveHanging, sqlState } from './lost-connection.ts'
import { computed, overlay, overlayKeys, type DirtyName } from './overlay.ts'
import { literal } from './sql-text.ts'
import { type AnyView } from './view.ts'
import { appliedText, assertToken, assertWait, endedText } from './write-token.ts'

/**
 * How fresh an answer must be.
 *
 * - `'any'`: what is stored.
 * - `{ maxLagMs }`: every write that has been committed for so long is in it.
 * - `{ after: token }`: the write of that transaction is in it, and those before it (`writeToken`, `committedToken`).
 * - `'strict'`: every committed write is in it: the answer is the one of the view's own query, in one snapshot.
 */
export type Want = 'any' | 'strict' | { readonly maxLagMs: number } | { readonly after: string }

export interface ReadOptions {
  /** How long to wait for the appliers when the answer cannot be computed at once. Default 1,000 ms; at most 60,000. */
  readonly timeoutMs?: number
  /**
   * How long the view's whole query may be computed in place of the stored rows, where single keys are no way: for a
   * refreshed view, and past the view's `overlayKeysMax`. Default 250 ms; 0 forbids it.
   */
  readonly computeMs?: number
  readonly signal?: AbortSignal
}

/** Selects as a Drizzle database does. What it selects from the view is as fresh as wanted. */
export type ViewReader = Pick<ReturnType<Reading['with']>, 'select' | 'selectDistinct' | 'selectDistinctOn'>
type Reading = PgDatabase<PostgresJsQueryResultHKT>

export interface ViewAnswer<T> extends Freshness {
  readonly rows: T
  /** False when the answer is not as fresh as was wanted; the other fields say how fresh it is. */
  readonly met: boolean
  /** `stored`: as applied. `overlay`: pending keys computed live. `computed`: the whole query computed live. */
  readonly source: 'stored' | 'overlay' | 'computed'
}

const TIMEOUT_MS_DEFAULT = 1_000
const COMPUTE_MS_DEFAULT = 250
const POLL_MS_FIRST = 4
const POLL_MS_MAX = 64

/**
 * Reads a view as fresh as `want` says. `query` selects with the reader that it is given, from the view's table by its
 * own name; filters, order and limit apply to the rows as wanted. It may be called more than once.
 *
 * ```ts
 * const { rows, asOf, met } = await readView(db, catalog, 'strict', (view) =>
 *   view.select().from(catalog.table).where(eq(catalog.table.shopId, shop)).limit(20))
 * ```
 *
 * What the stored rows cannot give is computed, in one repeatable read transaction: the keys that are pending, when
 * they are at most the view's `overlayKeysMax`, else the whole query for at most `computeMs`. When neither serves, it
 * waits for the appliers, and after `timeoutMs` answers from the stored rows with `met: false`.
 *
 * Given a transaction, it reads in that one's snapshot and does not wait; computing needs it to be repeatable read.
 *
 * @throws LiveViewError `view_not_installed`, `token_invalid`, `bound_invalid`, `snapshot_missing`; the signal's reason
 */
export async function readView<T, TFullSchema extends Record<string, unknown>, TSchema extends TablesRelationalConfig>(
  db: PgDatabase<PostgresJsQueryResultHKT, TFullSchema, TSchema>,
  view: AnyView,
  want: Want,
  query: (view: ViewReader) => PromiseLike<T>,
  { timeoutMs = TIMEOUT_MS_DEFAULT, computeMs = COMPUTE_MS_DEFAULT, signal }: ReadOptions = {},
): Promise<ViewAnswer<T>> {
  assertWant(want)
  assertWait('timeoutMs', timeoutMs)
  assertWait('computeMs', computeMs)
  if (is(db, PgTransaction))
    return (await readLive(db, { view, want, query, computeMs })) ?? readStored(db, view, query)
  const deadline = performance.now() + timeoutMs
  for (let pollMs = POLL_MS_FIRST, first = true; ; pollMs = Math.min(pollMs * 2, POLL_MS_MAX), first = false) {
    signal?.throwIfAborted()
    if (want !== 'strict') {
      const seen = await look(db, view, want)
      if (seen.met) return { rows: await query(db.with()), ...seen.freshness, met: true, source: 'stored' }
    }
    // What took too long once is not tried again.
    const request = { view, want, query, computeMs: first ? computeMs : 0 }
    const live = await db.transaction((tx) => leaveHanging(() => readLive(tx, request)), SNAPSHOT)
    if (live !== undefined) return live
    const leftMs = deadline - performance.now()
    if (leftMs <= 0) return readStored(db, view, query)
    await sleep(Math.min(pollMs, leftMs), undefined, { signal })
  }
}

const SNAPSHOT = { isolationLevel: 'repeatable read', accessMode: 'read only' } as const

interface Request<T> {
  readonly view: AnyView
  readonly want: Want
  readonly query: (view: ViewReader) => PromiseLike<T>
  readonly computeMs: number
}

async function readStored<T>(db: Executes, view: AnyView, query: Request<T>['query']): Promise<ViewAnswer<T>> {
  // The look comes first: what is applied in between makes the answer fresher than it says.
  const { freshness } = await look(db, view, 'any')
  return { rows: await query(db.with()), ...freshness, met: false, source: 'stored' }
}

/** The answer as wanted, from stored rows or computed, in the one snapshot of `tx`; undefined when that cannot be. */
async function readLive<T>(
  tx: Reads,
  { view, want, query, computeMs }: Request<T>,
): Promise<ViewAnswer<T> | undefined> {
  const { met, visible, freshness, isolated, dirty, nowMs } = await look(tx, view, want)
  if (met && (isolated || want !== 'strict'))
    return { rows: await query(tx.with()), ...freshness, met, source: 'stored' }
  // The write that is asked for is not committed, so that computing would not show it either.
  if (!visible) return undefined
  if (!isolated) {
    throw new LiveViewError(
      'snapshot_missing',
      `Reading view ${view.name} so fresh takes several statements of one snapshot; begin the transaction as repeatable read.`,
    )
  }
  const fresh = { stale: false, lagMs: null, pending: 0, asOf: new Date(nowMs), met: true }
  if (view.strategy === 'realtime' && freshness.pending < PENDING_COUNT_MAX) {
    const keys = await overlayKeys(view, dirty, view.overlayKeysMax, (text) => tx.execute<{ key: string }>(text))
    if (keys !== undefined) return { rows: await query(tx.with(overlay(view, keys))), ...fresh, source: 'overlay' }
  }
  if (computeMs <= 0) return undefined
  const rows = await withinTime(tx, computeMs, (inner) => query(inner.with(computed(view))))
  return rows === undefined ? undefined : { rows: rows.value, ...fresh, source: 'computed' }
}

type Executes = Pick<Reading, 'with' | 'execute'>
interface Reads extends Executes {
  transaction<T>(work: (tx: Executes) => Promise<T>): Promise<T>
}

/** In a savepoint: a statement that was cancelled leaves the snapshot to be used. */
async function withinTime<T>(
  tx: Reads,
  ms: number,
  work: (tx: Executes) => PromiseLike<T>,
): Promise<{ readonly value: T } | undefined> {
  const setTimeout = (value: string) => sql`select set_config('statement_timeout', ${value}, true)`
  try {
    return await tx.transaction(async (inner) => {
      const [before] = await inner.execute<{ value: string }>(sql`select current_setting('statement_timeout') as value`)
      await inner.execute(setTimeout(String(Math.ceil(ms))))
      const value = await work(inner)
      await inner.execute(setTimeout(before?.value ?? '0'))
      return { value }
    })
  } catch (error) {
    if (sqlState(error) === QUERY_CANCELED) return undefined
    throw error
  }
}

const QUERY_CANCELED = '57014'

interface Seen {
  readonly freshness: Freshness
  /** Whether the stored rows are as fresh as wanted. */
  readonly met: boolean
  /** Whether the write that is waited for, if any, is committed. */
  readonly visible: boolean
  /** Whether later statements see the same snapshot. */
  readonly isolated: boolean
  readonly dirty: readonly DirtyName[]
  readonly nowMs: number
}

async function look(db: Executes, view: AnyView, want: Want): Promise<Seen> {
  const token = typeof want === 'object' && 'after' in want ? want.after : undefined
  const namesMax = view.strategy === 'realtime' ? view.overlayKeysMax + 1 : 0
  const text = freshnessText(view, [
    `(extract(epoch from statement_timestamp()) * 1000)::float8 as now_ms`,
    `current_setting('transaction_isolation') in ('repeatable read', 'serializable') as isolated`,
    `(select coalesce(json_agg(d), '[]') from (select distinct p.kind, p.key from pending p limit ${namesMax}) d) as dirty`,
    token === undefined
      ? 'true as visible, true as applied'
      : `${endedText(`${literal(token)}::xid8`)} as visible, ${appliedText(view, `${literal(token)}::xid8`)} as applied`,
  ])
  const [row] = await db.execute<LookRow>(sql.raw(text))
  const freshness = freshnessOf(view, row)
  const visible = row?.visible === true
  return {
    freshness,
    met: isMet(want, freshness, visible && row.applied),
    visible,
    isolated: row?.isolated === true,
    dirty: row?.dirty ?? [],
    nowMs: row?.now_ms ?? 0,
  }
}

interface LookRow extends FreshnessRow {
  readonly now_ms: number
  readonly isolated: boolean
  readonly dirty: readonly DirtyName[]
  readonly visible: boolean
  readonly applied: boolean
}

function isMet(want: Want, { stale, lagMs }: Freshness, applied: boolean): boolean {
  if (want === 'any') return true
  if (want === 'strict') return !stale
  return 'after' in want ? applied : (lagMs ?? 0) <= want.maxLagMs
}

function assertWant(want: Want): void {
  if (typeof want === 'string') return
  if ('after' in want) assertToken(want.after)
  else if (!(want.maxLagMs >= 0)) {
    throw new LiveViewError('bound_invalid', `Expected maxLagMs of 0 or more, got ${want.maxLagMs}.`)
  }
}
