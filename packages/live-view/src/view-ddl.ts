import { createHash } from 'node:crypto'
import { getTableConfig } from 'drizzle-orm/pg-core'
import { type LiveView } from './live-view.ts'
import { DIRTY_ALL } from './log-ddl.ts'
import { type BatchView, type RefreshedView } from './refreshed-view.ts'
import { columnType, identifier, literal, qualified } from './sql-text.ts'
import { dependencyTriggers } from './trigger-ddl.ts'
import { type AnyView } from './view.ts'

/** Everything Postgres holds of a view, and the fingerprint of it. */
export interface ViewDefinition {
  /** `sha256:<hex>` of the version and of all that defines the view. */
  readonly fingerprint: string
  /** `live-view <name> <strategy> v<version> sha256:<hex>`: the comment on the view's relation. */
  readonly comment: string
  readonly statements: readonly string[]
}

export function viewDefinition(view: AnyView): ViewDefinition {
  const relation = view.strategy === 'realtime' ? storedTable(view) : materializedView(view)
  // Triggers before contents: what is written from here on is logged.
  const defining = [...dependencyTriggers(view).flatMap(({ statements }) => statements), ...relation]
  const hash = createHash('sha256')
    .update(`${view.version}\n${defining.join('\n')}`)
    .digest('hex')
  const fingerprint = `sha256:${hash}`
  const comment = `live-view ${view.name} ${view.strategy} v${view.version} ${fingerprint}`
  const kind = view.strategy === 'realtime' ? 'table' : 'materialized view'
  return {
    fingerprint,
    comment,
    statements: [
      ...defining,
      `comment on ${kind} ${qualified(view.name)} is ${literal(comment)}`,
      `insert into public.live_view_status (view, strategy, version, definition)
  values (${literal(view.name)}, ${literal(view.strategy)}, ${view.version}, ${literal(fingerprint)})`,
      // The back-fill: until an applier has computed every row, the view says that it is stale.
      `insert into public.live_view_dirty (view, kind) values (${literal(view.name)}, ${DIRTY_ALL})`,
      `select pg_catalog.pg_notify('live_view', '')`,
    ],
  }
}

const fingerprints = new WeakMap<AnyView, string>()

/** The fingerprint alone, computed once for each declaration. */
export function fingerprintOf(view: AnyView): string {
  const known = fingerprints.get(view) ?? viewDefinition(view).fingerprint
  fingerprints.set(view, known)
  return known
}

/** The name of the plain view that holds a live view's defining query. */
export function sourceName(view: LiveView): string {
  return `${view.name}_source`
}

function storedTable(view: LiveView): readonly string[] {
  const columns = getTableConfig(view.table).columns
  const table = qualified(view.name)
  const source = qualified(sourceName(view))
  // By name and cast, so that a stored row and a computed row have one type and can be compared as images.
  const outputs = columns.map(
    (column) => `s.${identifier(column.name)}::${columnType(column)} as ${identifier(column.name)}`,
  )
  return [
    `create view ${source} with (security_invoker = true) as
select ${outputs.join(', ')}
from (
${view.queryText}
) s`,
    `comment on view ${source} is ${literal(`live-view ${view.name} source`)}`,
    `create table ${table} (
${columns.map((column) => `  ${identifier(column.name)} ${columnType(column)}${column.notNull ? ' not null' : ''}`).join(',\n')},
  constraint ${identifier(`${view.name}_key`)} primary key (${identifier(view.key.name)})
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02)`,
    ...indexes(view),
    ...rowPolicy(view),
  ]
}

function rowPolicy({ name, rowPolicy: condition }: LiveView): readonly string[] {
  if (condition === undefined) return []
  return [
    `alter table ${qualified(name)} enable row level security`,
    `create policy ${identifier(`${name}_rows`)} on ${qualified(name)} for select using (${condition})`,
  ]
}

function materializedView(view: RefreshedView | BatchView): readonly string[] {
  return [
    `create materialized view ${qualified(view.name)} with (autovacuum_vacuum_scale_factor = 0.02) as
${view.queryText}`,
    // Plain columns, no WHERE: REFRESH … CONCURRENTLY accepts no other unique index.
    `create unique index ${identifier(`${view.name}_key`)} on ${qualified(view.name)} (${view.uniqueKey.map(identifier).join(', ')})`,
    ...indexes(view),
    ...restrictedRows(view),
  ]
}

/** The name of the plain view through which restricted roles see rows of a materialized view. */
export function restrictedName({ name }: RefreshedView | BatchView): string {
  return `${name}_rows`
}

function restrictedRows(view: RefreshedView | BatchView): readonly string[] {
  if (view.rowPolicy === undefined) return []
  const name = qualified(restrictedName(view))
  return [
    `create view ${name} with (security_barrier = true) as
select * from ${qualified(view.name)} where ${view.rowPolicy}`,
    `comment on view ${name} is ${literal(`live-view ${view.name} rows`)}`,
  ]
}

function indexes(view: AnyView): readonly string[] {
  return view.indexes.map(
    ({ name, definition }) => `create index ${identifier(name)} on ${qualified(view.name)} ${definition}`,
  )
}
