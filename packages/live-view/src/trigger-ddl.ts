import { type AnyPgColumn } from 'drizzle-orm/pg-core'
import { primaryKey, type Dependency } from './dependency.ts'
import { DIRTY_ALL, DIRTY_KEY, WAKE_CHANNEL } from './log-ddl.ts'
import { logName } from './log-name.ts'
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
        triggerFunction(logName(view, number), qualified(name), dependency, number),
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
 * Runs as its owner, so that writers need no right on the log; therefore every name and operator in it is qualified
 * (a `set search_path` clause would do the same for some 8 µs a call, of about 45).
 *
 * It inserts into the log, and NOTIFYs only when no applier has promised to poll and nothing older of this view
 * waits: NOTIFY takes a cluster-wide lock until commit.
 */
function triggerFunction(log: string, name: string, dependency: Dependency, number: number): string {
  const into = 'insert into public.live_view_dirty (view, kind, key)'
  const rows = dependency.kind === 'table' ? wholeView(into, log, dependency) : oneKey(into, log, dependency, number)
  return `create or replace function ${name}() returns trigger
language plpgsql security definer as $live_view$
begin
  if tg_op operator(pg_catalog.=) 'INSERT' then
    ${rows.insert};
  elsif tg_op operator(pg_catalog.=) 'UPDATE' then
    ${rows.update};
  elsif tg_op operator(pg_catalog.=) 'DELETE' then
    ${rows.delete};
  else
    ${into} values (${literal(log)}, ${DIRTY_ALL}, '');
  end if;
  if not found then
    return null;
  end if;
  if (select w.awake_until from public.live_view_wake w) operator(pg_catalog.>) pg_catalog.clock_timestamp() then
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

type LogStatements = Record<'insert' | 'update' | 'delete', string>

function wholeView(
  into: string,
  log: string,
  { columns, table }: Extract<Dependency, { kind: 'table' }>,
): LogStatements {
  const row = `${into} select ${literal(log)}, ${DIRTY_ALL}, ''`
  const pk = primaryKey(table)
  return {
    insert: `${row} where exists (select from new_rows)`,
    update:
      columns === undefined
        ? `${row} where exists (select from new_rows)`
        : `${row} where exists (select from ${pairedRows(pk)} where ${changed(pk, columns)})`,
    delete: `${row} where exists (select from old_rows)`,
  }
}

function oneKey(
  into: string,
  log: string,
  { kind, key, columns, table }: Exclude<Dependency, { kind: 'table' }>,
  number: number,
): LogStatements {
  const column = identifier(key.name)
  const pk = primaryKey(table)
  const keyIsUnique = pk.length === 1 && pk[0] === key
  // Sparing a lone row the DISTINCT saves some 20 µs.
  const insertInto = `${into} select ${keyIsUnique ? '' : 'distinct '}${literal(log)}, ${kind === 'key' ? DIRTY_KEY : number}`
  const from = (rows: string) =>
    `${insertInto}, r.${column}::pg_catalog.text from ${rows} r where r.${column} is not null`
  return {
    insert: from('new_rows'),
    // The row may have moved to another key: both are dirty.
    update:
      pk.length === 0
        ? from(`(select ${column} from old_rows union select ${column} from new_rows)`)
        : `${insertInto}, k.key
    from ${pairedRows(pk)}
    cross join lateral (
      values (true, n.${column}::pg_catalog.text), (n.${column} is null or ${image('o', [key])} operator(pg_catalog.*<>) ${image('n', [key])}, o.${column}::pg_catalog.text)
    ) k(counts, key)
    where k.counts and k.key is not null${columns === undefined ? '' : ` and ${changed(pk, [key, ...columns])}`}`,
    delete: from('old_rows'),
  }
}

/** Each updated row's old and new image side by side; a row whose primary key changed stands alone, twice. */
function pairedRows(pk: readonly AnyPgColumn[]): string {
  const sameRow = pk.map(({ name }) => `n.${identifier(name)} operator(pg_catalog.=) o.${identifier(name)}`)
  return `old_rows o full join new_rows n on ${sameRow.join(' and ')}`
}

function changed(pk: readonly AnyPgColumn[], columns: readonly AnyPgColumn[]): string {
  const first = identifier(pk[0]?.name ?? '')
  const differs = `${image('o', columns)} operator(pg_catalog.*<>) ${image('n', columns)}`
  return `(o.${first} is null or n.${first} is null or ${differs})`
}

/** Compared with `*<>`, as stored and not as valued: it works for types without `=`, and 1.0 is not 1.00. */
function image(alias: string, columns: readonly AnyPgColumn[]): string {
  return `row(${columns.map(({ name }) => `${alias}.${identifier(name)}`).join(', ')})::pg_catalog.record`
}
