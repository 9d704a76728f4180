import * as liveView from '@bellhop/live-view'
import {
  changesAfter,
  concerns,
  freshness,
  keepViewsFresh,
  rebuild,
  refresh,
  verifyViews,
  versionOf,
  viewHealth,
} from '@bellhop/live-view'
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
      const found = await viewHealth(sql, view)
      const { strategy, mode, why, lastAppliedAt, lastDurationMs, failures, error, rows, history, drift, service } =
        found
      return {
        name: view.name,
        strategy,
        mode,
        why,
        freshness: told(found),
        lastAppliedAt: lastAppliedAt?.toISOString() ?? null,
        lastDurationMs,
        failures,
        error,
        rows,
        history,
        service: service ?? null,
        drift: { ...drift, lastAt: drift.lastAt?.toISOString() ?? null },
      }
    }),
  )
}

/** Computes the whole view anew and answers its version. Undefined: it is paused, or another release keeps it. */
export async function recompute({ sql }: Database, name: ViewName): Promise<number | undefined> {
  const view = viewNamed(name)
  const applied = view.strategy === 'realtime' ? await rebuild(sql, view) : await refresh(sql, view)
  return applied?.version
}

/** How many changes the view has seen, from a beginning of its own: it only rises. */
export function viewVersion({ sql }: Database, name: ViewName): Promise<number> {
  return versionOf(sql, viewNamed(name))
}

/** Its version, if that is another, and whether what changed since may be of that workspace. */
export async function viewChangesAfter(
  { sql }: Database,
  name: ViewName,
  { version, workspaceId }: { version: number; workspaceId: WorkspaceId },
): Promise<{ version: number; isOfWorkspace: boolean } | undefined> {
  const view = viewNamed(name)
  const change = await changesAfter(sql, view, version)
  return change && { version: change.version, isOfWorkspace: concerns(view, change, workspaceId) }
}

/** Keeps every worker from the view until it is resumed. What changes meanwhile waits, and readers are told. */
export function pauseView({ sql }: Database, name: ViewName): Promise<void> {
  return liveView.pauseView(sql, viewNamed(name))
}

export function resumeView({ sql }: Database, name: ViewName): Promise<void> {
  return liveView.resumeView(sql, viewNamed(name))
}

/** Has the rows of one workspace computed anew, by the workers. Views that know no rows apart are computed whole. */
export async function refreshWorkspace({ sql }: Database, name: ViewName, workspaceId: WorkspaceId): Promise<void> {
  await liveView.refreshTenant(sql, viewNamed(name), workspaceId)
}

/** 100,000 files are gone over in some three hours, for a millisecond or two of work every ten seconds. */
const AUDIT_EVERY_MS = 10_000
const AUDIT_KEYS = 100

export interface ViewKeeperOptions {
  readonly database: Database
  /** `workspaceIds` null: more than can be named. */
  onChanged(view: string, version: number, workspaceIds: readonly WorkspaceId[] | null): void
  warn(message: string, cause: unknown): void
}

/** Checks the views' triggers, mends them, and keeps the views fresh until disposed. */
export async function startViewKeeper({ database, onChanged, warn }: ViewKeeperOptions): Promise<ViewKeeper> {
  for (const finding of await verifyViews(database.sql, VIEWS, { mend: true })) warn(finding.message, undefined)
  return keepViewsFresh({
    sql: database.sql,
    views: VIEWS,
    log: { warn },
    audit: { everyMs: AUDIT_EVERY_MS, keys: AUDIT_KEYS },
    onApplied: ({ view, version, tenants }) => {
      // A view without tenants changes for everybody.
      onChanged(view, version, tenants === 'many' || tenants.length === 0 ? null : (tenants as WorkspaceId[]))
    },
  })
}

export function viewNamed(name: ViewName): (typeof VIEWS)[number] {
  const view = VIEWS.find((candidate) => candidate.name === name)
  if (!view) throw new Error(`No view is named ${name}.`)
  return view
}
