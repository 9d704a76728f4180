import { type Sql } from 'postgres'

/*
 * Three designs that look right and are not. Each applies the log of `totals`. They write alike; they differ from the library
 * in how they take rows from the log, and in what keeps two of them apart.
 */

const LOCK = 4242

const RECOMPUTED = `fresh as materialized (
  select s.* from totals_source s where s.group_id in (select key from wanted)
), written as (
  insert into totals select * from fresh
  on conflict (group_id) do update set items = excluded.items, total = excluded.total
)`
const REMOVED = `delete from totals t
where t.group_id in (select key from wanted) and t.group_id not in (select group_id from fresh)`

export async function installWatermark(db: Sql): Promise<void> {
  await db.unsafe(`
    create table numbered_log (n bigint generated always as identity, key integer not null);
    create table watermark (n bigint not null);
    insert into watermark values (0);
    create function number_change() returns trigger language plpgsql as $$
    begin
      if tg_op <> 'INSERT' then insert into numbered_log (key) values (old.group_id); end if;
      if tg_op <> 'DELETE' then insert into numbered_log (key) values (new.group_id); end if;
      return null;
    end $$;
    create trigger number_change after insert or update or delete on items for each row execute function number_change()`)
}

/** Reads on from the highest number it has seen: a number taken early and committed late is skipped. */
export async function sequenceWatermark(sql: Sql): Promise<void> {
  await sql.begin('read write', async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK})`
    const [to] = await tx<{ n: string }[]>`select coalesce(max(n), 0)::text as n from numbered_log`
    await tx.unsafe(
      `with wanted as materialized (
        select distinct l.key from numbered_log l, watermark w where l.n > w.n and l.n <= ${to?.n ?? 0}
      ), ${RECOMPUTED} ${REMOVED}`,
    )
    await tx`update watermark set n = greatest(n, ${to?.n ?? '0'}::bigint)`
    await tx`delete from live_view_dirty where view = 'totals'`
  })
}

/** Lets appliers share the log: two of them recompute one key, and the one with the older snapshot commits last. */
export async function skipLocked(sql: Sql): Promise<void> {
  await sql.begin('read write', async (tx) => {
    const taken = await tx<{ key: string }[]>`
      delete from live_view_dirty where ctid = any (array(
        select ctid from live_view_dirty where view = 'totals' order by at limit 1 for update skip locked
      )) returning key`
    if (taken.length === 0) return
    const [row] = await tx<{ items: number; total: number }[]>`
      select items, total from totals_source where group_id = ${taken[0]?.key ?? '0'}::integer`
    await (row === undefined
      ? tx`delete from totals where group_id = ${taken[0]?.key ?? '0'}::integer`
      : tx`
          insert into totals values (${taken[0]?.key ?? '0'}::integer, ${row.items}, ${row.total})
          on conflict (group_id) do update set items = excluded.items, total = excluded.total`)
  })
}

/**
 * Takes the lock in the statement that reads: while that waits for the lock, its snapshot grows old, and what it then
 * recomputes replaces what the holder computed later and has struck from the log.
 */
export async function lockAndReadInOne(sql: Sql): Promise<void> {
  await sql.begin('read write', async (tx) => {
    for (let chunk = 0; chunk < 2; chunk += 1) {
      const done = await tx.unsafe<{ place: string }[]>(`
        with locked as materialized (select pg_advisory_xact_lock(${LOCK})), batch as materialized (
          select d.ctid::text as place, d.key::integer as key from locked, live_view_dirty d where d.view = 'totals' order by d.at limit 1
        ), wanted as materialized (select key from batch), ${RECOMPUTED}, gone as (${REMOVED}) select place from batch`)
      await tx`delete from live_view_dirty where ctid = any (${done.map(({ place }) => place)}::tid[])`
    }
  })
}
