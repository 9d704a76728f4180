import { type ISql, type Sql } from 'postgres'
import { applyTransaction } from './apply-transaction.ts'
import { notInstalled } from './freshness.ts'

/** Older rows of a view's history are deleted. */
const HISTORY_ROWS_MAX = 200
const ERROR_LENGTH_MAX = 2_000

/**
 * Records, in the transaction that applies, that it applied. `keys` is null when the count is not known. Returns the
 * view's change version, which this does not raise.
 */
export async function recordApplied(tx: ISql, view: string, durationMs: number, keys: number | null): Promise<number> {
  const [row] = await tx<{ version: number }[]>`
    update public.live_view_status
    set last_applied_at = clock_timestamp(), last_duration_ms = ${durationMs}, last_keys = ${keys},
      failures = 0, error = null, error_at = null
    where view = ${view}
    returning change_version::float8 as version`
  if (row === undefined) throw notInstalled(view)
  return row.version
}

export interface HistoryEntry {
  readonly view: string
  readonly what: 'rebuild' | 'refresh' | 'failure'
  readonly durationMs: number
  readonly keys: number | null
  readonly error: string | null
}

/** Adds to a view's history, and deletes what is past its bound. */
export async function recordHistory(tx: ISql, { view, what, durationMs, keys, error }: HistoryEntry): Promise<void> {
  await tx`
    insert into public.live_view_history (view, what, duration_ms, keys, error)
    values (${view}, ${what}, ${durationMs}, ${keys}, ${error})`
  await tx`
    delete from public.live_view_history
    where view = ${view} and id <= (
      select id from public.live_view_history where view = ${view} order by id desc offset ${HISTORY_ROWS_MAX} limit 1
    )`
}

/** Keeps why a view could not be applied. In a transaction of its own: the one that failed is rolled back. */
export async function recordFailure(sql: Sql, view: string, durationMs: number, cause: unknown): Promise<void> {
  const error = String(cause instanceof Error ? cause.message : cause).slice(0, ERROR_LENGTH_MAX)
  await applyTransaction(sql, async (tx) => {
    await tx`
      update public.live_view_status
      set failures = failures + 1, error = ${error}, error_at = clock_timestamp()
      where view = ${view}`
    await recordHistory(tx, { view, what: 'failure', durationMs, keys: null, error })
  })
}
