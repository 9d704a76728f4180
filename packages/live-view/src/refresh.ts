import { type Sql } from 'postgres'
import { tryApplierLock } from './advisory-lock.ts'
import { applyTransaction } from './apply-transaction.ts'
import { type Applied } from './applied.ts'
import { cancellable } from './cancellable.ts'
import { type BatchView, type RefreshedView } from './refreshed-view.ts'
import { recordChange } from './change.ts'
import { qualified } from './sql-text.ts'
import { recordApplied, recordHistory } from './status.ts'

/**
 * Consumes a refreshed view's log, refreshes it and records that, in one transaction: what is written meanwhile stays
 * in the log, and a failure leaves the log as it was. Readers read on, except at a first fill. Undefined when
 * another process is refreshing it, or has: nothing is pending.
 */
export async function refresh(
  sql: Sql,
  view: RefreshedView | BatchView,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Applied | undefined> {
  const { name } = view
  const startedAt = performance.now()
  const outcome = await applyTransaction(sql, async (tx) => {
    if (!(await tryApplierLock(tx, view))) return undefined
    const consumed = await tx`delete from public.live_view_dirty where view = ${name}`
    // another process was first
    if (consumed.count === 0) return undefined
    const relation = qualified(name)
    const [state] = await tx<
      { filled: boolean }[]
    >`select relispopulated as filled from pg_class where oid = ${relation}::regclass`
    const how = state?.filled === true ? 'concurrently ' : ''
    await cancellable(tx.unsafe(`refresh materialized view ${how}${relation}`), signal)
    const tookMs = performance.now() - startedAt
    await recordApplied(tx, name, tookMs, null)
    await recordHistory(tx, { view: name, what: 'refresh', durationMs: tookMs, keys: null, error: null })
    return { durationMs: tookMs, version: await recordChange(tx, name, { keys: 'many', tenants: 'many' }) }
  })
  return outcome === undefined ? undefined : { view: name, keys: 'many', tenants: 'many', ...outcome }
}
