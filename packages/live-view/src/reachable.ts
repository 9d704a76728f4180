import { Column, is, SQL, type SQLWrapper } from 'drizzle-orm'
import { getTableConfig, PgTable, type PgColumn } from 'drizzle-orm/pg-core'
import { type Dependency } from './dependency.ts'
import { LiveViewError } from './error.ts'
import { columnType, qualified, qualifiedTable } from './sql-text.ts'

/** Throws `dependency_undeclared` when the query, as Drizzle knows it, reads a table that no dependency names. */
export function assertDependenciesDeclared(view: string, query: SQLWrapper, depends: readonly Dependency[]): void {
  const declared = new Set(depends.map(({ table }) => qualifiedTable(table)))
  for (const name of tablesOf(query)) {
    if (declared.has(name)) continue
    throw new LiveViewError(
      'dependency_undeclared',
      `The query of view ${view} reads ${name}, but \`depends\` does not name it, so that writes to it would make the view stale without a word; add on(…) for it.`,
    )
  }
}

function tablesOf(query: SQLWrapper): ReadonlySet<string> {
  const tables = new Set<string>()
  const walk = (chunk: unknown): void => {
    if (is(chunk, PgTable)) tables.add(originalName(chunk))
    // a query builder's join is a mere name; what it selects or compares is not
    else if (is(chunk, Column)) walk(chunk.table)
    else if (Array.isArray(chunk)) chunk.forEach(walk)
    else if (is(chunk, SQL)) chunk.queryChunks.forEach(walk)
    else if (is(chunk, SQL.Aliased)) walk(chunk.sql)
  }
  walk(query.getSQL())
  return tables
}

/** An alias goes by the name of its table. */
function originalName(table: PgTable): string {
  const original: unknown = Reflect.get(table, Symbol.for('drizzle:OriginalName'))
  return qualified(typeof original === 'string' ? original : getTableConfig(table).name, getTableConfig(table).schema)
}

/** Types whose texts name the same key. */
const FAMILIES: readonly RegExp[] = [
  /^(small|big)?(int(eger)?|serial)$/,
  /^(text|varchar|char|character|citext)\b/,
  /^(numeric|decimal)\b/,
]

/** Throws `dependency_key_unreachable` when the dependency's key column can hold no key of the view. */
export function assertKeyReachable(view: string, viewKey: PgColumn, dependency: Dependency): void {
  if (dependency.kind !== 'key') return
  const wanted = family(columnType(viewKey))
  const found = family(columnType(dependency.key))
  // The log carries keys as text, and a text key is compared as such.
  if (wanted === found || wanted === family('text')) return
  throw new LiveViewError(
    'dependency_key_unreachable',
    `Column ${dependency.key.name} of ${qualifiedTable(dependency.table)} is ${columnType(dependency.key)}, but the key ${viewKey.name} of view ${view} is ${columnType(viewKey)}, so it cannot name a row of the view; name the column that holds the view's key, or find the keys with \`fanout\`.`,
  )
}

function family(type: string): string {
  const index = FAMILIES.findIndex((pattern) => pattern.test(type))
  return index < 0 ? type : `family ${index}`
}
