import { type SQL } from 'drizzle-orm'
import { getTableConfig, type AnyPgColumn, type PgTable } from 'drizzle-orm/pg-core'
import { LiveViewError } from './error.ts'
import { assertSchedule, type Schedule } from './schedule.ts'

/** Rows of a table by what one of its columns holds, compared as text. A value that the column cannot hold is refused. */
export interface RowChoice<TColumn extends AnyPgColumn = AnyPgColumn> {
  readonly column: TColumn
  readonly values: readonly [Held<TColumn>, ...Held<TColumn>[]]
}

type Held<TColumn extends AnyPgColumn> = TColumn['_']['data'] extends string ? TColumn['_']['data'] : string

/** A write to `table` makes the view dirty as a whole. */
export interface TableDependency {
  readonly kind: 'table'
  readonly table: PgTable
  readonly columns: readonly AnyPgColumn[] | undefined
  readonly rows: RowChoice | undefined
}

/** A write to a row of `table` makes one row of the view dirty: the one whose key stands in column `key`. */
export interface KeyDependency {
  readonly kind: 'key'
  readonly table: PgTable
  readonly key: AnyPgColumn
  readonly columns: readonly AnyPgColumn[] | undefined
  readonly rows: RowChoice | undefined
  readonly schedule: Schedule | undefined
}

/** A write to a row of `table` makes many rows of the view dirty: `fanout` finds their keys when it is applied. */
export interface FanoutDependency {
  readonly kind: 'fanout'
  readonly table: PgTable
  readonly key: AnyPgColumn
  readonly columns: readonly AnyPgColumn[] | undefined
  readonly rows: RowChoice | undefined
  readonly schedule: Schedule | undefined
  readonly fanout: (keys: SQL) => SQL
}

export type Dependency = TableDependency | KeyDependency | FanoutDependency

interface Watched<TColumn extends AnyPgColumn> {
  /** Only an UPDATE that changes one of these, or the primary key, counts. Default: any column. */
  readonly columns?: readonly AnyPgColumn[]
  /** The rows that the view can show anything of: a write counts if its row is one before it or after it. Default: all. */
  readonly rows?: RowChoice<TColumn>
}

interface KeyedOptions<TColumn extends AnyPgColumn> extends Watched<TColumn> {
  readonly key: AnyPgColumn
  /** When writes to this table are applied, if not at once. Until then the view is stale, and says so. */
  readonly schedule?: Schedule
}

/**
 * Says that a view reads `table`.
 *
 * - `on(jobs, { key: jobs.fileId })` for a keyed view: the column that holds the view's key. A row that moves from
 *   one key to another makes both dirty.
 * - `on(users, { key: users.id, fanout: (keys) => sql`select f.id from files f where f.owner_id = any(${keys})` })`
 *   for a dimension: the write logs one row, and the applier runs the query to find the view's keys.
 *   `keys` is an array of `key`'s type. Tables the fan-out passes through must be dependencies too.
 * - `on(reviews, { key: reviews.productId, schedule: { everyMs: 600_000 } })`: writes are applied together, later.
 * - `on(files)` for a refreshed view; `on(files, { rows: { column: files.status, values: ['READY'] } })` where its query
 *   leaves out all others.
 *
 * @throws LiveViewError `dependency_column_foreign`, `schedule_invalid`
 */
export function on<TColumn extends AnyPgColumn>(
  table: PgTable,
  options: KeyedOptions<TColumn> & { fanout: (keys: SQL) => SQL },
): FanoutDependency
export function on<TColumn extends AnyPgColumn>(table: PgTable, options: KeyedOptions<TColumn>): KeyDependency
export function on<TColumn extends AnyPgColumn>(table: PgTable, options?: Watched<TColumn>): TableDependency
export function on(
  table: PgTable,
  options: Partial<KeyedOptions<AnyPgColumn>> & { fanout?: (keys: SQL) => SQL } = {},
): Dependency {
  const { key, columns, rows, fanout, schedule } = options
  const { name } = getTableConfig(table)
  for (const column of [key, rows?.column, ...(columns ?? [])]) {
    if (column === undefined || column.table === table) continue
    throw new LiveViewError(
      'dependency_column_foreign',
      `Column ${column.name} is not one of table ${name}; name columns of the table that the dependency is on.`,
    )
  }
  if (key === undefined) return { kind: 'table', table, columns, rows }
  if (schedule !== undefined) assertSchedule(`The dependency on ${name}`, schedule)
  return fanout === undefined
    ? { kind: 'key', table, key, columns, rows, schedule }
    : { kind: 'fanout', table, key, columns, rows, schedule, fanout }
}

/** The primary key's columns; empty when the table declares none. */
export function primaryKey(table: PgTable): readonly AnyPgColumn[] {
  const config = getTableConfig(table)
  const single = config.columns.filter((column) => column.primary)
  return single.length > 0 ? single : (config.primaryKeys[0]?.columns ?? [])
}
