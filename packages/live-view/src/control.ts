import { type ISql, type Sql } from 'postgres'
import { LOCK_CLASS } from './advisory-lock.ts'
import { applyTransaction } from './apply-transaction.ts'
import { cancellable } from './cancellable.ts'
import { LiveViewError } from './error.ts'
import { notInstalled } from './freshness.ts'
import { type LiveView } from './live-view.ts'
import { DIRTY_ALL, DIRTY_KEY, WAKE_CHANNEL } from './log-ddl.ts'
import { columnType, identifier, qualified } from './sql-text.ts'
import { type AnyView } from './view.ts'
import { sourceName } from './view-ddl.ts'

/**
 * Keeps every applier on every node from the view until `resumeView`. Its log grows meanwhile, the view says that it is
 * stale, and strict reads compute what is pending. Waits for a batch that is under way.
 *
 * @throws LiveViewError `view_not_installed`; the signal's reason when aborted
 */
export async function pauseView(
  sql: Sql,
  view: AnyView,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  await applyTransaction(sql, async (tx) => {
    await cancellable(tx`select pg_advisory_xact_lock(${LOCK_CLASS}, hashtext(${view.name}))`, signal)
    const { count } = await tx`
      update public.live_view_status set paused_at = coalesce(paused_at, clock_timestamp()) where view = ${view.name}`
    if (count === 0) throw notInstalled(view.name)
  })
}

/** Lets appliers at the view again, and wakes them. @throws LiveViewError `view_not_installed` */
export async function resumeView(sql: Sql, view: AnyView): Promise<void> {
  const { count } = await sql`update public.live_view_status set paused_at = null where view = ${view.name}`
  if (count === 0) throw notInstalled(view.name)
  await sql.notify(WAKE_CHANNEL, '')
}

/**
 * Marks dirty every key of a tenant that the stored table has or the query has, and wakes the appliers, who do the rest.
 * A refreshed or batch view knows no rows apart, so all of it is marked. Returns how many log rows were added.
 *
 * @throws LiveViewError `tenant_missing` for a keyed view without a tenant column, `view_not_installed`
 */
export async function refreshTenant(sql: Sql, view: AnyView, tenant: string): Promise<number> {
  const [installed] = await sql`select from public.live_view_status where view = ${view.name}`
  if (installed === undefined) throw notInstalled(view.name)
  const count = view.strategy === 'realtime' ? await markTenant(sql, view, tenant) : await markWhole(sql, view)
  await sql.notify(WAKE_CHANNEL, '')
  return count
}

async function markTenant(sql: ISql, view: LiveView, tenant: string): Promise<number> {
  if (view.tenant === undefined) {
    throw new LiveViewError(
      'tenant_missing',
      `View ${view.name} has no tenant column, so no rows of it are one tenant's; declare \`tenant\`, or rebuild it.`,
    )
  }
  const ofTenant = `where r.${identifier(view.tenant.name)} = $2::text::${columnType(view.tenant)}`
  const keys = (relation: string) => `select r.${identifier(view.key.name)}::text from ${relation} r ${ofTenant}`
  const { count } = await sql.unsafe(
    `insert into public.live_view_dirty (view, kind, key)
select $1::text, ${DIRTY_KEY}, k.key
from (${keys(qualified(view.name))} union ${keys(qualified(sourceName(view)))}) k(key)`,
    [view.name, tenant],
  )
  return count
}

async function markWhole(sql: ISql, { name }: AnyView): Promise<number> {
  const { count } = await sql`insert into public.live_view_dirty (view, kind) values (${name}, ${DIRTY_ALL})`
  return count
}
