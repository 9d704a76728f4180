import { sql as fragment, type SQL } from 'drizzle-orm'
import { type ISql } from 'postgres'
import { LiveViewError } from './error.ts'
import { logNameList } from './log-name.ts'
import { literal } from './sql-text.ts'
import { type AnyView } from './view.ts'

/** `pending` counts no further. */
export const PENDING_COUNT_MAX = 10_000

export interface Freshness {
  /** True exactly when a committed write is not in the view yet. */
  readonly stale: boolean
  /** Age of the oldest such write, by the database's clock; null when there is none. */
  readonly lagMs: number | null
  /** Log rows to be applied, counted up to 10,000. */
  readonly pending: number
  /** The view holds every write that was committed before this moment. */
  readonly asOf: Date
}

export interface FreshnessRow extends Record<string, unknown> {
  readonly pending: number
  readonly lag_ms: number | null
  readonly as_of_ms: number
  readonly installed: boolean
}

/**
 * How fresh a view is, exactly: it is stale if and only if its dirty log holds a row that this reader can see.
 * Read it in the transaction that reads the view (repeatable read) and the two speak of one moment.
 *
 * @throws LiveViewError `view_not_installed`: a view without a status row would else look fresh though nothing fills it
 */
export async function freshness(sql: ISql, view: AnyView): Promise<Freshness> {
  const [row] = await sql.unsafe<FreshnessRow[]>(freshnessText(view), [], { prepare: true })
  return freshnessOf(view, row)
}

/**
 * The same as a column of a statement of your own that reads the view: rows and freshness speak of one moment, in one
 * round trip. Give what it answers to `freshnessAnswer`.
 */
export function freshnessColumn(view: AnyView): SQL<string> {
  return fragment<string>`(select to_json(f)::text from (${fragment.raw(freshnessText(view))}) f)`
}

/** @throws LiveViewError `view_not_installed` */
export function freshnessAnswer(view: AnyView, column: string): Freshness {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the statement above writes it
  return freshnessOf(view, JSON.parse(column) as FreshnessRow)
}

/** The statement behind `freshness`; its `pending` holds the log rows, for `more` columns to be computed from. */
export function freshnessText(view: AnyView, more: readonly string[] = []): string {
  const columns = [
    'count(*)::int as pending',
    '(extract(epoch from clock_timestamp() - min(at)) * 1000)::float8 as lag_ms',
    '(extract(epoch from coalesce(min(at), statement_timestamp())) * 1000)::float8 as as_of_ms',
    `exists (select from public.live_view_status s where s.view = ${literal(view.name)}) as installed`,
    ...more,
  ]
  return `with pending as materialized (
  select kind, key, at from public.live_view_dirty
  where view in (${logNameList(view)}) order by at limit ${PENDING_COUNT_MAX}
)
select ${columns.join(', ')} from pending`
}

export function freshnessOf(view: AnyView, row: FreshnessRow | undefined): Freshness {
  if (row?.installed !== true) throw notInstalled(view.name)
  return { stale: row.pending > 0, lagMs: row.lag_ms, pending: row.pending, asOf: new Date(row.as_of_ms) }
}

export function notInstalled(view: string): LiveViewError {
  return new LiveViewError(
    'view_not_installed',
    `View ${view} is not in this database; run the migration that makes it.`,
  )
}
