import { type Sql } from 'postgres'
import { qualified, qualifiedTable } from './sql-text.ts'
import { sourceName } from './view-ddl.ts'
import { type AnyView } from './view.ts'

export interface DefinitionProblem {
  readonly code: 'dependency_undeclared' | 'dependency_partitioned' | 'function_unsafe'
  readonly message: string
}

/**
 * What Postgres knows of a view's query and the text of a declaration does not show: which tables it reads, be it through
 * other views, and what the functions are that it calls.
 */
export async function definitionProblems(sql: Sql, view: AnyView): Promise<readonly DefinitionProblem[]> {
  const relation = qualified(view.strategy === 'realtime' ? sourceName(view) : view.name)
  const declared = JSON.stringify(view.depends.map(({ table }) => qualifiedTable(table)))
  const tables = await sql<{ name: string }[]>`
    with recursive read(relation) as (
      select to_regclass(${relation})::oid
      union
      select d.refobjid
      from read r
      join pg_rewrite w on w.ev_class = r.relation
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
        and d.refclassid = 'pg_class'::regclass and d.refobjid <> r.relation
    )
    select c.oid::regclass::text as name
    from read r join pg_class c on c.oid = r.relation
    where c.relkind in ('r', 'p', 'f', 'm') and c.relname <> ${view.name}
      and c.oid <> all (
        array(select to_regclass(n) from jsonb_array_elements_text(${declared}::text::jsonb) n where to_regclass(n) is not null)
      )
    order by 1`
  const partitioned = await sql<{ name: string }[]>`
    select c.oid::regclass::text as name
    from jsonb_array_elements_text(${declared}::text::jsonb) n
    join pg_class c on c.oid = to_regclass(n) and c.relkind = 'p'
    order by 1`
  // Built-in functions are pinned: only others are in pg_depend.
  const functions = await sql<{ name: string; volatile: boolean }[]>`
    select distinct p.oid::regprocedure::text as name, p.provolatile = 'v' as volatile
    from pg_rewrite w
    join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_proc'::regclass
    join pg_proc p on p.oid = d.refobjid
    join pg_language l on l.oid = p.prolang
    where w.ev_class = to_regclass(${relation})
      and (
        p.provolatile = 'v'
        or (
          l.lanname in ('sql', 'plpgsql') and p.prosqlbody is null
          and not coalesce(p.proconfig::text ~ 'search_path=', false)
        )
      )
    order by 1`
  return [
    ...tables.map(({ name }): DefinitionProblem => ({
      code: 'dependency_undeclared',
      message: `View ${view.name} reads ${name}, which its \`depends\` does not name: writes to it make the view stale without a word. Add on(…) for it.`,
    })),
    ...partitioned.map(({ name }): DefinitionProblem => ({
      code: 'dependency_partitioned',
      message: `View ${view.name} depends on ${name}, which is partitioned: rows that are inserted straight into a partition, deleted there, or moved to another by an UPDATE go unnoticed. Write through ${name}, and delete and insert instead of moving.`,
    })),
    ...functions.map((found): DefinitionProblem => ({
      code: 'function_unsafe',
      message: found.volatile
        ? `View ${view.name} calls ${found.name}, which is volatile: its rows may change without a write that says so. Declare the function stable or immutable, if it is.`
        : `View ${view.name} calls ${found.name}, whose body takes names from the search_path; a refresh runs with another one. Give it \`set search_path = pg_catalog, …\`.`,
    })),
  ]
}
