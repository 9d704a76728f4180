import { type ISql } from 'postgres'
import { BACK_OFF_MAX_MS } from './back-off.ts'
import { freshness, notInstalled, type Freshness } from './freshness.ts'
import { DIRTY_ALL } from './log-ddl.ts'
import { logNameList } from './log-name.ts'
import { serviceOf, type Service } from './service.ts'
import { qualified } from './sql-text.ts'
import { type AnyView } from './view.ts'
import { fingerprintOf } from './view-ddl.ts'

const COUNTED_ROWS_MAX = 10_000

/** `foreign`: the database holds another definition than this process declares, so this process leaves the view alone. */
export type ViewMode = 'fresh' | 'applying' | 'rebuilding' | 'failing' | 'paused' | 'foreign'

export interface ViewHealth extends Freshness {
  readonly view: string
  readonly strategy: AnyView['strategy']
  readonly mode: ViewMode
  /** Why it is in that mode, as a sentence. */
  readonly why: string
  /** Raised by each applied batch that changed rows. */
  readonly version: number
  /** By the planner's estimate; before its first, counted up to 10,000, and null for more. */
  readonly rows: number | null
  readonly lastAppliedAt: Date | null
  readonly lastDurationMs: number | null
  /** Failures in a row, until now, and the last one's message. */
  readonly failures: number
  readonly error: string | null
  /** Of all audits there have been: keys compared, keys found to differ, and when one last was. */
  readonly drift: { readonly sampled: number; readonly drifted: number; readonly lastAt: Date | null }
  /** How it keeps its service level; undefined where none was declared. */
  readonly service: Service | undefined
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
    select s.paused_at is not null as paused, s.definition, s.change_version::float8 as version,
      coalesce(a.sampled, 0)::float8 as sampled, coalesce(a.drifted, 0)::float8 as drifted,
      (extract(epoch from a.drifted_at) * 1000)::float8 as drifted_ms,
      exists (
        select from public.live_view_dirty d
        where d.view in (${sql.unsafe(logNameList(view))}) and d.kind = ${DIRTY_ALL}
      ) as whole,
      s.failures, s.error, s.last_duration_ms,
      (extract(epoch from s.last_applied_at) * 1000)::float8 as last_applied_ms,
      (select c.reltuples::float8 from pg_class c where c.oid = to_regclass(${`public.${view.name}`})) as rows,
      h.runs, h.failed, h.median_ms, h.p99_ms
    from public.live_view_status s
    left join public.live_view_audit a on a.view = s.view
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
  if (row === undefined) throw notInstalled(view.name)
  return {
    ...state,
    view: view.name,
    strategy: view.strategy,
    ...modeOf(view, state, row),
    version: row.version,
    rows: row.rows === null || row.rows < 0 ? await countedRows(sql, view) : row.rows,
    lastAppliedAt: dateOf(row.last_applied_ms),
    lastDurationMs: row.last_duration_ms,
    failures: row.failures,
    error: row.error,
    drift: { sampled: row.sampled, drifted: row.drifted, lastAt: dateOf(row.drifted_ms) },
    service: await serviceOf(sql, view),
    history: {
      runs: row.runs,
      failed: row.failed,
      medianMs: row.median_ms,
      p99Ms: row.p99_ms,
    },
  }
}

/** Of a view that the planner has not looked at yet, which small ones may wait for long. */
async function countedRows(sql: ISql, view: AnyView): Promise<number | null> {
  const [counted] = await sql<{ rows: number }[]>`
    select count(*)::int as rows
    from (select from ${sql.unsafe(qualified(view.name))} limit ${COUNTED_ROWS_MAX + 1}) r`
  return counted === undefined || counted.rows > COUNTED_ROWS_MAX ? null : counted.rows
}

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}

function modeOf(view: AnyView, { pending }: Freshness, row: HealthRow): Pick<ViewHealth, 'mode' | 'why'> {
  if (row.definition !== fingerprintOf(view)) {
    return { mode: 'foreign', why: 'The database holds another definition of it; its own release keeps it.' }
  }
  if (row.paused) return { mode: 'paused', why: 'Somebody paused it; its changes are kept until it is resumed.' }
  if (row.failures > 0) {
    const times = `${row.failures} ${row.failures === 1 ? 'time' : 'times in a row'}`
    return { mode: 'failing', why: `It failed ${times}; tried again within ${BACK_OFF_MAX_MS} ms.` }
  }
  if (row.whole) return { mode: 'rebuilding', why: 'All of it is dirty, so all of it is computed.' }
  if (pending > 0) return { mode: 'applying', why: 'Changes wait to be applied.' }
  return { mode: 'fresh', why: 'It holds every committed write.' }
}

interface HealthRow {
  readonly paused: boolean
  readonly definition: string
  readonly version: number
  readonly sampled: number
  readonly drifted: number
  readonly drifted_ms: number | null
  readonly whole: boolean
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
