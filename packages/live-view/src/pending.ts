import { type Sql } from 'postgres'

export interface PendingView {
  readonly view: string
  /** Of the database's definition, to be compared with the declared one; null when the view is not installed. */
  readonly definition: string | null
  /** Ages of the oldest and the newest log row; null when there is none. */
  readonly oldest_ms: number | null
  readonly newest_ms: number | null
}

/** One probe of the log's index for each end of each view. */
export async function pendingViews(sql: Sql, names: readonly string[]): Promise<readonly PendingView[]> {
  return sql<PendingView[]>`
    select n.view, s.definition,
      (extract(epoch from clock_timestamp() - oldest.at) * 1000)::float8 as oldest_ms,
      (extract(epoch from clock_timestamp() - newest.at) * 1000)::float8 as newest_ms
    from jsonb_array_elements_text(${JSON.stringify(names)}::text::jsonb) n(view)
    left join public.live_view_status s on s.view = n.view
    left join lateral (
      select at from public.live_view_dirty d where d.view = n.view order by at limit 1
    ) oldest on true
    left join lateral (
      select at from public.live_view_dirty d where d.view = n.view order by at desc limit 1
    ) newest on true`
}

/** While it lasts, triggers do not NOTIFY. Renewed well before its end by whoever goes on polling. */
export const PROMISED_POLLING_MS = 3_000

/** Promises the writers that this process polls for the next 3 s. */
export async function promisePolling(sql: Sql): Promise<void> {
  await sql`
    update public.live_view_wake
    set awake_until = clock_timestamp() + ${PROMISED_POLLING_MS} * interval '1 millisecond'
    where awake_until < clock_timestamp() + ${PROMISED_POLLING_MS - 1_000} * interval '1 millisecond'`
}
