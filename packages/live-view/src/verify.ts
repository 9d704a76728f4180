import { type Sql } from 'postgres'
import { applyTransaction } from './apply-transaction.ts'
import { definitionProblems, type DefinitionProblem } from './definition-problems.ts'
import { DIRTY_ALL } from './log-ddl.ts'
import { qualified, literal } from './sql-text.ts'
import { dependencyTriggers } from './trigger-ddl.ts'
import { restrictedName, sourceName, viewDefinition } from './view-ddl.ts'
import { type AnyView } from './view.ts'

export interface ViewFinding {
  readonly view: string
  readonly code: 'not_installed' | 'definition_differs' | 'trigger_missing' | DefinitionProblem['code']
  /** What is wrong and what to do. */
  readonly message: string
  readonly mended: boolean
}

export interface VerifyViewsOptions {
  /** Make missing or disabled triggers again and mark their views dirty as a whole. Default false. Needs the right to. */
  readonly mend?: boolean
}

/** Compares the database with the declared views; an empty answer means that nothing is missing. */
export async function verifyViews(
  sql: Sql,
  views: readonly AnyView[],
  { mend = false }: VerifyViewsOptions = {},
): Promise<readonly ViewFinding[]> {
  const findings: ViewFinding[] = []
  for (const view of views) {
    const problem = await relationProblem(sql, view)
    if (problem !== undefined) {
      findings.push(problem)
      continue
    }
    findings.push(...(await triggerProblems(sql, view, mend)))
    for (const found of await definitionProblems(sql, view)) {
      findings.push({ view: view.name, ...found, mended: false })
    }
  }
  return findings
}

async function relationProblem(sql: Sql, view: AnyView): Promise<ViewFinding | undefined> {
  const { comment } = viewDefinition(view)
  const needed = [
    'public.live_view_dirty',
    'public.live_view_status',
    'public.live_view_history',
    'public.live_view_wake',
    qualified(view.name),
    ...(view.strategy === 'realtime' ? [qualified(sourceName(view))] : []),
    ...(view.strategy !== 'realtime' && view.rowPolicy !== undefined ? [qualified(restrictedName(view))] : []),
  ]
  const [row] = await sql<{ missing: string | null; comment: string | null }[]>`
    select
      (
        select string_agg(n.name, ', ')
        from jsonb_array_elements_text(${JSON.stringify(needed)}::text::jsonb) n(name)
        where to_regclass(n.name) is null
      ) as missing,
      obj_description(to_regclass(${qualified(view.name)}), 'pg_class') as comment`
  const common = { view: view.name, mended: false }
  if (typeof row?.missing === 'string') {
    const message = `View ${view.name} lacks ${row.missing} in the database; run its migration.`
    return { ...common, code: 'not_installed', message }
  }
  if (row?.comment === comment) return undefined
  const message = `View ${view.name} in the database is "${row?.comment ?? 'without a comment'}", but "${comment}" is declared; write and run a migration with viewMigration().`
  return { ...common, code: 'definition_differs', message }
}

async function triggerProblems(sql: Sql, view: AnyView, mend: boolean): Promise<ViewFinding[]> {
  const findings: ViewFinding[] = []
  for (const { table, names, statements } of dependencyTriggers(view)) {
    // 'O' and 'A' fire for ordinary writers; disabled and replica-only triggers are as good as none.
    const present = await sql<{ name: string }[]>`
      select tgname::text as name from pg_trigger where tgrelid = to_regclass(${table}) and tgenabled in ('O', 'A')`
    const missing = names.filter((name) => !present.some((trigger) => trigger.name === name))
    if (missing.length === 0) continue
    if (mend) await remakeTriggers(sql, view.name, { table, names: missing, statements })
    const done = mend
      ? 'They are made again and the view is recomputed.'
      : 'Writes to it go unnoticed; call verifyViews with `mend`, or run the migration again.'
    const message = `View ${view.name} lacks enabled triggers on ${table}: ${missing.join(', ')}. ${done}`
    findings.push({ view: view.name, code: 'trigger_missing', message, mended: mend })
  }
  return findings
}

async function remakeTriggers(
  sql: Sql,
  view: string,
  { table, names, statements }: { table: string; names: readonly string[]; statements: readonly string[] },
): Promise<void> {
  await applyTransaction(sql, async (tx) => {
    for (const statement of statements) await tx.unsafe(statement)
    for (const name of names) await tx.unsafe(`alter table ${table} enable trigger ${name}`)
    await tx.unsafe(`insert into public.live_view_dirty (view, kind) values (${literal(view)}, ${DIRTY_ALL})`)
  })
}
