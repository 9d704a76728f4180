import type { Sql } from 'postgres'

/** The public schema as SQL text, in an order that does not change from run to run. It is for reading and comparing. */
export async function dumpSchema(sql: Sql): Promise<string> {
  const parts = [
    '-- The schema that the migrations come to. Written by `pnpm db:dump`; do not edit.',
    ...(await statements(sql, EXTENSIONS)),
    ...(await statements(sql, FUNCTIONS)),
    ...(await statements(sql, TABLES)),
    ...(await statements(sql, CONSTRAINTS)),
    ...(await statements(sql, INDEXES)),
    ...(await statements(sql, VIEWS)),
    ...(await statements(sql, TRIGGERS)),
  ]
  return `${parts.join('\n\n')}\n`
}

async function statements(sql: Sql, query: string): Promise<string[]> {
  const rows = await sql.unsafe<{ statement: string }[]>(query)
  return rows.map((row) => `${row.statement.trim()};`)
}

const EXTENSIONS = `
  select format('create extension if not exists %I', extname) as statement
  from pg_extension
  where extname <> 'plpgsql'
  order by extname`

// Functions that came with an extension are the extension's.
const FUNCTIONS = `
  select pg_get_functiondef(p.oid) as statement
  from pg_proc p
  where p.pronamespace = 'public'::regnamespace
    and p.prokind in ('f', 'p')
    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  order by p.proname, pg_get_function_identity_arguments(p.oid)`

const TABLES = `
  select format(
    E'create table %I (\\n  %s\\n)',
    c.relname,
    string_agg(
      format('%I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
        case when a.attnotnull then ' not null' else '' end,
        coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')),
      E',\\n  ' order by a.attnum
    )
  ) || coalesce(E';\\n\\ncomment on table ' || quote_ident(c.relname) || ' is ' || quote_literal(obj_description(c.oid, 'pg_class')), '') as statement
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
  group by c.oid, c.relname
  order by c.relname`

// A NOT NULL is a constraint of its own from Postgres 18 on; it stands with its column already.
const CONSTRAINTS = `
  select format('alter table %I add constraint %I %s', c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid)) as statement
  from pg_constraint c
  where c.connamespace = 'public'::regnamespace and c.contype in ('p', 'u', 'c', 'f') and c.conrelid <> 0
  order by c.conrelid::regclass::text, c.contype desc, c.conname`

const INDEXES = `
  select pg_get_indexdef(i.indexrelid) as statement
  from pg_index i
  join pg_class c on c.oid = i.indexrelid
  where c.relnamespace = 'public'::regnamespace
    and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
  order by c.relname`

const VIEWS = `
  select format(
    E'create %s view %I as\\n%s',
    case c.relkind when 'm' then 'materialized' else '' end,
    c.relname,
    rtrim(pg_get_viewdef(c.oid, true), '; ')
  ) as statement
  from pg_class c
  where c.relnamespace = 'public'::regnamespace
    and c.relkind in ('v', 'm')
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
  order by c.relname`

const TRIGGERS = `
  select pg_get_triggerdef(t.oid, true) as statement
  from pg_trigger t
  join pg_class c on c.oid = t.tgrelid
  where c.relnamespace = 'public'::regnamespace and not t.tgisinternal
  order by c.relname, t.tgname`
