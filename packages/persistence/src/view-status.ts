import { freshness, keepViewsFresh, rebuild, refresh, verifyViews, viewHealth } from '@bellhop/live-view'
import type { Freshness as FoundFreshness, ViewKeeper } from '@bellhop/live-view'
import type { Freshness, ViewStatus, WorkspaceId } from '@bellhop/model'
import type { Database } from './database.ts'
import { VIEWS } from './views/index.ts'
import type { ViewName } from './views/index.ts'

export function isViewName(name: string): name is ViewName {
  return VIEWS.some((view) => view.name === name)
}

export async function freshnessOf({ sql }: Database, name: ViewName): Promise<Freshness> {
  return told(await freshness(sql, viewNamed(name)))
}

/** As it is told to callers. */
export function told({ asOf, stale, lagMs, pending }: FoundFreshness): Freshness {
  return { asOf: asOf.toISOString(), stale, lagMs: Math.round(lagMs ?? 0), pending }
}

export function viewStatuses({ sql }: Database): Promise<ViewStatus[]> {
  return Promise.all(
    VIEWS.map(async (view) => {
      const { lastAppliedAt, lastDurationMs, failures, error, rows, history, ...found } = await viewHealth(sql, view)
      return {
        name: view.name,
        strategy: view.strategy,
        freshness: told(found),
        lastAppliedAt: lastAppliedAt?.toISOString() ?? null,
        lastDurationMs,
        failures,
        error,
        rows,
        history,
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
