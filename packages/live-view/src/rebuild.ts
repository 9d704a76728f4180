import { type Sql, type TransactionSql } from 'postgres'
import { tryApplierLock } from './advisory-lock.ts'
import { applyTransaction } from './apply-transaction.ts'
import { appliedRows, changedNames, REPORTED_KEYS_MAX, type Applied, type ChangedRow } from './applied.ts'
import { cancellable } from './cancellable.ts'
import { recordChange } from './change.ts'
import { type LiveView } from './live-view.ts'
import { logNameList } from './log-name.ts'
import { recordApplied, recordHistory } from './status.ts'
import { rebuildText } from './upsert-text.ts'

/**
 * Recomputes every row of a live view and writes those that differ, while readers read on. Undefined when another
 * applier is at work on the view, or it is paused: the log row that asks for a rebuild is then its to find.
 */
export async function rebuild(
  sql: Sql,
  view: LiveView,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Applied | undefined> {
  const startedAt = performance.now()
  const outcome = await applyTransaction(sql, async (tx) =>
    (await tryApplierLock(tx, view)) ? rebuildWithin(tx, view, signal) : undefined,
  )
  if (outcome === undefined) return undefined
  return appliedRows(view, { ...outcome, durationMs: performance.now() - startedAt })
}

/** The lock must be held. Consumes the view's whole log first, then reads: the snapshot of the read is the newer one. */
export async function rebuildWithin(
  tx: TransactionSql,
  view: LiveView,
  signal: AbortSignal | undefined,
): Promise<{ rows: readonly ChangedRow[]; version: number }> {
  const startedAt = performance.now()
  await tx.unsafe(`delete from public.live_view_dirty where view in (${logNameList(view)})`)
  // After a bulk load, before Postgres has analyzed it, the planner may expect one row and would compare each with each.
  // Whoever reads whole tables is served by hash and merge joins; where there is no other way, it still takes a loop.
  await tx`select set_config('enable_nestloop', 'off', true)`
  const rows = await cancellable(tx.unsafe<ChangedRow[]>(rebuildText(view), [REPORTED_KEYS_MAX + 1]), signal)
  const durationMs = performance.now() - startedAt
  const keys = rows.length > REPORTED_KEYS_MAX ? null : rows.length
  const version = await recordApplied(tx, view.name, durationMs, keys)
  await recordHistory(tx, { view: view.name, what: 'rebuild', durationMs, keys, error: null })
  return { rows, version: rows.length === 0 ? version : await recordChange(tx, view.name, changedNames(rows)) }
}
