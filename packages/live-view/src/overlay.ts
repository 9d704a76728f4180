import { sql, WithSubquery, type SQL } from 'drizzle-orm'
import { getTableConfig } from 'drizzle-orm/pg-core'
import { type FanoutDependency } from './dependency.ts'
import { DIRTY_ALL, DIRTY_KEY } from './log-ddl.ts'
import { type LiveView } from './live-view.ts'
import { columnType, identifier, qualified } from './sql-text.ts'
import { type AnyView } from './view.ts'
import { sourceName } from './view-ddl.ts'

/** What a log row names. */
export interface DirtyName {
  readonly kind: number
  readonly key: string
}

/** Runs a query in the snapshot that the overlay is for. */
export type RunQuery = (query: SQL) => Promise<readonly { readonly key: string }[]>

/** The view's keys that log rows name, or undefined when they are more than `max` or the whole view is meant. */
export async function overlayKeys(
  view: LiveView,
  dirty: readonly DirtyName[],
  max: number,
  run: RunQuery,
): Promise<readonly string[] | undefined> {
  if (dirty.length > max || dirty.some(({ kind }) => kind === DIRTY_ALL)) return undefined
  const keys = new Set<string>()
  for (const { kind, key } of dirty) {
    if (kind === DIRTY_KEY) keys.add(key)
  }
  for (const [index, dependency] of view.depends.entries()) {
    const named = dirty.filter(({ kind }) => kind === index + 1).map(({ key }) => key)
    if (dependency.kind !== 'fanout' || named.length === 0) continue
    for (const { key } of await run(sql`${fanoutQuery(dependency, named)} limit ${max + 1}`)) keys.add(key)
  }
  return keys.size > max ? undefined : [...keys].toSorted()
}

function fanoutQuery({ key, fanout }: FanoutDependency, named: readonly string[]): SQL {
  const type = sql.raw(columnType(key))
  const keys = sql`array(select k::${type} from pg_catalog.jsonb_array_elements_text(${JSON.stringify(named)}::text::jsonb) k)`
  return sql`select distinct f.key::text as key from (${fanout(keys)}) f(key) where f.key is not null`
}

/**
 * The view as it would be with `keys` applied, under the view's own name: what selects from the view in a statement that
 * this stands before, selects from it. Stored rows without the keys, and the keys' rows computed by the view's query.
 *
 * The keys are left out above the union, for Postgres opens a branch of a union to the order of the whole (an index of the
 * stored rows, merged with the few computed ones) only when the branch has no WHERE of its own.
 */
export function overlay(view: LiveView, keys: readonly string[]): WithSubquery {
  const key = sql.identifier(view.key.name)
  const columns = columnList(view)
  const array = sql`${arrayLiteral(keys)}::${sql.raw(columnType(view.key))}[]`
  return shadow(
    view,
    sql`select ${columns} from (
select ${columns}, false as live_view_computed from ${sql.raw(qualified(view.name))} c
union all
select ${columns}, true from pg_catalog.unnest(${array}) w(live_view_key) cross join lateral (
  select * from ${sql.raw(qualified(sourceName(view)))} s where s.${key} = w.live_view_key offset 0
) c
) c where c.live_view_computed or c.${key} <> all (${array})`,
  )
}

/** The view's own query, under the view's own name. */
export function computed(view: AnyView): WithSubquery {
  if (view.strategy !== 'realtime') return shadow(view, sql.raw(view.queryText))
  return shadow(view, sql`select ${columnList(view)} from ${sql.raw(qualified(sourceName(view)))} c`)
}

function shadow(view: AnyView, query: SQL): WithSubquery {
  return new WithSubquery(query, {}, view.name, true)
}

function columnList(view: LiveView): SQL {
  return sql.raw(
    getTableConfig(view.table)
      .columns.map(({ name }) => `c.${identifier(name)}`)
      .join(', '),
  )
}

/** As Postgres writes an array of text: sent as one untyped parameter, it takes the type it is cast to. */
function arrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`
}
