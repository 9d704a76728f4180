import { freshness, keepViewsFresh, rebuild, refresh, verifyViews } from '@bellhop/live-view'
import type { ViewKeeper } from '@bellhop/live-view'
import type { Freshness, ViewStatus, WorkspaceId } from '@bellhop/model'
import type { Database } from './database.ts'
import { VIEWS } from './views/index.ts'
import type { ViewName } from './views/index.ts'

export function isViewName(name: string): name is ViewName {
  return VIEWS.some((view) => view.name === name)
}

export async function freshnessOf({ sql }: Database, name: ViewName): Promise<Freshness> {
  const found = await freshness(sql, viewNamed(name))
  return {
    asOf: found.asOf.toISOString(),
    stale: found.stale,
    lagMs: Math.round(found.lagMs ?? 0),
    pending: found.pending,
  }
}

export async function viewStatuses(database: Database): Promise<ViewStatus[]> {
  const rows = await database.sql<
    {
      view: string
      last_applied_ms: number | null
      last_duration_ms: number | null
      failures: number
      error: string | null
    }[]
  >`
    select
      view,
      (extract(epoch from last_applied_at) * 1000)::float8 as last_applied_ms,
      last_duration_ms::float8 as last_duration_ms,
      failures,
      error
    from public.live_view_status`
  const byName = new Map(rows.map((row) => [row.view, row]))
  return Promise.all(
    VIEWS.map(async (view) => {
      const row = byName.get(view.name)
      return {
        name: view.name,
        strategy: view.strategy,
        freshness: await freshnessOf(database, view.name as ViewName),
        lastAppliedAt: row?.last_applied_ms == null ? null : new Date(row.last_applied_ms).toISOString(),
        lastDurationMs: row?.last_duration_ms ?? null,
        failures: row?.failures ?? 0,
        error: row?.error ?? null,
      }
    }),
  )
}

/** Computes the whole view anew. */
export async function recompute({ sql }: Database, name: ViewName): Promise<void> {
  const view = viewNamed(name)
  if (view.strategy === 'realtime') await rebuild(sql, view)
  else await refresh(sql, view)
}

export interface ViewKeeperOptions {
  readonly database: Database
  /** `workspaceIds` null: more than can be named. */
  onChanged(view: string, workspaceIds: readonly WorkspaceId[] | null): void
  warn(message: string, cause: unknown): void
}

/** Checks the views' triggers, mends them, and keeps the views fresh until disposed. */
export async function startViewKeeper({ database, onChanged, warn }: ViewKeeperOptions): Promise<ViewKeeper> {
  for (const finding of await verifyViews(database.sql, VIEWS, { mend: true })) warn(finding.message, undefined)
  return keepViewsFresh({
    sql: database.sql,
    views: VIEWS,
    log: { warn },
    onApplied: ({ view, tenants }) => {
      // A view without tenants changes for everybody.
      onChanged(view, tenants === 'many' || tenants.length === 0 ? null : (tenants as WorkspaceId[]))
    },
  })
}

function viewNamed(name: ViewName): (typeof VIEWS)[number] {
  const view = VIEWS.find((candidate) => candidate.name === name)
  if (!view) throw new Error(`No view is named ${name}.`)
  return view
}
