/** The channel that wakes sleeping appliers. */
export const WAKE_CHANNEL = 'live_view'

/** The channel that tells which view changed, once for each applied batch. */
export const CHANGE_CHANNEL = 'live_view_changed'

/** In landed migrations, the sign that these tables have the columns of this release. */
export const TABLES_COMMENT = 'How far each view is. live views, tables 3'

/** What a row of the dirty log says: `key` names a row of the view, the whole view, or (from 1) a row of dependency number `kind`. */
export const DIRTY_KEY = 0
export const DIRTY_ALL = -1

/** The tables and functions that all views share. Safe to run again. */
export const commonStatements: readonly string[] = [
  `create table if not exists public.live_view_dirty (
  view text not null,
  kind smallint not null,
  key text not null default '',
  xid xid8 not null default pg_catalog.pg_current_xact_id(),
  at timestamptz not null default pg_catalog.clock_timestamp()
)`,
  `comment on table public.live_view_dirty is 'What each view has not taken in yet. Appended by triggers, deleted by the transaction that applies it.'`,
  // A queue: vacuum by count of dead rows, not by share of a table that is mostly empty.
  `alter table public.live_view_dirty set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0)`,
  // Finds a view's oldest row (lag, next batch) and its newest (debounce) by one probe each.
  `create index if not exists live_view_dirty_view_at on public.live_view_dirty (view, at)`,
  `create table if not exists public.live_view_status (
  view text primary key,
  strategy text not null,
  version integer not null,
  definition text not null,
  last_applied_at timestamptz,
  last_duration_ms double precision,
  last_keys integer,
  error text,
  error_at timestamptz,
  failures integer not null default 0
) with (fillfactor = 50)`,
  `create table if not exists public.live_view_history (
  id bigint generated always as identity primary key,
  view text not null,
  what text not null check (what in ('rebuild', 'refresh', 'failure')),
  finished_at timestamptz not null default pg_catalog.clock_timestamp(),
  duration_ms double precision not null,
  keys integer,
  error text
)`,
  `create index if not exists live_view_history_view_id on public.live_view_history (view, id)`,
  // Starts at the clock (ms), so that a view that is made anew counts on from above what any watcher has seen.
  `alter table public.live_view_status
  add column if not exists paused_at timestamptz,
  add column if not exists change_version bigint not null default (extract(epoch from pg_catalog.clock_timestamp()) * 1000)::bigint`,
  `comment on table public.live_view_status is '${TABLES_COMMENT}'`,
  // The last changes of each view; null stands for more keys or tenants than are kept.
  `create table if not exists public.live_view_change (
  view text not null,
  version bigint not null,
  keys jsonb,
  tenants jsonb,
  primary key (view, version)
)`,
  // Apart from the status, so that audits and appliers do not wait for each other's row.
  `create table if not exists public.live_view_audit (
  view text primary key,
  sampled bigint not null,
  drifted bigint not null,
  drifted_at timestamptz
) with (fillfactor = 50)`,
  // What each view kept and missed of its service level, by minute; and until when that is known.
  `create table if not exists public.live_view_service (
  view text not null,
  minute timestamptz not null,
  kept_ms double precision not null,
  missed_ms double precision not null,
  primary key (view, minute)
) with (fillfactor = 50)`,
  `create table if not exists public.live_view_probe (
  view text primary key,
  probed_at timestamptz not null
) with (fillfactor = 50)`,
  // Until when an applier promises to poll. One row; its writers are the appliers, at most once a second.
  `create table if not exists public.live_view_wake (
  only_row boolean primary key default true check (only_row),
  awake_until timestamptz not null
) with (fillfactor = 50)`,
  `insert into public.live_view_wake (awake_until) values ('-infinity') on conflict do nothing`,
  // Finds what belongs to a view by its comments, so that it drops what an older declaration made, and nothing else.
  `create or replace function public.live_view_drop(which text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $live_view$
declare
  owned record;
begin
  for owned in
    select p.oid::regprocedure as name from pg_proc p
    where obj_description(p.oid, 'pg_proc') = 'live-view ' || which || ' trigger'
  loop
    execute format('drop function %s cascade', owned.name);
  end loop;
  for owned in
    select c.oid::regclass as name, case c.relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end as kind
    from pg_class c
    where starts_with(obj_description(c.oid, 'pg_class'), 'live-view ' || which || ' ')
    order by c.relkind = 'v' desc
  loop
    execute format('drop %s %s', owned.kind, owned.name);
  end loop;
  delete from public.live_view_dirty where view = which or starts_with(view, which || '/');
  delete from public.live_view_change where view = which;
  delete from public.live_view_audit where view = which;
  delete from public.live_view_service where view = which;
  delete from public.live_view_probe where view = which;
  delete from public.live_view_status where view = which;
end
$live_view$`,
]
