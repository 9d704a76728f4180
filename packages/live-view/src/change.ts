import { type ISql } from 'postgres'
import { type Applied, REPORTED_KEYS_MAX } from './applied.ts'
import { notInstalled } from './freshness.ts'
import { CHANGE_CHANNEL } from './log-ddl.ts'
import { type AnyView } from './view.ts'

/** Older changes of a view are forgotten; who asks for them is told `many`. */
const CHANGES_KEPT_MAX = 1_000
/** More names, or longer ones, are kept and sent as `many`: a notification may have 8,000 bytes. */
const NAMES_MAX = 100
const NAMES_BYTES_MAX = 3_000

/** What changed in a view up to `version`. */
export type Change = Pick<Applied, 'view' | 'version' | 'keys' | 'tenants'>

/**
 * Raises the view's change version, keeps what changed, and notifies once, in the transaction that applies: a crash can
 * then lose no notification of what is committed. NOTIFY's lock, held until commit, is taken by appliers alone, last.
 * The applier's lock must be held. Returns the version.
 */
export async function recordChange(
  tx: ISql,
  view: string,
  { keys, tenants }: Pick<Applied, 'keys' | 'tenants'>,
): Promise<number> {
  const [keyList, tenantList] = [bounded(keys), bounded(tenants)]
  const [row] = await tx<{ version: number }[]>`
    with raised as (
      update public.live_view_status set change_version = change_version + 1
      where view = ${view} returning change_version as version
    ), kept as (
      insert into public.live_view_change (view, version, keys, tenants)
      select ${view}, version, ${keyList}::text::jsonb, ${tenantList}::text::jsonb from raised
    ), forgotten as (
      delete from public.live_view_change
      where view = ${view} and version <= (select version - ${CHANGES_KEPT_MAX} from raised)
    )
    select version::float8 as version, pg_notify(${CHANGE_CHANNEL}, json_build_object(
      'view', ${view}::text, 'version', version,
      'keys', coalesce(${keyList}::text::json, '"many"'), 'tenants', coalesce(${tenantList}::text::json, '"many"')
    )::text)
    from raised`
  if (row === undefined) throw notInstalled(view)
  return row.version
}

function bounded(names: Applied['keys']): string | null {
  if (names === 'many' || names.length > NAMES_MAX) return null
  const text = JSON.stringify(names)
  return Buffer.byteLength(text) > NAMES_BYTES_MAX ? null : text
}

interface ChangesRow {
  readonly version: number
  readonly count: number
  readonly keys: readonly (readonly string[] | null)[]
  readonly tenants: readonly (readonly string[] | null)[]
}

/** The view's change version now. @throws LiveViewError `view_not_installed` */
export async function versionOf(sql: ISql, view: AnyView): Promise<number> {
  const [row] = await sql<{ version: number }[]>`
    select change_version::float8 as version from public.live_view_status where view = ${view.name}`
  if (row === undefined) throw notInstalled(view.name)
  return row.version
}

/** All changes after a version as one; undefined when there is none. What is no longer kept makes it `many`. */
export async function changesAfter(sql: ISql, view: AnyView, after: number): Promise<Change | undefined> {
  const [row] = await sql<ChangesRow[]>`
    select s.change_version::float8 as version, c.count, c.keys, c.tenants
    from public.live_view_status s
    cross join lateral (
      select count(*)::int as count, coalesce(jsonb_agg(k.keys), '[]') as keys, coalesce(jsonb_agg(k.tenants), '[]') as tenants
      from public.live_view_change k where k.view = s.view and k.version > ${after}::text::bigint
    ) c
    where s.view = ${view.name}`
  if (row === undefined) throw notInstalled(view.name)
  const { version } = row
  if (version === after) return undefined
  const complete = row.count === version - after
  return {
    view: view.name,
    version,
    keys: complete ? merged(row.keys) : 'many',
    tenants: complete ? merged(row.tenants) : 'many',
  }
}

/** False when the change is certainly not of that tenant. */
export function concerns(view: AnyView, { tenants }: Change, tenant: string | undefined): boolean {
  if (tenant === undefined || tenants === 'many') return true
  return view.strategy !== 'realtime' || view.tenant === undefined || tenants.includes(tenant)
}

function merged(lists: readonly (readonly string[] | null)[]): Applied['keys'] {
  const names = new Set<string>()
  for (const list of lists) {
    if (list === null) return 'many'
    for (const name of list) names.add(name)
  }
  return names.size > REPORTED_KEYS_MAX ? 'many' : [...names].toSorted()
}
