import { getTableColumns, type BuildColumns, type SQLWrapper } from 'drizzle-orm'
import {
  pgTable,
  type PgColumn,
  type PgColumnBuilderBase,
  type PgTable,
  type PgTableWithColumns,
} from 'drizzle-orm/pg-core'
import { type FanoutDependency, type KeyDependency } from './dependency.ts'
import { LiveViewError } from './error.ts'
import { assertDependenciesDeclared, assertKeyReachable } from './reachable.ts'
import { assertStableQuery } from './stable-query.ts'
import { serviceLevel, type ServiceLevel } from './sla.ts'
import { sqlText } from './sql-text.ts'
import { assertViewName, assertVersion, indexText, type IndexDeclarations, type ViewIndex } from './view-parts.ts'

/** A view kept as a table, row by row: a write recomputes the rows it touched, within milliseconds. */
export interface LiveView<TTable extends PgTable = PgTable> {
  readonly strategy: 'realtime'
  readonly name: string
  readonly version: number
  /** The stored rows: use it in `db.select().from(view.table)`. Never write to it. */
  readonly table: TTable
  readonly key: PgColumn
  readonly tenant: PgColumn | undefined
  readonly queryText: string
  readonly depends: readonly (KeyDependency | FanoutDependency)[]
  readonly indexes: readonly ViewIndex[]
  readonly overlayKeysMax: number
  readonly sla: Required<ServiceLevel> | undefined
  /** The condition of the row-level security policy, as SQL text. */
  readonly rowPolicy: string | undefined
}

/** Measured at 1 M rows: 13–21 ms for a page with 100 pending keys, 60 ms with 1,000. */
const OVERLAY_KEYS_MAX_DEFAULT = 200
const OVERLAY_KEYS_MAX = 10_000

type StoredTable<TName extends string, TColumns extends Record<string, PgColumnBuilderBase>> = PgTableWithColumns<{
  name: TName
  schema: undefined
  columns: BuildColumns<TName, TColumns, 'pg'>
  dialect: 'pg'
}>

export interface LiveViewOptions<TName extends string, TColumns extends Record<string, PgColumnBuilderBase>> {
  /** A positive integer, raised by hand when the meaning of the view changes. The hash notices every change by itself. */
  readonly version: number
  /** The stored table's columns, as for `pgTable`. The query must put out a column of each one's database name. */
  readonly columns: TColumns
  /** The column that names a row: NOT NULL, unique in the query's result. */
  readonly key: keyof TColumns & string
  /** The column that says whose row it is; reported with each change. */
  readonly tenant?: keyof TColumns & string
  /**
   * One row per key; each row a function of one key's data, so that it can be recomputed alone. SQL or a query
   * builder. Not: the clock, chance, LIMIT, ranks over other rows.
   */
  readonly query: SQLWrapper
  /** Every table that the query reads. One that is left out makes the view stale without a word. */
  readonly depends: readonly (KeyDependency | FanoutDependency)[]
  /** Index name (the view's name is put before it) → what follows `on table`, such as `(shop_id, created_at desc)`. */
  readonly indexes?: IndexDeclarations<StoredTable<TName, TColumns>>
  /**
   * Which rows a role may see, as a policy's `using`: `(t) => sql`${t.shopId} = current_setting('app.shop')``. The view's owner,
   * as whom the appliers connect, is not bound by it.
   */
  readonly rowPolicy?: (columns: StoredTable<TName, TColumns>) => SQLWrapper
  /** A read that must be fresher than what is stored computes at most so many pending keys live. Default 200; at most 10,000. */
  readonly overlayKeysMax?: number
  /** Measured by the keepers and told by `viewHealth`. Not part of the definition: it changes without a migration. */
  readonly sla?: ServiceLevel
}

/**
 * Declares a keyed real-time view, stored in table `name` with its defining query beside it as view `name_source`.
 *
 * @param name lower-case letters, digits and underscores, at most 40
 * @throws LiveViewError `name_invalid`, `key_missing`, `key_nullable`, `query_not_stable`, `parameter_unsupported`,
 *   `column_unsupported`, `dependency_missing`, `dependency_undeclared`, `dependency_key_unreachable`, `bound_invalid`
 */
export function liveView<TName extends string, TColumns extends Record<string, PgColumnBuilderBase>>(
  name: TName,
  options: LiveViewOptions<TName, TColumns>,
): LiveView<StoredTable<TName, TColumns>> {
  assertViewName(name)
  assertVersion(name, options.version)
  const table: StoredTable<TName, TColumns> = pgTable(name, options.columns)
  const columns = new Map(Object.entries<PgColumn>(getTableColumns(table)))
  const key = columns.get(options.key)
  if (key === undefined) {
    throw new LiveViewError('key_missing', `View ${name} has no column ${options.key}; name its key among \`columns\`.`)
  }
  if (!key.notNull) {
    throw new LiveViewError(
      'key_nullable',
      `The key ${key.name} of view ${name} may be null, and a null key finds no row again; declare the column notNull().`,
    )
  }
  for (const column of columns.values()) {
    if (column.generated === undefined && column.generatedIdentity === undefined) continue
    throw new LiveViewError(
      'column_unsupported',
      `Column ${column.name} of view ${name} is generated by the table; compute it in the query instead.`,
    )
  }
  if (options.depends.length === 0) {
    throw new LiveViewError('dependency_missing', `View ${name} depends on no table, so nothing would refresh it.`)
  }
  const overlayKeysMax = options.overlayKeysMax ?? OVERLAY_KEYS_MAX_DEFAULT
  if (!(Number.isInteger(overlayKeysMax) && overlayKeysMax >= 0 && overlayKeysMax <= OVERLAY_KEYS_MAX)) {
    throw new LiveViewError(
      'bound_invalid',
      `Expected overlayKeysMax of view ${name} to be an integer from 0 to ${OVERLAY_KEYS_MAX}, got ${overlayKeysMax}.`,
    )
  }
  const queryText = sqlText(`The query of view ${name}`, options.query)
  assertStableQuery(name, queryText)
  assertDependenciesDeclared(name, options.query, options.depends)
  for (const dependency of options.depends) assertKeyReachable(name, key, dependency)
  return {
    strategy: 'realtime',
    name,
    version: options.version,
    table,
    key,
    tenant: options.tenant === undefined ? undefined : columns.get(options.tenant),
    queryText,
    depends: options.depends,
    indexes: indexText(name, options.indexes, table),
    overlayKeysMax,
    sla: serviceLevel(name, options.sla),
    rowPolicy:
      options.rowPolicy === undefined
        ? undefined
        : sqlText(`The row policy of view ${name}`, options.rowPolicy(table), { bareColumns: true }),
  }
}
