import { type TransactionSql } from 'postgres'
import { fingerprintOf } from './view-ddl.ts'
import { type AnyView } from './view.ts'

/** The first half of the lock's key: this library's own space ("LV"). The second is the view's name, hashed. */
export const LOCK_CLASS = 0x4c56

/** How long DDL or a vacuum may keep an applier waiting before it gives up and tries again later. */
const LOCK_TIMEOUT_MS = 2_000

/**
 * True when this transaction is now the one that applies the view; false when another is, when the view is paused, or when
 * the database has come to hold another definition of it, whose rows this release must not write.
 *
 * A statement of its own: taken within the statement that reads, the read's snapshot would be older than the lock,
 * and what the previous holder's successor wrote in between would be overwritten by what it replaced.
 */
export async function tryApplierLock(tx: TransactionSql, view: AnyView): Promise<boolean> {
  const [row] = await tx<
    { locked: boolean }[]
  >`select pg_try_advisory_xact_lock(${LOCK_CLASS}, hashtext(${view.name})) as locked`
  if (row?.locked !== true) return false
  // jit: compiling costs more than computing a few rows.
  const [held] = await tx<{ definition: string | null }[]>`
    select set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, true), set_config('jit', 'off', true),
      (select s.definition from public.live_view_status s where s.view = ${view.name} and s.paused_at is null) as definition`
  return held?.definition === fingerprintOf(view)
}
