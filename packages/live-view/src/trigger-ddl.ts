import { type AnyPgColumn } from 'drizzle-orm/pg-core'
import { primaryKey, type Dependency } from './dependency.ts'
import { DIRTY_ALL, DIRTY_KEY, WAKE_CHANNEL } from './log-ddl.ts'
import { identifier, literal, qualified, qualifiedTable } from './sql-text.ts'
import { type AnyView } from './view.ts'

const EVENTS = ['insert', 'update', 'delete', 'truncate'] as const

// A trigger with transition tables serves one event and takes no column list, hence four per dependency.
const REFERENCING: Record<(typeof EVENTS)[number], string> = {
  insert: ' referencing new table as new_rows',
  update: ' referencing old table as old_rows new table as new_rows',
  delete: ' referencing old table as old_rows',
  truncate: '',
}

/** The four triggers of one dependency, by name, and the statements that (re)make them with their function. */
export interface DependencyTriggers {
  /** As `to_regclass` reads it. */
  readonly table: string
  readonly names: readonly string[]
  readonly statements: readonly string[]
}

export function dependencyTriggers(view: AnyView): readonly DependencyTriggers[] {
  return view.depends.map((dependency, index) => {
    const number = index + 1
    const name = `${view.name}_dirty_${number}`
    const table = qualifiedTable(dependency.table)
    return {
      table,
      names: EVENTS.map((event) => `${name}_${event}`),
      statements: [
        triggerFunction(view.name, qualified(name), dependency, number),
        `comment on function ${qualified(name)}() is ${literal(`live-view ${view.name} trigger`)}`,
        ...EVENTS.map(
          (event) =>
            `create or replace trigger ${identifier(`${name}_${event}`)} after ${event} on ${table}${REFERENCING[event]}
  for each statement execute function ${qualified(name)}()`,
        ),
      ],
    }
  })
}

/**
 * Runs as its owner, so that writers need no right on the log; names are qualified and search_path is fixed.
 * It inserts into the log, and NOTIFYs only when no applier polls and nothing older of this view waits: NOTIFY takes
 * a cluster-wide lock until commit.
 */
function triggerFunction(view: string, name: string, dependency: Dependency, number: number): string {
  const into = 'insert into public.live_view_dirty (view, kind, key)'
  const log = dependency.kind === 'table' ? wholeView(into, view, dependency) : oneKey(into, view, dependency, number)
  return `create or replace function ${name}() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $live_view$
begin
  if tg_op = 'INSERT' then
    ${log.insert};
  elsif tg_op = 'UPDATE' then
    ${log.update};
  elsif tg_op = 'DELETE' then
    ${log.delete};
  else
    ${into} values (${literal(view)}, ${DIRTY_ALL}, '');
  end if;
  if found
    and not exists (select from public.live_view_wake w where w.awake_until > clock_timestamp())
    and not exists (select from public.live_view_dirty d where d.view = ${literal(view)} and d.xid <> pg_current_xact_id())
  then
    perform pg_notify(${literal(WAKE_CHANNEL)}, '');
  end if;
  return null;
end
$live_view$`
}

type LogStatements = Record<'insert' | 'update' | 'delete', string>

function wholeView(
  into: string,
  view: string,
  { columns, table }: Extract<Dependency, { kind: 'table' }>,
): LogStatements {
  const row = `${into} select ${literal(view)}, ${DIRTY_ALL}, ''`
  return {
    insert: `${row} where exists (select from new_rows)`,
    update:
      columns === undefined
        ? `${row} where exists (select from new_rows)`
        : `${row} where exists (select from ${pairedRows(primaryKey(table))} where ${changed(primaryKey(table), columns)})`,
    delete: `${row} where exists (select from old_rows)`,
  }
}

function oneKey(
  into: string,
  view: string,
  { kind, key, columns, table }: Exclude<Dependency, { kind: 'table' }>,
  number: number,
): LogStatements {
  const column = identifier(key.name)
  const insertInto = `${into} select distinct ${literal(view)}, ${kind === 'key' ? DIRTY_KEY : number}`
  const from = (rows: string) => `${insertInto}, r.${column}::text from ${rows} r where r.${column} is not null`
  const pk = primaryKey(table)
  return {
    insert: from('new_rows'),
    // The row may have moved to another key: both are dirty.
    update:
      columns === undefined
        ? from(`(select ${column} from old_rows union select ${column} from new_rows)`)
        : `${insertInto}, k.key
    from ${pairedRows(pk)}
    cross join lateral (values (o.${column}::text), (n.${column}::text)) k(key)
    where k.key is not null and ${changed(pk, [key, ...columns])}`,
    delete: from('old_rows'),
  }
}

/** Each updated row's old and new image side by side; a row whose primary key changed stands alone, twice. */
function pairedRows(pk: readonly AnyPgColumn[]): string {
  const sameRow = pk.map(({ name }) => `n.${identifier(name)} = o.${identifier(name)}`).join(' and ')
  return `old_rows o full join new_rows n on ${sameRow}`
}

/** Compares images (`*<>`), not values: it works for types without `=`, and 1.0 is not 1.00. */
function changed(pk: readonly AnyPgColumn[], columns: readonly AnyPgColumn[]): string {
  const image = (alias: string) =>
    `row(${columns.map(({ name }) => `${alias}.${identifier(name)}`).join(', ')})::record`
  const first = identifier(pk[0]?.name ?? '')
  return `(o.${first} is null or n.${first} is null or ${image('o')} *<> ${image('n')})`
}
