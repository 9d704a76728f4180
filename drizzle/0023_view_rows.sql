create table if not exists public.live_view_dirty (
  view text not null,
  kind smallint not null,
  key text not null default '',
  xid xid8 not null default pg_catalog.pg_current_xact_id(),
  at timestamptz not null default pg_catalog.clock_timestamp()
);
--> statement-breakpoint
comment on table public.live_view_dirty is 'What each view has not taken in yet. Appended by triggers, deleted by the transaction that applies it.';
--> statement-breakpoint
alter table public.live_view_dirty set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
--> statement-breakpoint
create index if not exists live_view_dirty_view_at on public.live_view_dirty (view, at);
--> statement-breakpoint
create table if not exists public.live_view_status (
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
) with (fillfactor = 50);
--> statement-breakpoint
create table if not exists public.live_view_history (
  id bigint generated always as identity primary key,
  view text not null,
  what text not null check (what in ('rebuild', 'refresh', 'failure')),
  finished_at timestamptz not null default pg_catalog.clock_timestamp(),
  duration_ms double precision not null,
  keys integer,
  error text
);
--> statement-breakpoint
create index if not exists live_view_history_view_id on public.live_view_history (view, id);
--> statement-breakpoint
alter table public.live_view_status
  add column if not exists paused_at timestamptz,
  add column if not exists change_version bigint not null default (extract(epoch from pg_catalog.clock_timestamp()) * 1000)::bigint;
--> statement-breakpoint
comment on table public.live_view_status is 'How far each view is. live views, tables 3';
--> statement-breakpoint
create table if not exists public.live_view_change (
  view text not null,
  version bigint not null,
  keys jsonb,
  tenants jsonb,
  primary key (view, version)
);
--> statement-breakpoint
create table if not exists public.live_view_audit (
  view text primary key,
  sampled bigint not null,
  drifted bigint not null,
  drifted_at timestamptz
) with (fillfactor = 50);
--> statement-breakpoint
create table if not exists public.live_view_service (
  view text not null,
  minute timestamptz not null,
  kept_ms double precision not null,
  missed_ms double precision not null,
  primary key (view, minute)
) with (fillfactor = 50);
--> statement-breakpoint
create table if not exists public.live_view_probe (
  view text primary key,
  probed_at timestamptz not null
) with (fillfactor = 50);
--> statement-breakpoint
create table if not exists public.live_view_wake (
  only_row boolean primary key default true check (only_row),
  awake_until timestamptz not null
) with (fillfactor = 50);
--> statement-breakpoint
insert into public.live_view_wake (awake_until) values ('-infinity') on conflict do nothing;
--> statement-breakpoint
create or replace function public.live_view_drop(which text) returns void
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
$live_view$;
--> statement-breakpoint
select public.live_view_drop('usage');
--> statement-breakpoint
select public.live_view_drop('insights');
--> statement-breakpoint
select public.live_view_drop('catalog');
--> statement-breakpoint
create or replace function "public"."catalog_dirty_1"() returns trigger
language plpgsql security definer as $live_view$
declare
  awake boolean;
begin
  if tg_level operator(pg_catalog.=) 'ROW' then
    if (old."status"::pg_catalog.text operator(pg_catalog.=) any (array['READY']) or new."status"::pg_catalog.text operator(pg_catalog.=) any (array['READY'])) is not true then
      return null;
    end if;
    if new."id" is not null then
      insert into public.live_view_dirty (view, kind, key) values ('catalog', 0, new."id"::pg_catalog.text);
    end if;
    if old."id" is not null and (row(old."id")::pg_catalog.record operator(pg_catalog.*<>) row(new."id")::pg_catalog.record) then
      insert into public.live_view_dirty (view, kind, key) values ('catalog', 0, old."id"::pg_catalog.text);
    end if;
  elsif tg_op operator(pg_catalog.=) 'INSERT' then
    insert into public.live_view_dirty (view, kind, key) select 'catalog', 0, r."id"::pg_catalog.text from new_rows r where r."id" is not null and r."status"::pg_catalog.text operator(pg_catalog.=) any (array['READY']);
  elsif tg_op operator(pg_catalog.=) 'DELETE' then
    insert into public.live_view_dirty (view, kind, key) select 'catalog', 0, r."id"::pg_catalog.text from old_rows r where r."id" is not null and r."status"::pg_catalog.text operator(pg_catalog.=) any (array['READY']);
  else
    insert into public.live_view_dirty (view, kind, key) values ('catalog', -1, '');
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
    where d.view operator(pg_catalog.=) 'catalog' and d.xid operator(pg_catalog.<>) pg_catalog.pg_current_xact_id()
  ) then
    perform pg_catalog.pg_notify('live_view', '');
  end if;
  return null;
end
$live_view$;
--> statement-breakpoint
comment on function "public"."catalog_dirty_1"() is 'live-view catalog trigger';
--> statement-breakpoint
create or replace trigger "catalog_dirty_1_insert" after insert on "public"."files" referencing new table as new_rows
  for each statement execute function "public"."catalog_dirty_1"();
--> statement-breakpoint
create or replace trigger "catalog_dirty_1_update" after update on "public"."files"
  for each row execute function "public"."catalog_dirty_1"();
--> statement-breakpoint
create or replace trigger "catalog_dirty_1_delete" after delete on "public"."files" referencing old table as old_rows
  for each statement execute function "public"."catalog_dirty_1"();
--> statement-breakpoint
create or replace trigger "catalog_dirty_1_truncate" after truncate on "public"."files"
  for each statement execute function "public"."catalog_dirty_1"();
--> statement-breakpoint
create or replace function "public"."catalog_dirty_2"() returns trigger
language plpgsql security definer as $live_view$
declare
  awake boolean;
begin
  if tg_level operator(pg_catalog.=) 'ROW' then
    if not (row(old."file_id", old."id", old."status")::pg_catalog.record operator(pg_catalog.*<>) row(new."file_id", new."id", new."status")::pg_catalog.record) then
      return null;
    end if;
    if new."file_id" is not null then
      insert into public.live_view_dirty (view, kind, key) values ('catalog', 0, new."file_id"::pg_catalog.text);
    end if;
    if old."file_id" is not null and (row(old."file_id")::pg_catalog.record operator(pg_catalog.*<>) row(new."file_id")::pg_catalog.record) then
      insert into public.live_view_dirty (view, kind, key) values ('catalog', 0, old."file_id"::pg_catalog.text);
    end if;
  elsif tg_op operator(pg_catalog.=) 'INSERT' then
    insert into public.live_view_dirty (view, kind, key) select distinct 'catalog', 0, r."file_id"::pg_catalog.text from new_rows r where r."file_id" is not null;
  elsif tg_op operator(pg_catalog.=) 'DELETE' then
    insert into public.live_view_dirty (view, kind, key) select distinct 'catalog', 0, r."file_id"::pg_catalog.text from old_rows r where r."file_id" is not null;
  else
    insert into public.live_view_dirty (view, kind, key) values ('catalog', -1, '');
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
    where d.view operator(pg_catalog.=) 'catalog' and d.xid operator(pg_catalog.<>) pg_catalog.pg_current_xact_id()
  ) then
    perform pg_catalog.pg_notify('live_view', '');
  end if;
  return null;
end
$live_view$;
--> statement-breakpoint
comment on function "public"."catalog_dirty_2"() is 'live-view catalog trigger';
--> statement-breakpoint
create or replace trigger "catalog_dirty_2_insert" after insert on "public"."jobs" referencing new table as new_rows
  for each statement execute function "public"."catalog_dirty_2"();
--> statement-breakpoint
create or replace trigger "catalog_dirty_2_update" after update on "public"."jobs"
  for each row execute function "public"."catalog_dirty_2"();
--> statement-breakpoint
create or replace trigger "catalog_dirty_2_delete" after delete on "public"."jobs" referencing old table as old_rows
  for each statement execute function "public"."catalog_dirty_2"();
--> statement-breakpoint
create or replace trigger "catalog_dirty_2_truncate" after truncate on "public"."jobs"
  for each statement execute function "public"."catalog_dirty_2"();
--> statement-breakpoint
create or replace function "public"."catalog_dirty_3"() returns trigger
language plpgsql security definer as $live_view$
declare
  awake boolean;
begin
  if tg_level operator(pg_catalog.=) 'ROW' then
    if new."file_id" is not null then
      insert into public.live_view_dirty (view, kind, key) values ('catalog', 0, new."file_id"::pg_catalog.text);
    end if;
    if old."file_id" is not null and (row(old."file_id")::pg_catalog.record operator(pg_catalog.*<>) row(new."file_id")::pg_catalog.record) then
      insert into public.live_view_dirty (view, kind, key) values ('catalog', 0, old."file_id"::pg_catalog.text);
    end if;
  elsif tg_op operator(pg_catalog.=) 'INSERT' then
    insert into public.live_view_dirty (view, kind, key) select distinct 'catalog', 0, r."file_id"::pg_catalog.text from new_rows r where r."file_id" is not null;
  elsif tg_op operator(pg_catalog.=) 'DELETE' then
    insert into public.live_view_dirty (view, kind, key) select distinct 'catalog', 0, r."file_id"::pg_catalog.text from old_rows r where r."file_id" is not null;
  else
    insert into public.live_view_dirty (view, kind, key) values ('catalog', -1, '');
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
    where d.view operator(pg_catalog.=) 'catalog' and d.xid operator(pg_catalog.<>) pg_catalog.pg_current_xact_id()
  ) then
    perform pg_catalog.pg_notify('live_view', '');
  end if;
  return null;
end
$live_view$;
--> statement-breakpoint
comment on function "public"."catalog_dirty_3"() is 'live-view catalog trigger';
--> statement-breakpoint
create or replace trigger "catalog_dirty_3_insert" after insert on "public"."outputs" referencing new table as new_rows
  for each statement execute function "public"."catalog_dirty_3"();
--> statement-breakpoint
create or replace trigger "catalog_dirty_3_update" after update on "public"."outputs"
  for each row execute function "public"."catalog_dirty_3"();
--> statement-breakpoint
create or replace trigger "catalog_dirty_3_delete" after delete on "public"."outputs" referencing old table as old_rows
  for each statement execute function "public"."catalog_dirty_3"();
--> statement-breakpoint
create or replace trigger "catalog_dirty_3_truncate" after truncate on "public"."outputs"
  for each statement execute function "public"."catalog_dirty_3"();
--> statement-breakpoint
create or replace function "public"."catalog_dirty_4"() returns trigger
language plpgsql security definer as $live_view$
declare
  awake boolean;
begin
  if tg_level operator(pg_catalog.=) 'ROW' then
    if not (row(old."id", old."name")::pg_catalog.record operator(pg_catalog.*<>) row(new."id", new."name")::pg_catalog.record) then
      return null;
    end if;
    if new."id" is not null then
      insert into public.live_view_dirty (view, kind, key) values ('catalog', 4, new."id"::pg_catalog.text);
    end if;
    if old."id" is not null and (row(old."id")::pg_catalog.record operator(pg_catalog.*<>) row(new."id")::pg_catalog.record) then
      insert into public.live_view_dirty (view, kind, key) values ('catalog', 4, old."id"::pg_catalog.text);
    end if;
  elsif tg_op operator(pg_catalog.=) 'INSERT' then
    insert into public.live_view_dirty (view, kind, key) select 'catalog', 4, r."id"::pg_catalog.text from new_rows r where r."id" is not null;
  elsif tg_op operator(pg_catalog.=) 'DELETE' then
    insert into public.live_view_dirty (view, kind, key) select 'catalog', 4, r."id"::pg_catalog.text from old_rows r where r."id" is not null;
  else
    insert into public.live_view_dirty (view, kind, key) values ('catalog', -1, '');
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
    where d.view operator(pg_catalog.=) 'catalog' and d.xid operator(pg_catalog.<>) pg_catalog.pg_current_xact_id()
  ) then
    perform pg_catalog.pg_notify('live_view', '');
  end if;
  return null;
end
$live_view$;
--> statement-breakpoint
comment on function "public"."catalog_dirty_4"() is 'live-view catalog trigger';
--> statement-breakpoint
create or replace trigger "catalog_dirty_4_insert" after insert on "public"."users" referencing new table as new_rows
  for each statement execute function "public"."catalog_dirty_4"();
--> statement-breakpoint
create or replace trigger "catalog_dirty_4_update" after update on "public"."users"
  for each row execute function "public"."catalog_dirty_4"();
--> statement-breakpoint
create or replace trigger "catalog_dirty_4_delete" after delete on "public"."users" referencing old table as old_rows
  for each statement execute function "public"."catalog_dirty_4"();
--> statement-breakpoint
create or replace trigger "catalog_dirty_4_truncate" after truncate on "public"."users"
  for each statement execute function "public"."catalog_dirty_4"();
--> statement-breakpoint
create view "public"."catalog_source" with (security_invoker = true) as
select s."id"::text as "id", s."workspace_id"::text as "workspace_id", s."name"::text as "name", s."sort_name"::text as "sort_name", s."search_text"::text as "search_text", s."type"::text as "type", s."media_type"::text as "media_type", s."size_bytes"::bigint as "size_bytes", s."tags"::text[] as "tags", s."status"::text as "status", s."owner_name"::text as "owner_name", s."created_at"::timestamp with time zone as "created_at", s."download_count"::integer as "download_count", s."jobs_active"::integer as "jobs_active", s."jobs_done"::integer as "jobs_done", s."jobs_failed"::integer as "jobs_failed", s."thumbnail_id"::text as "thumbnail_id", s."larger_id"::text as "larger_id", s."larger_width"::integer as "larger_width", s."blurhash"::text as "blurhash", s."width"::integer as "width", s."height"::integer as "height", s."row_count"::bigint as "row_count", s."column_count"::integer as "column_count", s."duration_seconds"::double precision as "duration_seconds", s."filmstrip"::jsonb as "filmstrip", s."loudness"::smallint[] as "loudness"
from (
select
      f.id,
      f.workspace_id,
      f.name,
      lower(f.name) as sort_name,
      lower(f.name || ' ' || array_to_string(f.tags, ' ')) as search_text,
      f.type,
      f.media_type,
      f.size_bytes,
      f.tags,
      f.status,
      u.name as owner_name,
      f.created_at,
      f.download_count,
      work.jobs_active,
      work.jobs_done,
      work.jobs_failed,
      (
        select o.id
        from public.outputs o
        where o.file_id = f.id and o.role in ('thumbnail', 'poster')
        order by o.id desc
        limit 1
      ) as thumbnail_id,
      larger.id as larger_id,
      larger.width as larger_width,
      image.output ->> 'blurhash' as blurhash,
      coalesce(image.output ->> 'width', picture.track ->> 'width')::integer as width,
      coalesce(image.output ->> 'height', picture.track ->> 'height')::integer as height,
      (dataset.output ->> 'rowCount')::bigint as row_count,
      (dataset.output ->> 'columnCount')::integer as column_count,
      (media.output ->> 'durationSeconds')::double precision as duration_seconds,
      nullif(media.output -> 'filmstrip', 'null') as filmstrip,
      (
        select array_agg(bars.loudest order by bars.bar)
        from (
          select (peak.place - 1) * 48 / peak.places as bar, round(100 * max(peak.height))::smallint as loudest
          from (
            select each.height::double precision, each.place, count(*) over () as places
            from jsonb_array_elements_text(media.output #> '{waveform,peaks}') with ordinality each(height, place)
          ) peak
          group by bar
        ) bars
      ) as loudness
    from public.files f
    join public.users u on u.id = f.owner_id
    cross join lateral (
      select
        (count(*) filter (where j.status in ('PENDING', 'PROCESSING')))::integer as jobs_active,
        (count(*) filter (where j.status = 'COMPLETED'))::integer as jobs_done,
        (count(*) filter (where j.status = 'FAILED'))::integer as jobs_failed
      from public.jobs j
      where j.file_id = f.id
    ) work
    left join lateral (
      select j.output
      from public.jobs j
      where j.file_id = f.id and j.kind = 'image.variants' and j.status = 'COMPLETED'
      order by j.id desc
      limit 1
    ) image on true
    left join lateral (
      select made ->> 'id' as id, (made ->> 'width')::integer as width
      from jsonb_array_elements(image.output -> 'files') made
      where made ->> 'role' = 'variant' and made ->> 'mediaType' = 'image/webp' and (made ->> 'width')::integer > 320
        and coalesce((image.output ->> 'frameCount')::integer, 1) = 1
      order by (made ->> 'width')::integer, made ->> 'id'
      limit 1
    ) larger on true
    left join lateral (
      select j.output
      from public.jobs j
      where j.file_id = f.id and j.kind = 'dataset.profile' and j.status = 'COMPLETED'
      order by j.id desc
      limit 1
    ) dataset on true
    left join lateral (
      select j.output
      from public.jobs j
      where j.file_id = f.id and j.kind = 'media.probe' and j.status = 'COMPLETED'
      order by j.id desc
      limit 1
    ) media on true
    left join lateral (
      select held as track
      from jsonb_array_elements(media.output -> 'tracks') held
      where held ->> 'kind' = 'video'
      limit 1
    ) picture on true
    where f.status = 'READY'
) s;
--> statement-breakpoint
comment on view "public"."catalog_source" is 'live-view catalog source';
--> statement-breakpoint
create table "public"."catalog" (
  "id" text not null,
  "workspace_id" text not null,
  "name" text not null,
  "sort_name" text not null,
  "search_text" text not null,
  "type" text not null,
  "media_type" text not null,
  "size_bytes" bigint not null,
  "tags" text[] not null,
  "status" text not null,
  "owner_name" text not null,
  "created_at" timestamp with time zone not null,
  "download_count" integer not null,
  "jobs_active" integer not null,
  "jobs_done" integer not null,
  "jobs_failed" integer not null,
  "thumbnail_id" text,
  "larger_id" text,
  "larger_width" integer,
  "blurhash" text,
  "width" integer,
  "height" integer,
  "row_count" bigint,
  "column_count" integer,
  "duration_seconds" double precision,
  "filmstrip" jsonb,
  "loudness" smallint[],
  constraint "catalog_key" primary key ("id")
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02);
--> statement-breakpoint
create index "catalog_newest" on "public"."catalog" (workspace_id, id collate "C" desc);
--> statement-breakpoint
create index "catalog_by_name" on "public"."catalog" (workspace_id, sort_name, id);
--> statement-breakpoint
create index "catalog_by_size" on "public"."catalog" (workspace_id, size_bytes, id);
--> statement-breakpoint
create index "catalog_by_type" on "public"."catalog" (workspace_id, type, id collate "C" desc);
--> statement-breakpoint
create index "catalog_by_text" on "public"."catalog" using gin (workspace_id, search_text gin_trgm_ops);
--> statement-breakpoint
create index "catalog_by_tag" on "public"."catalog" using gin (workspace_id, tags);
--> statement-breakpoint
alter table "public"."catalog" enable row level security;
--> statement-breakpoint
create policy "catalog_rows" on "public"."catalog" for select using ("workspace_id" = current_user::text);
--> statement-breakpoint
comment on table "public"."catalog" is 'live-view catalog realtime v3 sha256:cd935028a39e01e8855c2d806c30c5c352c2e662e4be684a457e4ae2629d36c9';
--> statement-breakpoint
insert into public.live_view_status (view, strategy, version, definition)
  values ('catalog', 'realtime', 3, 'sha256:cd935028a39e01e8855c2d806c30c5c352c2e662e4be684a457e4ae2629d36c9');
--> statement-breakpoint
insert into public.live_view_dirty (view, kind) values ('catalog', -1);
--> statement-breakpoint
select pg_catalog.pg_notify('live_view', '');
--> statement-breakpoint
create or replace function "public"."insights_dirty_1"() returns trigger
language plpgsql security definer as $live_view$
declare
  awake boolean;
begin
  if tg_level operator(pg_catalog.=) 'ROW' then
    if (old."status"::pg_catalog.text operator(pg_catalog.=) any (array['READY', 'DELETED']) or new."status"::pg_catalog.text operator(pg_catalog.=) any (array['READY', 'DELETED'])) is not true then
      return null;
    end if;
    if (row(old."id", old."status", old."type", old."size_bytes")::pg_catalog.record operator(pg_catalog.*<>) row(new."id", new."status", new."type", new."size_bytes")::pg_catalog.record) then
      perform pg_catalog.set_config('live_view.insights_dirty_1', 'changed', true);
    end if;
    return null;
  elsif tg_op operator(pg_catalog.=) 'INSERT' then
    insert into public.live_view_dirty (view, kind, key) select 'insights', -1, '' where exists (select from new_rows r where r."status"::pg_catalog.text operator(pg_catalog.=) any (array['READY', 'DELETED']));
  elsif tg_op operator(pg_catalog.=) 'UPDATE' then
    if pg_catalog.current_setting('live_view.insights_dirty_1', true) operator(pg_catalog.=) 'changed' then
      perform pg_catalog.set_config('live_view.insights_dirty_1', '', true);
      insert into public.live_view_dirty (view, kind, key) values ('insights', -1, '');
    else
      return null;
    end if;
  elsif tg_op operator(pg_catalog.=) 'DELETE' then
    insert into public.live_view_dirty (view, kind, key) select 'insights', -1, '' where exists (select from old_rows r where r."status"::pg_catalog.text operator(pg_catalog.=) any (array['READY', 'DELETED']));
  else
    insert into public.live_view_dirty (view, kind, key) values ('insights', -1, '');
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
    where d.view operator(pg_catalog.=) 'insights' and d.xid operator(pg_catalog.<>) pg_catalog.pg_current_xact_id()
  ) then
    perform pg_catalog.pg_notify('live_view', '');
  end if;
  return null;
end
$live_view$;
--> statement-breakpoint
comment on function "public"."insights_dirty_1"() is 'live-view insights trigger';
--> statement-breakpoint
create or replace trigger "insights_dirty_1_insert" after insert on "public"."files" referencing new table as new_rows
  for each statement execute function "public"."insights_dirty_1"();
--> statement-breakpoint
create or replace trigger "insights_dirty_1_update" after update on "public"."files"
  for each row execute function "public"."insights_dirty_1"();
--> statement-breakpoint
create or replace trigger "insights_dirty_1_delete" after delete on "public"."files" referencing old table as old_rows
  for each statement execute function "public"."insights_dirty_1"();
--> statement-breakpoint
create or replace trigger "insights_dirty_1_truncate" after truncate on "public"."files"
  for each statement execute function "public"."insights_dirty_1"();
--> statement-breakpoint
create or replace trigger "insights_dirty_1_updated" after update on "public"."files"
  for each statement execute function "public"."insights_dirty_1"();
--> statement-breakpoint
create or replace function "public"."insights_dirty_2"() returns trigger
language plpgsql security definer as $live_view$
declare
  awake boolean;
begin
  if tg_level operator(pg_catalog.=) 'ROW' then
    if (old."status"::pg_catalog.text operator(pg_catalog.=) any (array['COMPLETED', 'FAILED']) or new."status"::pg_catalog.text operator(pg_catalog.=) any (array['COMPLETED', 'FAILED'])) is not true then
      return null;
    end if;
    if (row(old."id", old."finished_at")::pg_catalog.record operator(pg_catalog.*<>) row(new."id", new."finished_at")::pg_catalog.record) then
      perform pg_catalog.set_config('live_view.insights_dirty_2', 'changed', true);
    end if;
    return null;
  elsif tg_op operator(pg_catalog.=) 'INSERT' then
    insert into public.live_view_dirty (view, kind, key) select 'insights', -1, '' where exists (select from new_rows r where r."status"::pg_catalog.text operator(pg_catalog.=) any (array['COMPLETED', 'FAILED']));
  elsif tg_op operator(pg_catalog.=) 'UPDATE' then
    if pg_catalog.current_setting('live_view.insights_dirty_2', true) operator(pg_catalog.=) 'changed' then
      perform pg_catalog.set_config('live_view.insights_dirty_2', '', true);
      insert into public.live_view_dirty (view, kind, key) values ('insights', -1, '');
    else
      return null;
    end if;
  elsif tg_op operator(pg_catalog.=) 'DELETE' then
    insert into public.live_view_dirty (view, kind, key) select 'insights', -1, '' where exists (select from old_rows r where r."status"::pg_catalog.text operator(pg_catalog.=) any (array['COMPLETED', 'FAILED']));
  else
    insert into public.live_view_dirty (view, kind, key) values ('insights', -1, '');
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
    where d.view operator(pg_catalog.=) 'insights' and d.xid operator(pg_catalog.<>) pg_catalog.pg_current_xact_id()
  ) then
    perform pg_catalog.pg_notify('live_view', '');
  end if;
  return null;
end
$live_view$;
--> statement-breakpoint
comment on function "public"."insights_dirty_2"() is 'live-view insights trigger';
--> statement-breakpoint
create or replace trigger "insights_dirty_2_insert" after insert on "public"."jobs" referencing new table as new_rows
  for each statement execute function "public"."insights_dirty_2"();
--> statement-breakpoint
create or replace trigger "insights_dirty_2_update" after update on "public"."jobs"
  for each row execute function "public"."insights_dirty_2"();
--> statement-breakpoint
create or replace trigger "insights_dirty_2_delete" after delete on "public"."jobs" referencing old table as old_rows
  for each statement execute function "public"."insights_dirty_2"();
--> statement-breakpoint
create or replace trigger "insights_dirty_2_truncate" after truncate on "public"."jobs"
  for each statement execute function "public"."insights_dirty_2"();
--> statement-breakpoint
create or replace trigger "insights_dirty_2_updated" after update on "public"."jobs"
  for each statement execute function "public"."insights_dirty_2"();
--> statement-breakpoint
create materialized view "public"."insights" with (autovacuum_vacuum_scale_factor = 0.02) as
select
    workspace_id,
    day,
    type,
    sum(files)::integer as files,
    sum(size_bytes)::bigint as size_bytes,
    sum(jobs_completed)::integer as jobs_completed,
    sum(jobs_failed)::integer as jobs_failed
  from (
    select
      f.workspace_id,
      (f.ready_at at time zone 'UTC')::date as day,
      f.type,
      1 as files,
      f.size_bytes,
      0 as jobs_completed,
      0 as jobs_failed
    from public.files f
    where f.status = 'READY'
    union all
    select
      j.workspace_id,
      (j.finished_at at time zone 'UTC')::date,
      f.type,
      0,
      0,
      (j.status = 'COMPLETED')::integer,
      (j.status = 'FAILED')::integer
    from public.jobs j
    join public.files f on f.id = j.file_id
    where j.status in ('COMPLETED', 'FAILED')
  ) happened
  group by workspace_id, day, type;
--> statement-breakpoint
create unique index "insights_key" on "public"."insights" ("workspace_id", "day", "type");
--> statement-breakpoint
create view "public"."insights_rows" with (security_barrier = true) as
select * from "public"."insights" where "workspace_id" = current_user::text;
--> statement-breakpoint
comment on view "public"."insights_rows" is 'live-view insights rows';
--> statement-breakpoint
comment on materialized view "public"."insights" is 'live-view insights event v1 sha256:320cd9156e3e68fccc48fbe0506ebc6acd6f4cd3f8e3d417199e35f4f8ce9be7';
--> statement-breakpoint
insert into public.live_view_status (view, strategy, version, definition)
  values ('insights', 'event', 1, 'sha256:320cd9156e3e68fccc48fbe0506ebc6acd6f4cd3f8e3d417199e35f4f8ce9be7');
--> statement-breakpoint
insert into public.live_view_dirty (view, kind) values ('insights', -1);
--> statement-breakpoint
select pg_catalog.pg_notify('live_view', '');
--> statement-breakpoint
create or replace function "public"."usage_dirty_1"() returns trigger
language plpgsql security definer as $live_view$
declare
  awake boolean;
begin
  if tg_level operator(pg_catalog.=) 'ROW' then
    if (old."status"::pg_catalog.text operator(pg_catalog.=) any (array['READY']) or new."status"::pg_catalog.text operator(pg_catalog.=) any (array['READY'])) is not true then
      return null;
    end if;
    if (row(old."id", old."status", old."size_bytes")::pg_catalog.record operator(pg_catalog.*<>) row(new."id", new."status", new."size_bytes")::pg_catalog.record) then
      perform pg_catalog.set_config('live_view.usage_dirty_1', 'changed', true);
    end if;
    return null;
  elsif tg_op operator(pg_catalog.=) 'INSERT' then
    insert into public.live_view_dirty (view, kind, key) select 'usage', -1, '' where exists (select from new_rows r where r."status"::pg_catalog.text operator(pg_catalog.=) any (array['READY']));
  elsif tg_op operator(pg_catalog.=) 'UPDATE' then
    if pg_catalog.current_setting('live_view.usage_dirty_1', true) operator(pg_catalog.=) 'changed' then
      perform pg_catalog.set_config('live_view.usage_dirty_1', '', true);
      insert into public.live_view_dirty (view, kind, key) values ('usage', -1, '');
    else
      return null;
    end if;
  elsif tg_op operator(pg_catalog.=) 'DELETE' then
    insert into public.live_view_dirty (view, kind, key) select 'usage', -1, '' where exists (select from old_rows r where r."status"::pg_catalog.text operator(pg_catalog.=) any (array['READY']));
  else
    insert into public.live_view_dirty (view, kind, key) values ('usage', -1, '');
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
    where d.view operator(pg_catalog.=) 'usage' and d.xid operator(pg_catalog.<>) pg_catalog.pg_current_xact_id()
  ) then
    perform pg_catalog.pg_notify('live_view', '');
  end if;
  return null;
end
$live_view$;
--> statement-breakpoint
comment on function "public"."usage_dirty_1"() is 'live-view usage trigger';
--> statement-breakpoint
create or replace trigger "usage_dirty_1_insert" after insert on "public"."files" referencing new table as new_rows
  for each statement execute function "public"."usage_dirty_1"();
--> statement-breakpoint
create or replace trigger "usage_dirty_1_update" after update on "public"."files"
  for each row execute function "public"."usage_dirty_1"();
--> statement-breakpoint
create or replace trigger "usage_dirty_1_delete" after delete on "public"."files" referencing old table as old_rows
  for each statement execute function "public"."usage_dirty_1"();
--> statement-breakpoint
create or replace trigger "usage_dirty_1_truncate" after truncate on "public"."files"
  for each statement execute function "public"."usage_dirty_1"();
--> statement-breakpoint
create or replace trigger "usage_dirty_1_updated" after update on "public"."files"
  for each statement execute function "public"."usage_dirty_1"();
--> statement-breakpoint
create or replace function "public"."usage_dirty_2"() returns trigger
language plpgsql security definer as $live_view$
declare
  awake boolean;
begin
  if tg_level operator(pg_catalog.=) 'ROW' then
    if (old."status"::pg_catalog.text operator(pg_catalog.=) any (array['COMPLETED', 'FAILED', 'CANCELLED']) or new."status"::pg_catalog.text operator(pg_catalog.=) any (array['COMPLETED', 'FAILED', 'CANCELLED'])) is not true then
      return null;
    end if;
    if (row(old."id", old."finished_at")::pg_catalog.record operator(pg_catalog.*<>) row(new."id", new."finished_at")::pg_catalog.record) then
      perform pg_catalog.set_config('live_view.usage_dirty_2', 'changed', true);
    end if;
    return null;
  elsif tg_op operator(pg_catalog.=) 'INSERT' then
    insert into public.live_view_dirty (view, kind, key) select 'usage', -1, '' where exists (select from new_rows r where r."status"::pg_catalog.text operator(pg_catalog.=) any (array['COMPLETED', 'FAILED', 'CANCELLED']));
  elsif tg_op operator(pg_catalog.=) 'UPDATE' then
    if pg_catalog.current_setting('live_view.usage_dirty_2', true) operator(pg_catalog.=) 'changed' then
      perform pg_catalog.set_config('live_view.usage_dirty_2', '', true);
      insert into public.live_view_dirty (view, kind, key) values ('usage', -1, '');
    else
      return null;
    end if;
  elsif tg_op operator(pg_catalog.=) 'DELETE' then
    insert into public.live_view_dirty (view, kind, key) select 'usage', -1, '' where exists (select from old_rows r where r."status"::pg_catalog.text operator(pg_catalog.=) any (array['COMPLETED', 'FAILED', 'CANCELLED']));
  else
    insert into public.live_view_dirty (view, kind, key) values ('usage', -1, '');
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
    where d.view operator(pg_catalog.=) 'usage' and d.xid operator(pg_catalog.<>) pg_catalog.pg_current_xact_id()
  ) then
    perform pg_catalog.pg_notify('live_view', '');
  end if;
  return null;
end
$live_view$;
--> statement-breakpoint
comment on function "public"."usage_dirty_2"() is 'live-view usage trigger';
--> statement-breakpoint
create or replace trigger "usage_dirty_2_insert" after insert on "public"."jobs" referencing new table as new_rows
  for each statement execute function "public"."usage_dirty_2"();
--> statement-breakpoint
create or replace trigger "usage_dirty_2_update" after update on "public"."jobs"
  for each row execute function "public"."usage_dirty_2"();
--> statement-breakpoint
create or replace trigger "usage_dirty_2_delete" after delete on "public"."jobs" referencing old table as old_rows
  for each statement execute function "public"."usage_dirty_2"();
--> statement-breakpoint
create or replace trigger "usage_dirty_2_truncate" after truncate on "public"."jobs"
  for each statement execute function "public"."usage_dirty_2"();
--> statement-breakpoint
create or replace trigger "usage_dirty_2_updated" after update on "public"."jobs"
  for each statement execute function "public"."usage_dirty_2"();
--> statement-breakpoint
create materialized view "public"."usage" with (autovacuum_vacuum_scale_factor = 0.02) as
select
    f.workspace_id,
    (f.ready_at at time zone 'UTC')::date as day,
    'upload' as work,
    count(*)::integer as units,
    0 as failed,
    sum(f.size_bytes)::bigint as bytes,
    0::double precision as cpu_seconds
  from public.files f
  where f.status = 'READY'
  group by 1, 2
  union all
  select
    j.workspace_id,
    (j.finished_at at time zone 'UTC')::date,
    j.kind,
    count(*)::integer,
    (count(*) filter (where j.status = 'FAILED'))::integer,
    sum(coalesce((j.usage ->> 'readBytes')::bigint, 0) + coalesce((j.usage ->> 'wroteBytes')::bigint, 0))::bigint,
    coalesce(sum((j.usage ->> 'cpuSeconds')::double precision), 0)
  from public.jobs j
  where j.status in ('COMPLETED', 'FAILED', 'CANCELLED')
  group by 1, 2, 3;
--> statement-breakpoint
create unique index "usage_key" on "public"."usage" ("workspace_id", "day", "work");
--> statement-breakpoint
create view "public"."usage_rows" with (security_barrier = true) as
select * from "public"."usage" where "workspace_id" = current_user::text;
--> statement-breakpoint
comment on view "public"."usage_rows" is 'live-view usage rows';
--> statement-breakpoint
comment on materialized view "public"."usage" is 'live-view usage batch v1 sha256:47fd103e8d0e670f747751cb71dc9d4e2f3d5dc7073e364b26ef2277834e8491';
--> statement-breakpoint
insert into public.live_view_status (view, strategy, version, definition)
  values ('usage', 'batch', 1, 'sha256:47fd103e8d0e670f747751cb71dc9d4e2f3d5dc7073e364b26ef2277834e8491');
--> statement-breakpoint
insert into public.live_view_dirty (view, kind) values ('usage', -1);
--> statement-breakpoint
select pg_catalog.pg_notify('live_view', '');
