import { type Sql } from 'postgres'
import { logNames } from './log-name.ts'
import { type AnyView } from './view.ts'

/** What waits under one name of the log. */
export interface PendingLog {
  readonly log: string
  /** Ages of the oldest and the newest log row; null when there is none. */
  readonly oldest_ms: number | null
  readonly newest_ms: number | null
  /** The database's clock, in ms since 1970. */
  readonly now_ms: number
}

export interface PendingView {
  readonly view: string
  /** Of the database's definition, to be compared with the declared one; null when the view is not installed. */
  readonly definition: string | null
  readonly paused: boolean
  /** Whether it has been applied ever. */
  readonly filled: boolean
  /** The view's own name first. */
  readonly logs: readonly PendingLog[]
}

export function isPending({ logs }: PendingView): boolean {
  return logs.some(({ oldest_ms: oldest }) => oldest !== null)
}

/** One probe of the log's index for each end of each name. */
export async function pendingViews(sql: Sql, views: readonly AnyView[]): Promise<readonly PendingView[]> {
  const names = views.flatMap((view) => logNames(view).map((log) => ({ view: view.name, log })))
  const rows = await sql<(PendingLog & Omit<PendingView, 'logs'>)[]>`
    select n.value ->> 'view' as view, n.value ->> 'log' as log, s.definition,
      s.paused_at is not null as paused,
      s.last_applied_at is not null as filled,
      (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms,
      (extract(epoch from clock_timestamp() - oldest.at) * 1000)::float8 as oldest_ms,
      (extract(epoch from clock_timestamp() - newest.at) * 1000)::float8 as newest_ms
    from jsonb_array_elements(${JSON.stringify(names)}::text::jsonb) with ordinality n(value, number)
    left join public.live_view_status s on s.view = n.value ->> 'view'
    left join lateral (
      select at from public.live_view_dirty d where d.view = n.value ->> 'log' order by at limit 1
    ) oldest on true
    left join lateral (
      select at from public.live_view_dirty d where d.view = n.value ->> 'log' order by at desc limit 1
    ) newest on true
    order by n.number`
  return views.map(({ name }) => {
    const logs = rows.filter(({ view }) => view === name)
    return {
      view: name,
      definition: logs[0]?.definition ?? null,
      paused: logs[0]?.paused === true,
      filled: logs[0]?.filled === true,
      logs,
    }
  })
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
