import { type ISql } from 'postgres'
import { freshness, type Freshness } from './freshness.ts'
import { type AnyView } from './view.ts'

export interface ViewHealth extends Freshness {
  readonly view: string
  readonly strategy: AnyView['strategy']
  /** By the planner's estimate; null before the first vacuum or analyze. */
  readonly rows: number | null
  readonly lastAppliedAt: Date | null
  readonly lastDurationMs: number | null
  /** Failures in a row, until now, and the last one's message. */
  readonly failures: number
  readonly error: string | null
  /** Of the rebuilds, refreshes and failures that are kept, at most the last 200. */
  readonly history: {
    readonly runs: number
    readonly failed: number
    readonly medianMs: number | null
    readonly p99Ms: number | null
  }
}

/** What an operator wants to know of a view. @throws LiveViewError `view_not_installed` */
export async function viewHealth(sql: ISql, view: AnyView): Promise<ViewHealth> {
  const state = await freshness(sql, view)
  const [row] = await sql<HealthRow[]>`
    select s.failures, s.error, s.last_duration_ms,
      (extract(epoch from s.last_applied_at) * 1000)::float8 as last_applied_ms,
      (select c.reltuples::float8 from pg_class c where c.oid = to_regclass(${`public.${view.name}`})) as rows,
      h.runs, h.failed, h.median_ms, h.p99_ms
    from public.live_view_status s
    cross join lateral (
      select
        count(*)::int as runs,
        count(*) filter (where h.what = 'failure')::int as failed,
        percentile_cont(0.5) within group (order by h.duration_ms) filter (where h.what <> 'failure') as median_ms,
        percentile_cont(0.99) within group (order by h.duration_ms) filter (where h.what <> 'failure') as p99_ms
      from public.live_view_history h
      where h.view = s.view
    ) h
    where s.view = ${view.name}`
  const rows = row?.rows ?? -1
  return {
    ...state,
    view: view.name,
    strategy: view.strategy,
    rows: rows < 0 ? null : rows,
    lastAppliedAt: row?.last_applied_ms == null ? null : new Date(row.last_applied_ms),
    lastDurationMs: row?.last_duration_ms ?? null,
    failures: row?.failures ?? 0,
    error: row?.error ?? null,
    history: {
      runs: row?.runs ?? 0,
      failed: row?.failed ?? 0,
      medianMs: row?.median_ms ?? null,
      p99Ms: row?.p99_ms ?? null,
    },
  }
}

interface HealthRow {
  readonly failures: number
  readonly error: string | null
  readonly last_duration_ms: number | null
  readonly last_applied_ms: number | null
  readonly rows: number | null
  readonly runs: number
  readonly failed: number
  readonly median_ms: number | null
  readonly p99_ms: number | null
}
