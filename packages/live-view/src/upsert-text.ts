import { getTableConfig } from 'drizzle-orm/pg-core'
import { type LiveView } from './live-view.ts'
import { columnType, identifier, qualified } from './sql-text.ts'
import { sourceName } from './view-ddl.ts'

/**
 * Recomputes the keys in $1 (a JSON array of text) and returns the rows that changed.
 *
 * `offset 0` keeps each key's recomputation a query of its own, whose key the planner may push into grouped
 * subqueries; joined as a whole, those would be computed for the entire table.
 */
export function applyKeysText(view: LiveView): string {
  const key = identifier(view.key.name)
  return changeText(view, {
    wanted: `wanted as materialized (
  select w.key::${columnType(view.key)} as key from pg_catalog.jsonb_array_elements_text($1::text::jsonb) w(key)
), `,
    fresh: `select s.* from wanted w cross join lateral (select * from ${source(view)} s where s.${key} = w.key offset 0) s`,
    stored: `left join lateral (select * from ${stored(view)} c where c.${key} = f.${key} offset 0) c on true`,
    gone: `c.${key} = any (array(select w.key from wanted w where not exists (select from fresh f where f.${key} = w.key)))`,
  })
}

/** Recomputes every row, and returns at most $1 of those that changed, after writing only those. */
export function rebuildText(view: LiveView): string {
  const key = identifier(view.key.name)
  const change = changeText(view, {
    wanted: '',
    fresh: `select * from ${source(view)}`,
    stored: `left join ${stored(view)} c on c.${key} = f.${key}`,
    gone: `not exists (select from fresh f where f.${key} = c.${key})`,
  })
  return `${change}\nlimit $1::int`
}

interface ChangeParts {
  readonly wanted: string
  readonly fresh: string
  readonly stored: string
  readonly gone: string
}

/** One statement, one snapshot: what is computed, what is stored, and the difference written. */
function changeText(view: LiveView, { wanted, fresh, stored: joinStored, gone }: ChangeParts): string {
  const key = identifier(view.key.name)
  const tenant = (alias: string) =>
    view.tenant === undefined ? 'null' : `${alias}.${identifier(view.tenant.name)}::text`
  const columns = getTableConfig(view.table).columns.map(({ name }) => identifier(name))
  const row = (alias: string) => `row(${columns.map((column) => `${alias}.${column}`).join(', ')})::record`
  const others = columns.filter((column) => column !== key)
  const conflict =
    others.length === 0 ? 'do nothing' : `do update set ${others.map((c) => `${c} = excluded.${c}`).join(', ')}`
  return `with ${wanted}fresh as materialized (
  ${fresh}
), changed as materialized (
  select f.*, ${tenant('c')} as live_view_old_tenant
  from fresh f
  ${joinStored}
  where c.${key} is null or ${row('f')} *<> ${row('c')}
), written as (
  insert into ${stored(view)} (${columns.join(', ')})
  select ${columns.join(', ')} from changed order by ${key}
  on conflict (${key}) ${conflict}
), gone as (
  delete from ${stored(view)} c
  where ${gone}
  returning c.${key}::text as key, ${tenant('c')} as tenant
)
select c.${key}::text as key, ${tenant('c')} as tenant, c.live_view_old_tenant as old_tenant from changed c
union all
select g.key, g.tenant, null from gone g`
}

function stored(view: LiveView): string {
  return qualified(view.name)
}

function source(view: LiveView): string {
  return qualified(sourceName(view))
}
