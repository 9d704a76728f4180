import { type SQLWrapper } from 'drizzle-orm'
import { LiveViewError } from './error.ts'
import { sqlText } from './sql-text.ts'

/** Leaves room, within Postgres's 63, for the suffixes of the objects that belong to a view. */
const NAME_LENGTH_MAX = 40
const NAME = new RegExp(`^[a-z_][a-z0-9_]{0,${NAME_LENGTH_MAX - 1}}$`)

export interface ViewIndex {
  readonly name: string
  /** What follows `create index … on <table>`. */
  readonly definition: string
}

/** Index name → definition, as text or SQL; or a function of the columns that returns it. */
export type IndexDeclarations<TColumns> =
  | Readonly<Record<string, SQLWrapper | string>>
  | ((columns: TColumns) => Readonly<Record<string, SQLWrapper | string>>)

export function assertViewName(name: string): void {
  if (NAME.test(name)) return
  throw new LiveViewError(
    'name_invalid',
    `Expected a name of 1 to ${NAME_LENGTH_MAX} lower-case letters, digits and underscores, got ${JSON.stringify(name)}.`,
  )
}

export function assertVersion(view: string, version: number): void {
  if (Number.isInteger(version) && version > 0) return
  throw new LiveViewError(
    'bound_invalid',
    `Expected the version of view ${view} to be a positive integer, got ${version}.`,
  )
}

export function indexText<TColumns>(
  view: string,
  declarations: IndexDeclarations<TColumns> | undefined,
  columns: TColumns,
): readonly ViewIndex[] {
  const declared = typeof declarations === 'function' ? declarations(columns) : (declarations ?? {})
  return Object.entries(declared).map(([name, definition]) => {
    assertViewName(name)
    return {
      name: `${view}_${name}`,
      definition: sqlText(`Index ${name} of view ${view}`, definition, { bareColumns: true }),
    }
  })
}
