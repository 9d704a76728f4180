import { getTableConfig, PgDialect } from 'drizzle-orm/pg-core'
import { type Sql, type TransactionSql } from 'postgres'
import { snapshotTransaction } from './apply-transaction.ts'
import { DIRTY_KEY } from './log-ddl.ts'
import { logNameList } from './log-name.ts'
import { type LiveView } from './live-view.ts'
import { overlayKeys, type DirtyName } from './overlay.ts'
import { columnType, identifier, qualified } from './sql-text.ts'
import { sourceName } from './view-ddl.ts'

const KEYS_DEFAULT = 100
const KEYS_MAX = 10_000
/** With more than this waiting, an audit is put off. */
const DIRTY_NAMES_MAX = 1_000

export interface AuditOptions {
  /** Look at the keys after this one; `null` starts over. */
  readonly after: string | null
  /** How many keys to look at. Default 100; at most 10,000. */
  readonly keys?: number | undefined
}

export interface Audit {
  readonly view: string
  /** How many keys were compared. */
  readonly sampled: number
  /** Keys whose stored row is not what the query computes, though nothing of theirs is pending. Now marked dirty. */
  readonly drifted: readonly string[]
  /** What to give as `after` the next time; null past the last key. */
  readonly next: string | null
}

/**
 * Compares the next keys of a view, stored and computed in one snapshot, and marks those that differ dirty, so that they
 * are mended. There should be none: one is a sign of a table that `depends` lacks, or of a write past the triggers.
 */
export async function auditView(
  sql: Sql,
  view: LiveView,
  { after, keys = KEYS_DEFAULT }: AuditOptions,
): Promise<Audit> {
  const count = Math.min(Math.max(1, Math.trunc(keys)), KEYS_MAX)
  const audit = await snapshotTransaction(sql, async (tx): Promise<Audit> => {
    const pending = await pendingKeys(tx, view)
    if (pending === undefined) return { view: view.name, sampled: 0, drifted: [], next: after }
    const parameters = [after, count, JSON.stringify(pending)]
    const rows = await tx.unsafe<{ key: string; drifted: boolean }[]>(auditText(view), parameters)
    const drifted = rows.filter((row) => row.drifted).map(({ key }) => key)
    if (drifted.length > 0) {
      await tx`
        insert into public.live_view_dirty (view, kind, key)
        select ${view.name}, ${DIRTY_KEY}, k from jsonb_array_elements_text(${JSON.stringify(drifted)}::text::jsonb) k`
    }
    const next = rows.length < count ? null : (rows.at(-1)?.key ?? null)
    return { view: view.name, sampled: rows.length, drifted, next }
  })
  if (audit.sampled > 0) await recordAudit(sql, audit)
  return audit
}

/** Outside the snapshot: two audits at once would fail to serialise over the one row. */
async function recordAudit(sql: Sql, { view, sampled, drifted }: Audit): Promise<void> {
  await sql`
    insert into public.live_view_audit as a (view, sampled, drifted, drifted_at)
    values (${view}, ${sampled}, ${drifted.length}, case when ${drifted.length > 0} then clock_timestamp() end)
    on conflict (view) do update set
      sampled = a.sampled + excluded.sampled,
      drifted = a.drifted + excluded.drifted,
      drifted_at = coalesce(excluded.drifted_at, a.drifted_at)`
}

async function pendingKeys(tx: TransactionSql, view: LiveView): Promise<readonly string[] | undefined> {
  const dirty = await tx.unsafe<DirtyName[]>(
    `select distinct kind, key from public.live_view_dirty where view in (${logNameList(view)}) limit ${DIRTY_NAMES_MAX + 1}`,
  )
  return overlayKeys(view, dirty, DIRTY_NAMES_MAX, async (query) => {
    const { sql: text, params } = dialect.sqlToQuery(query)
    return tx.unsafe<{ key: string }[]>(text, params as string[])
  })
}

const dialect = new PgDialect()

/** $1: the key to start after, or null; $2: how many; $3: keys to leave out, as a JSON array. */
function auditText(view: LiveView): string {
  const key = identifier(view.key.name)
  const type = columnType(view.key)
  const stored = qualified(view.name)
  const source = qualified(sourceName(view))
  const names = getTableConfig(view.table).columns.map(({ name }) => identifier(name))
  const row = (alias: string) => `row(${names.map((name) => `${alias}.${name}`).join(', ')})::record`
  const nextOf = (relation: string) =>
    `(select r.${key} as key from ${relation} r where $1::text is null or r.${key} > $1::text::${type} order by r.${key} limit $2::int)`
  return `with sample as materialized (
  select distinct s.key from (${nextOf(stored)} union all ${nextOf(source)}) s order by s.key limit $2::int
)
select s.key::text as key,
  s.key::text <> all (array(select k from pg_catalog.jsonb_array_elements_text($3::text::jsonb) k))
    and (
      (c.${key} is null) <> (f.${key} is null)
      or (c.${key} is not null and f.${key} is not null and ${row('c')} *<> ${row('f')})
    ) as drifted
from sample s
left join lateral (select * from ${stored} c where c.${key} = s.key offset 0) c on true
left join lateral (select * from ${source} f where f.${key} = s.key offset 0) f on true
order by s.key`
}
