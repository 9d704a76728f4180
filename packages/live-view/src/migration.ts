import { literal } from './sql-text.ts'
import { commonStatements, TABLES_COMMENT } from './log-ddl.ts'
import { viewDefinition } from './view-ddl.ts'
import { type AnyView } from './view.ts'

const LANDED =
  /comment on (?:table|materialized view) [^ ]+ is '(live-view ([a-z0-9_]+) [^']*)'|live_view_drop\('([a-z0-9_]+)'\)/g

export interface ViewMigrationOptions {
  /** The text of the migrations that have landed, in order. Views that they leave unchanged are not made again. */
  readonly landed?: string
  /** Put between statements. Default: a blank line. drizzle-kit's migrator wants `--> statement-breakpoint`. */
  readonly separator?: string
}

/**
 * The SQL that brings a database to the declared views; '' when `landed` says that it is there already.
 *
 * A view that is new or whose definition changed is dropped and made anew, empty and marked stale; the applier fills
 * it. A view that is no longer declared is dropped. List a view after the views that its query reads. The same
 * declarations give the same text. Run it in one transaction: it locks the tables depended on against writes, briefly.
 */
export function viewMigration(views: readonly AnyView[], options: ViewMigrationOptions = {}): string {
  const landed = landedComments(options.landed ?? '')
  const definitions = views.map((view) => ({ name: view.name, ...viewDefinition(view) }))
  const changed = definitions.filter(({ name, comment }) => landed.get(name) !== comment)
  const declared = new Set(views.map(({ name }) => name))
  const gone = [...landed.keys()].filter((name) => !declared.has(name))
  const common = landed.size === 0 || options.landed?.includes(TABLES_COMMENT) === true
  if (changed.length === 0 && gone.length === 0) return common ? '' : joined(commonStatements, options)
  return joined(
    [
      ...commonStatements,
      // Dependants first.
      ...[...gone, ...changed.map(({ name }) => name).toReversed()].map(dropStatement),
      ...changed.flatMap(({ statements }) => statements),
    ],
    options,
  )
}

/** The SQL that removes the named views with their triggers, log rows and status. */
export function dropViewMigration(
  names: readonly string[],
  options: Pick<ViewMigrationOptions, 'separator'> = {},
): string {
  return joined([...commonStatements, ...names.map(dropStatement)], options)
}

function dropStatement(name: string): string {
  return `select public.live_view_drop(${literal(name)})`
}

function joined(statements: readonly string[], { separator = '\n' }: ViewMigrationOptions): string {
  return `${statements.map((statement) => `${statement};`).join(`\n${separator}`)}\n`
}

/** What each view's last landed migration made of it. */
function landedComments(text: string): Map<string, string> {
  const comments = new Map<string, string>()
  for (const [, comment, made, dropped] of text.matchAll(LANDED)) {
    if (made !== undefined && comment !== undefined) comments.set(made, comment)
    else if (dropped !== undefined) comments.delete(dropped)
  }
  return comments
}
