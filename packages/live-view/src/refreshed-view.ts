import { Column, is, SQL, type SQLWrapper } from 'drizzle-orm'
import { getMaterializedViewConfig, type PgMaterializedView } from 'drizzle-orm/pg-core'
import { type TableDependency } from './dependency.ts'
import { LiveViewError } from './error.ts'
import { assertSchedule, type Schedule } from './schedule.ts'
import { serviceLevel, type ServiceLevel } from './sla.ts'
import { sqlText } from './sql-text.ts'
import { assertDependenciesDeclared } from './reachable.ts'
import { assertStableQuery } from './stable-query.ts'
import { assertVersion, assertViewName, indexText, type IndexDeclarations, type ViewIndex } from './view-parts.ts'

const DEBOUNCE_MS_DEFAULT = 200
const MAX_WAIT_MS_DEFAULT = 2_000
const WAIT_MS_MAX = 3_600_000

/** A Postgres MATERIALIZED VIEW that is refreshed as a whole, without blocking readers. */
interface MaterializedView<TView extends PgMaterializedView> {
  readonly name: string
  readonly version: number
  /** The materialized view: use it in `db.select().from(view.view)`. */
  readonly view: TView
  readonly queryText: string
  /** Database names of the columns that name a row. */
  readonly uniqueKey: readonly string[]
  readonly depends: readonly TableDependency[]
  readonly indexes: readonly ViewIndex[]
  readonly sla: Required<ServiceLevel> | undefined
  /** The condition of the view `name_rows` for restricted roles, as SQL text. */
  readonly rowPolicy: string | undefined
}

/** Refreshed soon after its tables change. */
export interface RefreshedView<TView extends PgMaterializedView = PgMaterializedView> extends MaterializedView<TView> {
  readonly strategy: 'event'
  readonly debounceMs: number
  readonly maxWaitMs: number
}

/** Refreshed at set times, when its tables have changed by then. */
export interface BatchView<TView extends PgMaterializedView = PgMaterializedView> extends MaterializedView<TView> {
  readonly strategy: 'batch'
  readonly schedule: Schedule
}

interface MaterializedViewOptions<TView extends PgMaterializedView> {
  /** A positive integer, raised by hand when the meaning of the view changes. */
  readonly version: number
  /** Columns that name a row, never null: CONCURRENTLY rewrites a row with a null in its key at every refresh. */
  readonly uniqueKey: readonly (keyof TView['_']['selectedFields'] & string)[]
  /** Every table that the query reads. */
  readonly depends: readonly TableDependency[]
  /** Further indexes: name → what follows `on view`. */
  readonly indexes?: IndexDeclarations<TView>
  /**
   * Which rows a role may see. A materialized view takes no policy, so a security barrier view `name_rows` is made beside
   * it: grant that to the role, never the materialized view itself.
   */
  readonly rowPolicy?: (columns: TView) => SQLWrapper
  /** Measured by the keepers and told by `viewHealth`. Not part of the definition: it changes without a migration. */
  readonly sla?: ServiceLevel
}

export interface RefreshedViewOptions<TView extends PgMaterializedView> extends MaterializedViewOptions<TView> {
  /** Refresh once writes have been quiet for so long. Default 200 ms. */
  readonly debounceMs?: number
  /** Refresh at the latest so long after the first write, quiet or not. Default 2,000 ms; at least `debounceMs`, at most one hour. */
  readonly maxWaitMs?: number
}

export interface BatchViewOptions<TView extends PgMaterializedView> extends MaterializedViewOptions<TView> {
  /** When to refresh. A time that comes while nothing is pending passes. */
  readonly schedule: Schedule
}

/**
 * Declares an event view from one made with Drizzle's `pgMaterializedView(…).as(…)`.
 *
 * A refresh computes the whole query, whatever changed: use it where that takes well under a second, and `liveView`
 * where it does not.
 *
 * @throws LiveViewError `name_invalid`, `query_missing`, `query_not_stable`, `key_missing`, `key_nullable`,
 *   `option_unsupported`, `dependency_missing`, `dependency_undeclared`, `bound_invalid`
 */
export function refreshedView<TView extends PgMaterializedView>(
  view: TView,
  options: RefreshedViewOptions<TView>,
): RefreshedView<TView> {
  const declared = materialized(view, options)
  const debounceMs = options.debounceMs ?? DEBOUNCE_MS_DEFAULT
  const maxWaitMs = options.maxWaitMs ?? Math.max(MAX_WAIT_MS_DEFAULT, debounceMs)
  if (!(debounceMs >= 0 && maxWaitMs >= debounceMs && maxWaitMs <= WAIT_MS_MAX)) {
    throw new LiveViewError(
      'bound_invalid',
      `Expected 0 ≤ debounceMs ≤ maxWaitMs ≤ ${WAIT_MS_MAX} for view ${declared.name}, got ${debounceMs} and ${maxWaitMs}.`,
    )
  }
  return { strategy: 'event', ...declared, debounceMs, maxWaitMs }
}

/**
 * Declares a batch view from one made with Drizzle's `pgMaterializedView(…).as(…)`: refreshed at the times of its
 * schedule, if anything changed.
 *
 * @throws LiveViewError as `refreshedView`, and `schedule_invalid`
 */
export function batchView<TView extends PgMaterializedView>(
  view: TView,
  options: BatchViewOptions<TView>,
): BatchView<TView> {
  const declared = materialized(view, options)
  assertSchedule(`View ${declared.name}`, options.schedule)
  return { strategy: 'batch', ...declared, schedule: options.schedule }
}

function materialized<TView extends PgMaterializedView>(
  view: TView,
  options: MaterializedViewOptions<TView>,
): MaterializedView<TView> {
  const config = getMaterializedViewConfig(view)
  const { name, query, schema } = config
  assertViewName(name)
  assertVersion(name, options.version)
  if (query === undefined) {
    throw new LiveViewError(
      'query_missing',
      `Materialized view ${name} is \`.existing()\`; declare its query with \`.as()\`.`,
    )
  }
  if (
    schema !== undefined ||
    config.using !== undefined ||
    config.tablespace !== undefined ||
    config.with !== undefined ||
    config.withNoData
  ) {
    throw new LiveViewError(
      'option_unsupported',
      `Materialized view ${name} sets a schema, using, with, tablespace or withNoData, which the generated DDL does not carry; leave it out.`,
    )
  }
  if (options.depends.length === 0) {
    throw new LiveViewError('dependency_missing', `View ${name} depends on no table, so nothing would refresh it.`)
  }
  const queryText = sqlText(`The query of view ${name}`, query)
  assertStableQuery(name, queryText)
  assertDependenciesDeclared(name, query, options.depends)
  return {
    name,
    version: options.version,
    view,
    queryText,
    uniqueKey: uniqueKeyNames(name, config.selectedFields, options.uniqueKey),
    depends: options.depends,
    indexes: indexText(name, options.indexes, view),
    sla: serviceLevel(name, options.sla),
    rowPolicy:
      options.rowPolicy === undefined
        ? undefined
        : sqlText(`The row policy of view ${name}`, options.rowPolicy(view), { bareColumns: true }),
  }
}

function uniqueKeyNames(
  view: string,
  fields: Record<string, unknown>,
  properties: readonly string[],
): readonly string[] {
  if (properties.length === 0) {
    throw new LiveViewError(
      'key_missing',
      `View ${view} needs a unique key: CONCURRENTLY matches old and new rows by it.`,
    )
  }
  return properties.map((property) => {
    const field = fields[property]
    if (is(field, SQL.Aliased)) return field.fieldAlias
    if (!is(field, Column)) {
      throw new LiveViewError(
        'key_missing',
        `View ${view} has no column ${property}; name its unique key among its columns.`,
      )
    }
    if (!field.notNull) {
      throw new LiveViewError(
        'key_nullable',
        `Column ${field.name} in the unique key of view ${view} may be null, which would rewrite such rows at every refresh; declare it notNull() and coalesce it in the query.`,
      )
    }
    return field.name
  })
}
