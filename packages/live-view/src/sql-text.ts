import { is, SQL, type SQLWrapper } from 'drizzle-orm'
import { getTableConfig, PgDialect, PgEnumColumn, type PgColumn, type PgTable } from 'drizzle-orm/pg-core'
import { LiveViewError } from './error.ts'

const dialect = new PgDialect()

/** `name` as an SQL identifier. */
export function identifier(name: string): string {
  return dialect.escapeName(name.replaceAll('"', '""'))
}

/** `value` as an SQL string literal (standard_conforming_strings is on by default since Postgres 9.1). */
export function literal(value: string): string {
  return dialect.escapeString(value)
}

/** The schema-qualified name, so that no search_path decides what a trigger writes to. */
export function qualified(name: string, schema = 'public'): string {
  return `${identifier(schema)}.${identifier(name)}`
}

export function qualifiedTable(table: PgTable): string {
  const { name, schema } = getTableConfig(table)
  return qualified(name, schema)
}

/** The column's type as DDL names it. */
export function columnType(column: PgColumn): string {
  return is(column, PgEnumColumn) ? qualified(column.enum.enumName, column.enum.schema) : column.getSQLType()
}

/**
 * A Drizzle expression as SQL text with its parameters written in, as DDL needs it.
 * With `bareColumns` a column is its name alone, as index definitions need it.
 */
export function sqlText(what: string, expression: SQLWrapper | string, { bareColumns = false } = {}): string {
  if (typeof expression === 'string') return expression.trim()
  const wrapped = expression.getSQL()
  const invokeSource = bareColumns ? 'indexes' : undefined
  for (const parameter of dialect.sqlToQuery(new SQL(wrapped.queryChunks)).params) {
    if (parameter === null || ['string', 'number', 'boolean'].includes(typeof parameter)) continue
    throw new LiveViewError(
      'parameter_unsupported',
      `${what} has a parameter that is neither text, number nor boolean, so it cannot be written into DDL; write it as SQL text with a cast.`,
    )
  }
  return dialect.sqlToQuery(new SQL(wrapped.queryChunks).inlineParams(), invokeSource).sql.trim()
}
