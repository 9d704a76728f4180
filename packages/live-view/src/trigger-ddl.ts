import { type AnyPgColumn } from 'drizzle-orm/pg-core'
import { primaryKey, type Dependency, type RowChoice } from './dependency.ts'
import { DIRTY_ALL, DIRTY_KEY, WAKE_CHANNEL } from './log-ddl.ts'
import { logName } from './log-name.ts'
import { identifier, literal, qualified, qualifiedTable } from './sql-text.ts'
import { type AnyView } from './view.ts'

/**
 * By the ends of their names. What comes and goes is logged by the statement, for it often does so in bulk; a trigger with
 * transition tables serves one event. What is updated is compared row by row, which costs an update of one row a third of what
 * a join of transition tables does, and one of nothing that counts a tenth.
 */
const TRIGGERS: Readonly<Record<string, string>> = {
  insert: 'insert on TABLE referencing new table as new_rows\n  for each statement',
  update: 'update on TABLE\n  for each row',
  delete: 'delete on TABLE referencing old table as old_rows\n  for each statement',
  truncate: 'truncate on TABLE\n  for each statement',
}
/** After the rows of an update, for a view that is dirty as a whole: once is enough. */
const UPDATED = { updated: 'update on TABLE\n  for each statement' }

/** The triggers of one dependency, by name, and the statements that (re)make them with their function. */
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
    const triggers = Object.entries(dependency.kind === 'table' ? { ...TRIGGERS, ...UPDATED } : TRIGGERS)
    return {
      table,
      names: triggers.map(([end]) => `${name}_${end}`),
      statements: [
        triggerFunction(logName(view, number), name, dependency, number),
        `comment on function ${qualified(name)}() is ${literal(`live-view ${view.name} trigger`)}`,
        ...triggers.map(
          ([end, event]) =>
            `create or replace trigger ${identifier(`${name}_${end}`)} after ${event.replace('TABLE', table)} execute function ${qualified(name)}()`,
        ),
      ],
    }
  })
}

/**
 * Runs as its owner, so that writers need no right on the log; therefore every name and operator in it is qualified
 * (a `set search_path` clause would do the same for some 8 µs a call, of about 25).
 *
 * It inserts into the log, and NOTIFYs only when no applier has promised to poll and nothing older of this view
 * waits: NOTIFY takes a cluster-wide lock until commit.
 */
function triggerFunction(log: string, name: string, dependency: Dependency, number: number): string {
  const into = 'insert into public.live_view_dirty (view, kind, key)'
  const change =
    dependency.kind === 'table' ? wholeView(into, log, dependency, name) : oneKey(into, log, dependency, number)
  return `create or replace function ${qualified(name)}() returns trigger
language plpgsql security definer as $live_view$
declare
  awake boolean;
begin
  if tg_level operator(pg_catalog.=) 'ROW' then
    ${change.row}
  elsif tg_op operator(pg_catalog.=) 'INSERT' then
    ${change.insert};${
      change.updated === undefined
        ? ''
        : `
  elsif tg_op operator(pg_catalog.=) 'UPDATE' then
    ${change.updated}`
    }
  elsif tg_op operator(pg_catalog.=) 'DELETE' then
    ${change.delete};
  else
    ${into} values (${literal(log)}, ${DIRTY_ALL}, '');
  end if;
  if not found then
    return null;
  end if;
  select w.awake_until operator(pg_catalog.>) pg_catalog.clock_timestamp() into awake from public.live_view_wake w;
  if awake then
    return null;
  end if;
  if not exists (
    select from public.live_view_dirty d
    where d.view operator(pg_catalog.=) ${literal(log)} and d.xid operator(pg_catalog.<>) pg_catalog.pg_current_xact_id()
  ) then
    perform pg_catalog.pg_notify(${literal(WAKE_CHANNEL)}, '');
  end if;
  return null;
end
$live_view$`
}

interface LogStatements {
  /** For each updated row. */
  readonly row: string
  readonly insert: string
  /** After the updated rows. */
  readonly updated?: string
  readonly delete: string
}

/** Updated rows leave a sign in a setting of their transaction, which is undone with a savepoint as what they wrote is. */
function wholeView(
  into: string,
  log: string,
  { columns, rows, table }: Extract<Dependency, { kind: 'table' }>,
  name: string,
): LogStatements {
  const sign = literal(`live_view.${name}`)
  const row = `${into} select ${literal(log)}, ${DIRTY_ALL}, ''`
  const leave = `perform pg_catalog.set_config(${sign}, 'changed', true);`
  const among = (changed: string) =>
    `${row} where exists (select from ${changed}${rows === undefined ? '' : ` r where ${chosen('r', rows)}`})`
  return {
    row: `${passOver(rows)}${
      columns === undefined
        ? leave
        : `if ${differs([...primaryKey(table), ...columns])} then
      ${leave}
    end if;`
    }
    return null;`,
    insert: among('new_rows'),
    updated: `if pg_catalog.current_setting(${sign}, true) operator(pg_catalog.=) 'changed' then
      perform pg_catalog.set_config(${sign}, '', true);
      ${into} values (${literal(log)}, ${DIRTY_ALL}, '');
    else
      return null;
    end if;`,
    delete: among('old_rows'),
  }
}

function oneKey(
  into: string,
  log: string,
  { kind, key, columns, rows, table }: Exclude<Dependency, { kind: 'table' }>,
  number: number,
): LogStatements {
  const column = identifier(key.name)
  const pk = primaryKey(table)
  const keyIsUnique = pk.length === 1 && pk[0] === key
  const named = `${literal(log)}, ${kind === 'key' ? DIRTY_KEY : number}`
  // Sparing a lone row the DISTINCT saves some 20 µs.
  const from = (changed: string) =>
    `${into} select ${keyIsUnique ? '' : 'distinct '}${named}, r.${column}::pg_catalog.text from ${changed} r where r.${column} is not null${rows === undefined ? '' : ` and ${chosen('r', rows)}`}`
  const one = (image: string) => `${into} values (${named}, ${image}.${column}::pg_catalog.text);`
  const spared =
    columns === undefined
      ? ''
      : `if not ${differs([key, ...pk, ...columns])} then
      return null;
    end if;
    `
  return {
    // The row may have moved to another key: both are dirty.
    row: `${passOver(rows)}${spared}if new.${column} is not null then
      ${one('new')}
    end if;
    if old.${column} is not null and ${differs([key])} then
      ${one('old')}
    end if;`,
    insert: from('new_rows'),
    delete: from('old_rows'),
  }
}

/** Leaves the function for an updated row that the view shows nothing of, before as after. */
function passOver(rows: RowChoice | undefined): string {
  return rows === undefined
    ? ''
    : `if (${chosen('old', rows)} or ${chosen('new', rows)}) is not true then
      return null;
    end if;
    `
}

function chosen(record: string, { column, values }: RowChoice): string {
  return `${record}.${identifier(column.name)}::pg_catalog.text operator(pg_catalog.=) any (array[${values.map(literal).join(', ')}])`
}

/** Compared with `*<>`, as stored and not as valued: it works for types without `=`, and 1.0 is not 1.00. */
function differs(columns: readonly AnyPgColumn[]): string {
  const image = (record: string) =>
    `row(${[...new Set(columns)].map(({ name }) => `${record}.${identifier(name)}`).join(', ')})::pg_catalog.record`
  return `(${image('old')} operator(pg_catalog.*<>) ${image('new')})`
}
