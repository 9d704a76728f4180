import { type TransactionSql } from 'postgres'

/** The first half of the lock's key: this library's own space ("LV"). The second is the view's name, hashed. */
const LOCK_CLASS = 0x4c56

/** How long DDL or a vacuum may keep an applier waiting before it gives up and tries again later. */
const LOCK_TIMEOUT_MS = 2_000

/**
 * True when this transaction is now the one that applies the view; false when another is.
 *
 * A statement of its own: taken within the statement that reads, the read's snapshot would be older than the lock,
 * and what the previous holder's successor wrote in between would be overwritten by what it replaced.
 */
export async function tryApplierLock(tx: TransactionSql, view: string): Promise<boolean> {
  const [row] = await tx<
    { locked: boolean }[]
  >`select pg_try_advisory_xact_lock(${LOCK_CLASS}, hashtext(${view})) as locked`
  if (row?.locked !== true) return false
  // jit: compiling costs more than computing a few rows.
  await tx`select set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, true), set_config('jit', 'off', true)`
  return true
}
