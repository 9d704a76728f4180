import { sql as fragment } from 'drizzle-orm'
import { type Sql, type TransactionSql } from 'postgres'
import { tryApplierLock } from './advisory-lock.ts'
import { applyTransaction } from './apply-transaction.ts'
import { appliedRows, changedNames, type Applied, type ChangedRow } from './applied.ts'
import { cancellable } from './cancellable.ts'
import { type FanoutDependency } from './dependency.ts'
import { DIRTY_ALL, DIRTY_KEY } from './log-ddl.ts'
import { type LiveView } from './live-view.ts'
import { rebuildWithin } from './rebuild.ts'
import { columnType, qualified, sqlText } from './sql-text.ts'
import { recordApplied } from './status.ts'
import { recordChange } from './change.ts'
import { applyKeysText } from './upsert-text.ts'

/** At most so many log rows are consumed, and so many distinct keys recomputed by one statement. */
const CHUNK_ROWS_MAX = 10_000
const CHUNK_KEYS_MAX = 2_000

/**
 * Past this share of a view's rows a rebuild is cheaper. With eight indexes the two met at 11 % of a million rows; with few
 * indexes, at 100 k rows, at a third.
 */
const REBUILD_SHARE = 0.15
const REBUILD_ROWS_MIN = 10_000

/** `busy`: another applier holds the view, or another release keeps it. `more`: the log may hold more. */
export type ApplyOutcome =
  | { readonly state: 'busy' }
  | { readonly state: 'applied'; readonly more: boolean; readonly applied: Applied }

export interface ApplyOptions {
  readonly signal?: AbortSignal
  /** The name in the log whose rows are consumed. Default: the view's own. */
  readonly log?: string
}

/**
 * Consumes one chunk of a live view's log and recomputes its keys, in one transaction: whatever goes wrong, the log
 * rows are there again.
 */
export async function applyChunk(
  sql: Sql,
  view: LiveView,
  { signal, log = view.name }: ApplyOptions = {},
): Promise<ApplyOutcome> {
  const startedAt = performance.now()
  const outcome = await applyTransaction(
    sql,
    async (tx): Promise<{ rows: readonly ChangedRow[]; version: number; more: boolean } | undefined> => {
      if (!(await tryApplierLock(tx, view))) return undefined
      const taken = await takeChunk(tx, log)
      if (taken.length === 0) return { rows: [], version: 0, more: false }
      const more = taken.length >= CHUNK_KEYS_MAX
      const keys = taken.some(({ kind }) => kind === DIRTY_ALL) ? undefined : await viewKeys(tx, view, taken, signal)
      if (keys === undefined || (await rebuildIsCheaper(tx, view, keys.length, more))) {
        return { ...(await rebuildWithin(tx, view, signal)), more: false }
      }
      const rows: ChangedRow[] = []
      for (let from = 0; from < keys.length; from += CHUNK_KEYS_MAX) {
        const chunk = JSON.stringify(keys.slice(from, from + CHUNK_KEYS_MAX))
        rows.push(
          ...(await cancellable(tx.unsafe<ChangedRow[]>(applyKeysText(view), [chunk], { prepare: true }), signal)),
        )
      }
      const version = await recordApplied(tx, view.name, performance.now() - startedAt, rows.length)
      return {
        rows,
        version: rows.length === 0 ? version : await recordChange(tx, view.name, changedNames(rows)),
        more,
      }
    },
  )
  if (outcome === undefined) return { state: 'busy' }
  const applied = appliedRows(view, { ...outcome, durationMs: performance.now() - startedAt })
  return { state: 'applied', more: outcome.more, applied }
}

interface Taken {
  readonly kind: number
  readonly key: string
}

/** Deletes the oldest rows of the log and returns what they name. By ctid: under the lock nobody else deletes them. */
async function takeChunk(tx: TransactionSql, log: string): Promise<Taken[]> {
  return tx<Taken[]>`
    with batch as materialized (
      select ctid, kind, key, at from public.live_view_dirty where view = ${log} order by at limit ${CHUNK_ROWS_MAX}
    ), chosen as materialized (
      select kind, key from batch group by kind, key order by min(at) limit ${CHUNK_KEYS_MAX}
    ), taken as (
      delete from public.live_view_dirty
      where ctid = any (array(select b.ctid from batch b join chosen using (kind, key)))
    )
    select kind, key from chosen`
}

/** The view's keys that the log rows name, each once and sorted, so that rows are written in one order. */
async function viewKeys(
  tx: TransactionSql,
  view: LiveView,
  taken: readonly Taken[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const keys = new Set(taken.filter(({ kind }) => kind === DIRTY_KEY).map(({ key }) => key))
  for (const [index, dependency] of view.depends.entries()) {
    const named = taken.filter(({ kind }) => kind === index + 1).map(({ key }) => key)
    if (dependency.kind !== 'fanout' || named.length === 0) continue
    const query = tx.unsafe<{ key: string }[]>(fanoutText(view, dependency), [JSON.stringify(named)], { prepare: true })
    for (const { key } of await cancellable(query, signal)) keys.add(key)
  }
  return [...keys].toSorted()
}

function fanoutText(view: LiveView, { key, fanout }: FanoutDependency): string {
  const type = columnType(key)
  const keys = fragment.raw(`array(select k::${type} from pg_catalog.jsonb_array_elements_text($1::text::jsonb) k)`)
  const query = sqlText(`A fan-out of view ${view.name}`, fanout(keys))
  return `select distinct f.key::text as key from (\n${query}\n) f(key) where f.key is not null`
}

async function rebuildIsCheaper(tx: TransactionSql, view: LiveView, keyCount: number, more: boolean): Promise<boolean> {
  if (!more && keyCount < REBUILD_ROWS_MIN * REBUILD_SHARE) return false
  const [row] = await tx<{ estimate: number }[]>`
    select reltuples::float8 as estimate from pg_class where oid = ${qualified(view.name)}::regclass`
  const estimate = row?.estimate ?? 0
  if (estimate < REBUILD_ROWS_MIN) return false
  const enough = Math.ceil(estimate * REBUILD_SHARE)
  if (keyCount >= enough) return true
  const [waiting] = await tx<{ keys: number }[]>`
    select count(*)::int as keys from (
      select distinct key from (
        select key from public.live_view_dirty where view = ${view.name} and kind = ${DIRTY_KEY} limit ${enough * 2}
      ) d
    ) k`
  return keyCount + (waiting?.keys ?? 0) >= enough
}
