-- The schema that the migrations come to. Written by `pnpm db:dump`; do not edit.

create extension if not exists btree_gin;

create extension if not exists pg_trgm;

CREATE OR REPLACE FUNCTION public.catalog_dirty_1()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.catalog_dirty_2()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.catalog_dirty_3()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.catalog_dirty_4()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.insights_dirty_1()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.insights_dirty_2()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.job_arrow_exists(from_status text, to_status text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select (from_status, to_status) in (
    ('PENDING', 'PROCESSING'),
    ('PENDING', 'FAILED'),
    ('PENDING', 'CANCELLED'),
    ('PROCESSING', 'COMPLETED'),
    ('PROCESSING', 'FAILED'),
    ('PROCESSING', 'CANCELLED'),
    ('FAILED', 'PENDING')
  )
$function$;

CREATE OR REPLACE FUNCTION public.job_head(of_kind text)
 RETURNS bigint
 LANGUAGE sql
 STABLE
AS $function$
  select coalesce(
    least(
      (select turn from public.jobs where kind = of_kind and priority = 'high'
        and status = 'PENDING' and turn > 0 and parked_for is null order by turn limit 1),
      (select turn from public.jobs where kind = of_kind and priority = 'normal'
        and status = 'PENDING' and turn > 0 and parked_for is null order by turn limit 1)
    ),
    (select greatest(0, turn - 1000000000) from public.jobs where kind = of_kind and priority = 'low'
      and status = 'PENDING' and turn > 0 and parked_for is null order by turn limit 1)
  )
$function$;

CREATE OR REPLACE FUNCTION public.job_turn(of_workspace text, of_kind text, of_priority text)
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
declare
  -- In millionths of a round.
  a_round constant bigint := 1000000;
  -- A job of low priority lets so many rounds of the others go first.
  low_after constant bigint := 1000 * a_round;
  head bigint;
  tail bigint;
begin
  -- Two at once would be given the same place. Each statement below sees what was committed while this one waited.
  perform pg_advisory_xact_lock(hashtextextended('bellhop lane ' || of_workspace || ' ' || of_kind, 0));
  head := least(
    public.job_head(of_kind),
    (select j.turn from public.jobs j where j.parked_for = 'kind' and j.kind = of_kind and j.turn > 0
      order by j.turn limit 1)
  );
  if head is null then
    -- The first of its kind begins where the kinds are that the same workers take.
    head := (select min(public.job_head(peer.kind))
      from (select distinct unnest(w.kinds) as kind from public.workers w where w.kinds @> array[of_kind]) peer);
  end if;
  tail := (select max(last.turn) from unnest(
      case of_priority when 'low' then array['low', 'normal'] else array[of_priority] end
    ) lane(priority)
    cross join lateral (
      select j.turn from public.jobs j
      where j.workspace_id = of_workspace and j.kind = of_kind and j.priority = lane.priority
        and j.status = 'PENDING' and j.turn > 0
      order by j.turn desc limit 1
    ) last);
  return greatest(coalesce(head, 0) + case of_priority when 'low' then low_after else 0 end, coalesce(tail, 0))
    + a_round / coalesce((select w.job_weight from public.workspaces w where w.id = of_workspace), 1);
end
$function$;

CREATE OR REPLACE FUNCTION public.jobs_guard()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.status <> old.status and not public.job_arrow_exists(old.status, new.status) then
    raise exception 'job % cannot go from % to %', old.id, old.status, new.status
      using errcode = 'check_violation', constraint = 'jobs_arrow';
  end if;
  raise exception 'job %: version must rise from % to %, got %', old.id, old.version, old.version + 1, new.version
    using errcode = 'check_violation', constraint = 'jobs_version';
end
$function$;

CREATE OR REPLACE FUNCTION public.jobs_record()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'INSERT' then
    insert into public.job_events (job_id, version, status, attempt, worker_id, reason)
    select n.id, n.version, n.status, n.attempt, n.lease_owner, case when n.status = 'FAILED' then n.error_sentence end
    from new_rows n;
  else
    insert into public.job_events (job_id, version, status, attempt, worker_id, reason, usage)
    select
      n.id,
      n.version,
      n.status,
      n.attempt,
      -- A claim has the new owner; what ends an attempt has given it up, and names the one that held it.
      coalesce(n.lease_owner, o.lease_owner),
      case when n.status = 'FAILED' then n.error_sentence end,
      case
        when o.status = 'PROCESSING' then coalesce(
          n.usage,
          (select jsonb_build_object('stages', p.stages) from public.job_progress p where p.job_id = n.id and p.stages is not null)
        )
      end
    from new_rows n
    join old_rows o on o.id = n.id
    where n.status <> o.status;
  end if;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.jobs_tell_webhooks()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  delivery record;
begin
  if not exists (
    select from public.webhooks w where w.workspace_id = new.workspace_id and w.disabled_at is null
  ) then
    return null;
  end if;
  for delivery in
    insert into public.webhook_deliveries (webhook_id, job_id, event, version)
    select w.id, j.id, 'job.' || lower(j.status), j.version + p.ticks
    from public.jobs j
    join public.job_progress p on p.job_id = j.id
    join public.webhooks w on w.workspace_id = j.workspace_id
    where j.id = new.id
      and j.version = new.version
      and w.disabled_at is null
      and 'job.' || lower(j.status) = any (w.events)
    returning id, webhook_id
  loop
    perform graphile_worker.add_job(
      identifier := 'webhooks:deliver',
      payload := json_build_object('deliveryId', delivery.id),
      queue_name := 'webhook:' || delivery.webhook_id,
      max_attempts := 12
    );
  end loop;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.live_view_drop(which text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.usage_dirty_1()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.usage_dirty_2()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
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
$function$;

create table accounts (
  id text not null,
  account_id text not null,
  provider_id text not null,
  user_id text not null,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamp with time zone,
  refresh_token_expires_at timestamp with time zone,
  scope text,
  password text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now()
);

create table api_keys (
  id text not null,
  workspace_id text not null,
  user_id text not null,
  role text not null,
  name text not null,
  prefix text not null,
  hash text not null,
  created_at timestamp with time zone not null default now(),
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone
);

create table catalog (
  id text not null,
  workspace_id text not null,
  name text not null,
  sort_name text not null,
  search_text text not null,
  type text not null,
  media_type text not null,
  size_bytes bigint not null,
  tags text[] not null,
  status text not null,
  owner_name text not null,
  created_at timestamp with time zone not null,
  download_count integer not null,
  jobs_active integer not null,
  jobs_done integer not null,
  jobs_failed integer not null,
  thumbnail_id text,
  larger_id text,
  larger_width integer,
  blurhash text,
  width integer,
  height integer,
  row_count bigint,
  column_count integer,
  duration_seconds double precision,
  filmstrip jsonb,
  loudness smallint[]
);

comment on table catalog is 'live-view catalog realtime v3 sha256:cd935028a39e01e8855c2d806c30c5c352c2e662e4be684a457e4ae2629d36c9';

create table files (
  id text not null,
  workspace_id text not null,
  owner_id text not null,
  name text not null,
  type text not null,
  media_type text not null,
  size_bytes bigint not null,
  tags text[] not null default '{}'::text[],
  status text not null default 'UPLOADING'::text,
  object_key text not null,
  integrity text,
  sha256 text,
  start_jobs boolean not null default true,
  download_count integer not null default 0,
  error_code text,
  error_sentence text,
  created_at timestamp with time zone not null default now(),
  ready_at timestamp with time zone,
  fault text,
  fault_at timestamp with time zone,
  verified_at timestamp with time zone,
  reserved_bytes bigint not null default 0
);

create table job_dependencies (
  job_id text not null,
  after_id text not null
);

create table job_events (
  job_id text not null,
  version integer not null,
  status text not null,
  attempt integer not null,
  worker_id text,
  reason text,
  at timestamp with time zone not null default clock_timestamp(),
  usage jsonb
);

create table job_history (
  kind text not null,
  kind_version integer not null,
  size_class integer not null,
  slot integer not null,
  size_bytes bigint not null,
  duration_ms integer not null,
  stage_ms jsonb not null,
  ended_at timestamp with time zone not null default now()
);

create table job_kind_limits (
  kind text not null,
  max_running integer not null
);

create table job_log (
  job_id text not null,
  seq integer not null,
  attempt integer not null,
  line text not null,
  at timestamp with time zone not null
);

create table job_progress (
  job_id text not null,
  ticks integer not null default 0,
  fraction real not null default 0,
  stage text,
  eta_at timestamp with time zone,
  work_done double precision,
  work_total double precision,
  work_unit text,
  eta_late_at timestamp with time zone,
  stages jsonb,
  log_seq integer not null default 0
);

create table job_tallies (
  minute timestamp with time zone not null,
  kind text not null,
  status text not null,
  jobs bigint not null
);

create table jobs (
  id text not null,
  workspace_id text not null,
  kind text not null,
  kind_version integer not null,
  file_id text,
  status text not null default 'PENDING'::text,
  version integer not null default 1,
  attempt integer not null default 1,
  max_attempts integer not null,
  rescues integer not null default 0,
  lease_token text,
  lease_owner text,
  input jsonb not null,
  output jsonb,
  error_code text,
  error_sentence text,
  idempotency_key text,
  request_hash text,
  cancel_requested_at timestamp with time zone,
  created_by text,
  created_at timestamp with time zone not null default now(),
  run_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  usage jsonb,
  priority text not null default 'normal'::text,
  turn bigint,
  parked_for text,
  has_successors boolean not null default false,
  is_limited boolean not null default false,
  parent_id text,
  part_weight real
);

create table key_rates (
  subject text not null,
  spent_until timestamp with time zone not null
);

create table live_view_audit (
  view text not null,
  sampled bigint not null,
  drifted bigint not null,
  drifted_at timestamp with time zone
);

create table live_view_change (
  view text not null,
  version bigint not null,
  keys jsonb,
  tenants jsonb
);

create table live_view_dirty (
  view text not null,
  kind smallint not null,
  key text not null default ''::text,
  xid xid8 not null default pg_current_xact_id(),
  at timestamp with time zone not null default clock_timestamp()
);

comment on table live_view_dirty is 'What each view has not taken in yet. Appended by triggers, deleted by the transaction that applies it.';

create table live_view_history (
  id bigint not null,
  view text not null,
  what text not null,
  finished_at timestamp with time zone not null default clock_timestamp(),
  duration_ms double precision not null,
  keys integer,
  error text
);

create table live_view_probe (
  view text not null,
  probed_at timestamp with time zone not null
);

create table live_view_service (
  view text not null,
  minute timestamp with time zone not null,
  kept_ms double precision not null,
  missed_ms double precision not null
);

create table live_view_status (
  view text not null,
  strategy text not null,
  version integer not null,
  definition text not null,
  last_applied_at timestamp with time zone,
  last_duration_ms double precision,
  last_keys integer,
  error text,
  error_at timestamp with time zone,
  failures integer not null default 0,
  paused_at timestamp with time zone,
  change_version bigint not null default ((EXTRACT(epoch FROM clock_timestamp()) * (1000)::numeric))::bigint
);

comment on table live_view_status is 'How far each view is. live views, tables 3';

create table live_view_wake (
  only_row boolean not null default true,
  awake_until timestamp with time zone not null
);

create table members (
  workspace_id text not null,
  user_id text not null,
  role text not null,
  created_at timestamp with time zone not null default now()
);

create table outputs (
  id text not null,
  workspace_id text not null,
  job_id text not null,
  file_id text not null,
  role text not null,
  name text not null,
  media_type text not null,
  size_bytes bigint not null,
  width integer,
  height integer,
  object_key text not null,
  created_at timestamp with time zone not null default now()
);

create table presets (
  workspace_id text not null,
  name text not null,
  kind text not null,
  settings jsonb not null,
  is_default boolean not null,
  updated_by text not null,
  updated_at timestamp with time zone not null default now()
);

create table quotas (
  workspace_id text not null,
  max_bytes bigint,
  max_files integer,
  max_file_bytes bigint,
  media_types text[],
  used_bytes bigint not null default 0,
  used_files integer not null default 0,
  reserved_bytes bigint not null default 0,
  reserved_files integer not null default 0
);

create table sessions (
  id text not null,
  user_id text not null,
  token text not null,
  expires_at timestamp with time zone not null,
  ip_address text,
  user_agent text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now()
);

create table store_reports (
  store text not null,
  report jsonb not null,
  checked_at timestamp with time zone not null default now()
);

create table store_sweeps (
  id integer not null,
  store text not null,
  stage text not null default 'uploads'::text,
  cursor text,
  objects_seen integer not null default 0,
  leftovers_removed integer not null default 0,
  multipart_aborted integer not null default 0,
  unknown_objects integer not null default 0,
  unknown_keys text[] not null default '{}'::text[],
  files_missing integer not null default 0,
  files_mended integer not null default 0,
  started_at timestamp with time zone not null default now(),
  ended_at timestamp with time zone
);

create table upload_parts (
  upload_id text not null,
  number integer not null,
  size_bytes bigint not null,
  sha256 character(64)
);

create table uploads (
  id text not null,
  workspace_id text not null,
  file_id text not null,
  user_id text not null,
  status text not null default 'OPEN'::text,
  mode text not null,
  part_size_bytes bigint not null,
  part_count integer not null,
  store_upload_id text,
  parts_bound boolean not null default true,
  sha256 text,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  completing_at timestamp with time zone,
  ended_at timestamp with time zone,
  binding text not null default 'sha256'::text,
  fingerprint text,
  size_known boolean not null default true
);

create table users (
  id text not null,
  name text not null,
  email text not null,
  email_verified boolean not null default false,
  image text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now()
);

create table valet_keys (
  id text not null,
  workspace_id text not null,
  user_id text not null,
  api_key_id text,
  purpose text not null,
  file_id text not null,
  upload_id text,
  object_key text not null,
  first_part integer,
  key_count integer not null default 1,
  size_bytes bigint not null,
  from_address text,
  issued_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  revoked_by text
);

create table verifications (
  id text not null,
  identifier text not null,
  value text not null,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now()
);

create table webhook_deliveries (
  id text not null default ('msg_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)),
  webhook_id text not null,
  job_id text,
  event text not null,
  version integer,
  status text not null default 'PENDING'::text,
  tries integer not null default 0,
  body text,
  response_status integer,
  error text,
  next_try_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  ended_at timestamp with time zone
);

create table webhooks (
  id text not null,
  workspace_id text not null,
  url text not null,
  events text[] not null,
  secret text not null,
  old_secret text,
  old_secret_until timestamp with time zone,
  failing_since timestamp with time zone,
  rest_until timestamp with time zone,
  disabled_at timestamp with time zone,
  disabled_reason text,
  created_by text not null,
  created_at timestamp with time zone not null default now()
);

create table workers (
  id text not null,
  pool_id text not null,
  host text not null,
  pid integer not null,
  kinds text[] not null,
  started_at timestamp with time zone not null default now(),
  beat_at timestamp with time zone not null default now(),
  concurrency integer not null default 1
);

create table workspaces (
  id text not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  job_weight integer not null default 1,
  max_running_jobs integer
);

alter table accounts add constraint accounts_pkey PRIMARY KEY (id);

alter table accounts add constraint accounts_user_id_users_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;

alter table api_keys add constraint api_keys_hash_unique UNIQUE (hash);

alter table api_keys add constraint api_keys_pkey PRIMARY KEY (id);

alter table api_keys add constraint api_keys_user_id_users_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;

alter table api_keys add constraint api_keys_workspace_id_workspaces_id_fk FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;

alter table api_keys add constraint api_keys_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'member'::text, 'viewer'::text])));

alter table catalog add constraint catalog_key PRIMARY KEY (id);

alter table files add constraint files_object_key_unique UNIQUE (object_key);

alter table files add constraint files_pkey PRIMARY KEY (id);

alter table files add constraint files_owner_id_users_id_fk FOREIGN KEY (owner_id) REFERENCES users(id);

alter table files add constraint files_workspace_id_workspaces_id_fk FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;

alter table files add constraint files_fault_check CHECK (((fault = ANY (ARRAY['missing'::text, 'damaged'::text])) AND ((fault IS NULL) = (fault_at IS NULL))));

alter table files add constraint files_integrity_check CHECK ((integrity = ANY (ARRAY['store-sha256'::text, 'sha256'::text, 'sha256-parts'::text, 'reread'::text, 'size'::text])));

alter table files add constraint files_ready_check CHECK (((status <> 'READY'::text) OR ((ready_at IS NOT NULL) AND (integrity IS NOT NULL))));

alter table files add constraint files_reserved_check CHECK (((reserved_bytes >= 0) AND ((status = 'UPLOADING'::text) OR (reserved_bytes = 0))));

alter table files add constraint files_size_check CHECK ((size_bytes >= 0));

alter table files add constraint files_status_check CHECK ((status = ANY (ARRAY['UPLOADING'::text, 'READY'::text, 'REJECTED'::text, 'DELETED'::text])));

alter table files add constraint files_type_check CHECK ((type = ANY (ARRAY['image'::text, 'video'::text, 'audio'::text, 'dataset'::text, 'document'::text, 'archive'::text, 'other'::text])));

alter table job_dependencies add constraint job_dependencies_job_id_after_id_pk PRIMARY KEY (job_id, after_id);

alter table job_dependencies add constraint job_dependencies_after_id_jobs_id_fk FOREIGN KEY (after_id) REFERENCES jobs(id) ON DELETE CASCADE;

alter table job_dependencies add constraint job_dependencies_job_id_jobs_id_fk FOREIGN KEY (job_id) REFERENCES jobs(id) ON DELETE CASCADE;

alter table job_events add constraint job_events_job_id_version_pk PRIMARY KEY (job_id, version);

alter table job_events add constraint job_events_job_id_jobs_id_fk FOREIGN KEY (job_id) REFERENCES jobs(id) ON DELETE CASCADE;

alter table job_history add constraint job_history_kind_kind_version_size_class_slot_pk PRIMARY KEY (kind, kind_version, size_class, slot);

alter table job_kind_limits add constraint job_kind_limits_pkey PRIMARY KEY (kind);

alter table job_kind_limits add constraint job_kind_limits_check CHECK ((max_running > 0));

alter table job_log add constraint job_log_job_id_seq_pk PRIMARY KEY (job_id, seq);

alter table job_log add constraint job_log_job_id_jobs_id_fk FOREIGN KEY (job_id) REFERENCES jobs(id) ON DELETE CASCADE;

alter table job_progress add constraint job_progress_pkey PRIMARY KEY (job_id);

alter table job_progress add constraint job_progress_job_id_jobs_id_fk FOREIGN KEY (job_id) REFERENCES jobs(id) ON DELETE CASCADE;

alter table job_tallies add constraint job_tallies_minute_kind_status_pk PRIMARY KEY (minute, kind, status);

alter table jobs add constraint jobs_pkey PRIMARY KEY (id);

alter table jobs add constraint jobs_file_id_files_id_fk FOREIGN KEY (file_id) REFERENCES files(id) ON DELETE CASCADE;

alter table jobs add constraint jobs_parent_id_jobs_id_fk FOREIGN KEY (parent_id) REFERENCES jobs(id) ON DELETE CASCADE;

alter table jobs add constraint jobs_workspace_id_workspaces_id_fk FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;

alter table jobs add constraint jobs_finished_check CHECK (((status = ANY (ARRAY['COMPLETED'::text, 'FAILED'::text, 'CANCELLED'::text])) = (finished_at IS NOT NULL)));

alter table jobs add constraint jobs_lease_check CHECK ((((status = 'PROCESSING'::text) = (lease_token IS NOT NULL)) AND ((lease_token IS NULL) = (lease_owner IS NULL))));

alter table jobs add constraint jobs_output_check CHECK (((status = 'COMPLETED'::text) = (output IS NOT NULL)));

alter table jobs add constraint jobs_parked_check CHECK (((parked_for IS NULL) OR ((status = 'PENDING'::text) AND (parked_for = ANY (ARRAY['jobs'::text, 'kind'::text, 'workspace'::text])))));

alter table jobs add constraint jobs_priority_check CHECK ((priority = ANY (ARRAY['low'::text, 'normal'::text, 'high'::text])));

alter table jobs add constraint jobs_status_check CHECK ((status = ANY (ARRAY['PENDING'::text, 'PROCESSING'::text, 'COMPLETED'::text, 'FAILED'::text, 'CANCELLED'::text])));

alter table key_rates add constraint key_rates_pkey PRIMARY KEY (subject);

alter table live_view_audit add constraint live_view_audit_pkey PRIMARY KEY (view);

alter table live_view_change add constraint live_view_change_pkey PRIMARY KEY (view, version);

alter table live_view_history add constraint live_view_history_pkey PRIMARY KEY (id);

alter table live_view_history add constraint live_view_history_what_check CHECK ((what = ANY (ARRAY['rebuild'::text, 'refresh'::text, 'failure'::text])));

alter table live_view_probe add constraint live_view_probe_pkey PRIMARY KEY (view);

alter table live_view_service add constraint live_view_service_pkey PRIMARY KEY (view, minute);

alter table live_view_status add constraint live_view_status_pkey PRIMARY KEY (view);

alter table live_view_wake add constraint live_view_wake_pkey PRIMARY KEY (only_row);

alter table live_view_wake add constraint live_view_wake_only_row_check CHECK (only_row);

alter table members add constraint members_workspace_id_user_id_pk PRIMARY KEY (workspace_id, user_id);

alter table members add constraint members_user_id_users_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;

alter table members add constraint members_workspace_id_workspaces_id_fk FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;

alter table members add constraint members_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'member'::text, 'viewer'::text])));

alter table outputs add constraint outputs_object_key_unique UNIQUE (object_key);

alter table outputs add constraint outputs_pkey PRIMARY KEY (id);

alter table outputs add constraint outputs_file_id_files_id_fk FOREIGN KEY (file_id) REFERENCES files(id) ON DELETE CASCADE;

alter table outputs add constraint outputs_job_id_jobs_id_fk FOREIGN KEY (job_id) REFERENCES jobs(id) ON DELETE CASCADE;

alter table outputs add constraint outputs_workspace_id_workspaces_id_fk FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;

alter table presets add constraint presets_workspace_id_name_pk PRIMARY KEY (workspace_id, name);

alter table presets add constraint presets_workspace_id_workspaces_id_fk FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;

alter table quotas add constraint quotas_pkey PRIMARY KEY (workspace_id);

alter table quotas add constraint quotas_workspace_id_workspaces_id_fk FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;

alter table quotas add constraint quotas_usage_check CHECK ((LEAST(used_bytes, (used_files)::bigint, reserved_bytes, (reserved_files)::bigint) >= 0));

alter table sessions add constraint sessions_token_unique UNIQUE (token);

alter table sessions add constraint sessions_pkey PRIMARY KEY (id);

alter table sessions add constraint sessions_user_id_users_id_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;

alter table store_reports add constraint store_reports_pkey PRIMARY KEY (store);

alter table store_sweeps add constraint store_sweeps_pkey PRIMARY KEY (id);

alter table upload_parts add constraint upload_parts_upload_id_number_pk PRIMARY KEY (upload_id, number);

alter table upload_parts add constraint upload_parts_upload_id_uploads_id_fk FOREIGN KEY (upload_id) REFERENCES uploads(id) ON DELETE CASCADE;

alter table uploads add constraint uploads_pkey PRIMARY KEY (id);

alter table uploads add constraint uploads_file_id_files_id_fk FOREIGN KEY (file_id) REFERENCES files(id) ON DELETE CASCADE;

alter table uploads add constraint uploads_user_id_users_id_fk FOREIGN KEY (user_id) REFERENCES users(id);

alter table uploads add constraint uploads_workspace_id_workspaces_id_fk FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;

alter table uploads add constraint uploads_binding_check CHECK ((binding = ANY (ARRAY['store-sha256'::text, 'sha256'::text, 'none'::text])));

alter table uploads add constraint uploads_mode_check CHECK (((mode = 'multipart'::text) OR ((part_count = 1) AND (store_upload_id IS NULL) AND size_known)));

alter table uploads add constraint uploads_status_check CHECK ((status = ANY (ARRAY['OPEN'::text, 'COMPLETING'::text, 'COMPLETED'::text, 'ABORTED'::text, 'REJECTED'::text])));

alter table users add constraint users_email_unique UNIQUE (email);

alter table users add constraint users_pkey PRIMARY KEY (id);

alter table valet_keys add constraint valet_keys_pkey PRIMARY KEY (id);

alter table valet_keys add constraint valet_keys_workspace_id_workspaces_id_fk FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;

alter table valet_keys add constraint valet_keys_purpose_check CHECK ((purpose = ANY (ARRAY['upload'::text, 'upload-part'::text, 'download'::text, 'preview'::text, 'job'::text])));

alter table verifications add constraint verifications_pkey PRIMARY KEY (id);

alter table webhook_deliveries add constraint webhook_deliveries_pkey PRIMARY KEY (id);

alter table webhook_deliveries add constraint webhook_deliveries_job_id_jobs_id_fk FOREIGN KEY (job_id) REFERENCES jobs(id) ON DELETE CASCADE;

alter table webhook_deliveries add constraint webhook_deliveries_webhook_id_webhooks_id_fk FOREIGN KEY (webhook_id) REFERENCES webhooks(id) ON DELETE CASCADE;

alter table webhook_deliveries add constraint webhook_deliveries_ended_check CHECK (((status = 'PENDING'::text) = (ended_at IS NULL)));

alter table webhook_deliveries add constraint webhook_deliveries_status_check CHECK ((status = ANY (ARRAY['PENDING'::text, 'DELIVERED'::text, 'FAILED'::text, 'SUPERSEDED'::text])));

alter table webhooks add constraint webhooks_pkey PRIMARY KEY (id);

alter table webhooks add constraint webhooks_workspace_id_workspaces_id_fk FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;

alter table workers add constraint workers_pkey PRIMARY KEY (id);

alter table workspaces add constraint workspaces_pkey PRIMARY KEY (id);

alter table workspaces add constraint workspaces_job_weight_check CHECK (((job_weight >= 1) AND (job_weight <= 1000)));

alter table workspaces add constraint workspaces_max_running_jobs_check CHECK ((max_running_jobs > 0));

CREATE INDEX accounts_user_id_idx ON public.accounts USING btree (user_id);

CREATE INDEX api_keys_workspace_id_idx ON public.api_keys USING btree (workspace_id) WHERE (revoked_at IS NULL);

CREATE INDEX catalog_by_name ON public.catalog USING btree (workspace_id, sort_name, id);

CREATE INDEX catalog_by_size ON public.catalog USING btree (workspace_id, size_bytes, id);

CREATE INDEX catalog_by_tag ON public.catalog USING gin (workspace_id, tags);

CREATE INDEX catalog_by_text ON public.catalog USING gin (workspace_id, search_text gin_trgm_ops);

CREATE INDEX catalog_by_type ON public.catalog USING btree (workspace_id, type, id COLLATE "C" DESC);

CREATE INDEX catalog_newest ON public.catalog USING btree (workspace_id, id COLLATE "C" DESC);

CREATE INDEX files_fault_idx ON public.files USING btree (workspace_id, id DESC NULLS LAST) WHERE (fault IS NOT NULL);

CREATE INDEX files_owner_id_idx ON public.files USING btree (owner_id);

CREATE INDEX files_workspace_id_idx ON public.files USING btree (workspace_id, id DESC NULLS LAST);

CREATE UNIQUE INDEX insights_key ON public.insights USING btree (workspace_id, day, type);

CREATE INDEX job_dependencies_after_id_idx ON public.job_dependencies USING btree (after_id);

CREATE INDEX jobs_active_idx ON public.jobs USING btree (workspace_id, id) WHERE (status = ANY (ARRAY['PENDING'::text, 'PROCESSING'::text]));

CREATE INDEX jobs_ended_idx ON public.jobs USING btree (finished_at) WHERE (finished_at IS NOT NULL);

CREATE INDEX jobs_file_id_idx ON public.jobs USING btree (file_id, id DESC NULLS LAST);

CREATE INDEX jobs_finished_at_idx ON public.jobs USING btree (workspace_id, finished_at) WHERE (finished_at IS NOT NULL);

CREATE UNIQUE INDEX jobs_idempotency_key_idx ON public.jobs USING btree (workspace_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);

CREATE INDEX jobs_lane_idx ON public.jobs USING btree (workspace_id, kind, priority, turn) WHERE ((status = 'PENDING'::text) AND (turn > 0));

CREATE INDEX jobs_lease_owner_idx ON public.jobs USING btree (lease_owner) WHERE (lease_owner IS NOT NULL);

CREATE INDEX jobs_parent_id_idx ON public.jobs USING btree (parent_id) WHERE (parent_id IS NOT NULL);

CREATE INDEX jobs_parked_jobs_idx ON public.jobs USING btree (id) WHERE (parked_for = 'jobs'::text);

CREATE INDEX jobs_parked_kind_idx ON public.jobs USING btree (kind, turn) WHERE (parked_for = 'kind'::text);

CREATE INDEX jobs_parked_workspace_idx ON public.jobs USING btree (workspace_id, turn) WHERE (parked_for = 'workspace'::text);

CREATE INDEX jobs_turn_idx ON public.jobs USING btree (kind, priority, turn) WHERE ((status = 'PENDING'::text) AND (turn > 0) AND (parked_for IS NULL));

CREATE INDEX jobs_workspace_id_idx ON public.jobs USING btree (workspace_id, id DESC NULLS LAST);

CREATE INDEX live_view_dirty_view_at ON public.live_view_dirty USING btree (view, at);

CREATE INDEX live_view_history_view_id ON public.live_view_history USING btree (view, id);

CREATE INDEX members_user_id_idx ON public.members USING btree (user_id);

CREATE INDEX outputs_file_id_idx ON public.outputs USING btree (file_id, id DESC NULLS LAST);

CREATE INDEX outputs_job_id_idx ON public.outputs USING btree (job_id);

CREATE UNIQUE INDEX presets_default_idx ON public.presets USING btree (workspace_id, kind) WHERE is_default;

CREATE INDEX sessions_user_id_idx ON public.sessions USING btree (user_id);

CREATE INDEX store_sweeps_store_idx ON public.store_sweeps USING btree (store, id DESC NULLS LAST);

CREATE INDEX uploads_file_id_idx ON public.uploads USING btree (file_id);

CREATE INDEX uploads_unended_idx ON public.uploads USING btree (expires_at) WHERE (status = ANY (ARRAY['OPEN'::text, 'COMPLETING'::text]));

CREATE UNIQUE INDEX usage_key ON public.usage USING btree (workspace_id, day, work);

CREATE INDEX valet_keys_file_id_idx ON public.valet_keys USING btree (file_id, id DESC NULLS LAST);

CREATE INDEX valet_keys_upload_id_idx ON public.valet_keys USING btree (upload_id);

CREATE INDEX valet_keys_user_id_idx ON public.valet_keys USING btree (workspace_id, user_id, id DESC NULLS LAST);

CREATE INDEX valet_keys_workspace_id_idx ON public.valet_keys USING btree (workspace_id, id DESC NULLS LAST);

CREATE INDEX verifications_identifier_idx ON public.verifications USING btree (identifier);

CREATE INDEX webhook_deliveries_job_id_idx ON public.webhook_deliveries USING btree (job_id);

CREATE INDEX webhook_deliveries_webhook_id_idx ON public.webhook_deliveries USING btree (webhook_id, created_at DESC NULLS LAST, id DESC NULLS LAST);

CREATE INDEX webhooks_workspace_id_idx ON public.webhooks USING btree (workspace_id);

create  view catalog_source as
 SELECT id,
    workspace_id,
    name,
    sort_name,
    search_text,
    type,
    media_type,
    size_bytes,
    tags,
    status,
    owner_name,
    created_at,
    download_count,
    jobs_active,
    jobs_done,
    jobs_failed,
    thumbnail_id,
    larger_id,
    larger_width,
    blurhash,
    width,
    height,
    row_count,
    column_count,
    duration_seconds,
    filmstrip,
    loudness
   FROM ( SELECT f.id,
            f.workspace_id,
            f.name,
            lower(f.name) AS sort_name,
            lower((f.name || ' '::text) || array_to_string(f.tags, ' '::text)) AS search_text,
            f.type,
            f.media_type,
            f.size_bytes,
            f.tags,
            f.status,
            u.name AS owner_name,
            f.created_at,
            f.download_count,
            work.jobs_active,
            work.jobs_done,
            work.jobs_failed,
            ( SELECT o.id
                   FROM outputs o
                  WHERE o.file_id = f.id AND (o.role = ANY (ARRAY['thumbnail'::text, 'poster'::text]))
                  ORDER BY o.id DESC
                 LIMIT 1) AS thumbnail_id,
            larger.id AS larger_id,
            larger.width AS larger_width,
            image.output ->> 'blurhash'::text AS blurhash,
            COALESCE(image.output ->> 'width'::text, picture.track ->> 'width'::text)::integer AS width,
            COALESCE(image.output ->> 'height'::text, picture.track ->> 'height'::text)::integer AS height,
            (dataset.output ->> 'rowCount'::text)::bigint AS row_count,
            (dataset.output ->> 'columnCount'::text)::integer AS column_count,
            (media.output ->> 'durationSeconds'::text)::double precision AS duration_seconds,
            NULLIF(media.output -> 'filmstrip'::text, 'null'::jsonb) AS filmstrip,
            ( SELECT array_agg(bars.loudest ORDER BY bars.bar) AS array_agg
                   FROM ( SELECT (peak.place - 1) * 48 / peak.places AS bar,
                            round(100::double precision * max(peak.height))::smallint AS loudest
                           FROM ( SELECT each.height::double precision AS height,
                                    each.place,
                                    count(*) OVER () AS places
                                   FROM jsonb_array_elements_text(media.output #> '{waveform,peaks}'::text[]) WITH ORDINALITY each(height, place)) peak
                          GROUP BY ((peak.place - 1) * 48 / peak.places)) bars) AS loudness
           FROM files f
             JOIN users u ON u.id = f.owner_id
             CROSS JOIN LATERAL ( SELECT count(*) FILTER (WHERE j.status = ANY (ARRAY['PENDING'::text, 'PROCESSING'::text]))::integer AS jobs_active,
                    count(*) FILTER (WHERE j.status = 'COMPLETED'::text)::integer AS jobs_done,
                    count(*) FILTER (WHERE j.status = 'FAILED'::text)::integer AS jobs_failed
                   FROM jobs j
                  WHERE j.file_id = f.id) work
             LEFT JOIN LATERAL ( SELECT j.output
                   FROM jobs j
                  WHERE j.file_id = f.id AND j.kind = 'image.variants'::text AND j.status = 'COMPLETED'::text
                  ORDER BY j.id DESC
                 LIMIT 1) image ON true
             LEFT JOIN LATERAL ( SELECT made.value ->> 'id'::text AS id,
                    (made.value ->> 'width'::text)::integer AS width
                   FROM jsonb_array_elements(image.output -> 'files'::text) made(value)
                  WHERE (made.value ->> 'role'::text) = 'variant'::text AND (made.value ->> 'mediaType'::text) = 'image/webp'::text AND ((made.value ->> 'width'::text)::integer) > 320 AND COALESCE((image.output ->> 'frameCount'::text)::integer, 1) = 1
                  ORDER BY ((made.value ->> 'width'::text)::integer), (made.value ->> 'id'::text)
                 LIMIT 1) larger ON true
             LEFT JOIN LATERAL ( SELECT j.output
                   FROM jobs j
                  WHERE j.file_id = f.id AND j.kind = 'dataset.profile'::text AND j.status = 'COMPLETED'::text
                  ORDER BY j.id DESC
                 LIMIT 1) dataset ON true
             LEFT JOIN LATERAL ( SELECT j.output
                   FROM jobs j
                  WHERE j.file_id = f.id AND j.kind = 'media.probe'::text AND j.status = 'COMPLETED'::text
                  ORDER BY j.id DESC
                 LIMIT 1) media ON true
             LEFT JOIN LATERAL ( SELECT held.value AS track
                   FROM jsonb_array_elements(media.output -> 'tracks'::text) held(value)
                  WHERE (held.value ->> 'kind'::text) = 'video'::text
                 LIMIT 1) picture ON true
          WHERE f.status = 'READY'::text) s;

create materialized view insights as
 SELECT workspace_id,
    day,
    type,
    sum(files)::integer AS files,
    sum(size_bytes)::bigint AS size_bytes,
    sum(jobs_completed)::integer AS jobs_completed,
    sum(jobs_failed)::integer AS jobs_failed
   FROM ( SELECT f.workspace_id,
            (f.ready_at AT TIME ZONE 'UTC'::text)::date AS day,
            f.type,
            1 AS files,
            f.size_bytes,
            0 AS jobs_completed,
            0 AS jobs_failed
           FROM files f
          WHERE f.status = 'READY'::text
        UNION ALL
         SELECT j.workspace_id,
            (j.finished_at AT TIME ZONE 'UTC'::text)::date AS timezone,
            f.type,
            0,
            0,
            (j.status = 'COMPLETED'::text)::integer AS int4,
            (j.status = 'FAILED'::text)::integer AS int4
           FROM jobs j
             JOIN files f ON f.id = j.file_id
          WHERE j.status = ANY (ARRAY['COMPLETED'::text, 'FAILED'::text])) happened
  GROUP BY workspace_id, day, type;

create  view insights_rows as
 SELECT workspace_id,
    day,
    type,
    files,
    size_bytes,
    jobs_completed,
    jobs_failed
   FROM insights
  WHERE workspace_id = CURRENT_USER::text;

create materialized view usage as
 SELECT f.workspace_id,
    (f.ready_at AT TIME ZONE 'UTC'::text)::date AS day,
    'upload'::text AS work,
    count(*)::integer AS units,
    0 AS failed,
    sum(f.size_bytes)::bigint AS bytes,
    0::double precision AS cpu_seconds
   FROM files f
  WHERE f.status = 'READY'::text
  GROUP BY f.workspace_id, ((f.ready_at AT TIME ZONE 'UTC'::text)::date)
UNION ALL
 SELECT j.workspace_id,
    (j.finished_at AT TIME ZONE 'UTC'::text)::date AS day,
    j.kind AS work,
    count(*)::integer AS units,
    count(*) FILTER (WHERE j.status = 'FAILED'::text)::integer AS failed,
    sum(COALESCE((j.usage ->> 'readBytes'::text)::bigint, 0::bigint) + COALESCE((j.usage ->> 'wroteBytes'::text)::bigint, 0::bigint))::bigint AS bytes,
    COALESCE(sum((j.usage ->> 'cpuSeconds'::text)::double precision), 0::double precision) AS cpu_seconds
   FROM jobs j
  WHERE j.status = ANY (ARRAY['COMPLETED'::text, 'FAILED'::text, 'CANCELLED'::text])
  GROUP BY j.workspace_id, ((j.finished_at AT TIME ZONE 'UTC'::text)::date), j.kind;

create  view usage_rows as
 SELECT workspace_id,
    day,
    work,
    units,
    failed,
    bytes,
    cpu_seconds
   FROM usage
  WHERE workspace_id = CURRENT_USER::text;

CREATE TRIGGER catalog_dirty_1_delete AFTER DELETE ON files REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_dirty_1();

CREATE TRIGGER catalog_dirty_1_insert AFTER INSERT ON files REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_dirty_1();

CREATE TRIGGER catalog_dirty_1_truncate AFTER TRUNCATE ON files FOR EACH STATEMENT EXECUTE FUNCTION catalog_dirty_1();

CREATE TRIGGER catalog_dirty_1_update AFTER UPDATE ON files FOR EACH ROW EXECUTE FUNCTION catalog_dirty_1();

CREATE TRIGGER insights_dirty_1_delete AFTER DELETE ON files REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION insights_dirty_1();

CREATE TRIGGER insights_dirty_1_insert AFTER INSERT ON files REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION insights_dirty_1();

CREATE TRIGGER insights_dirty_1_truncate AFTER TRUNCATE ON files FOR EACH STATEMENT EXECUTE FUNCTION insights_dirty_1();

CREATE TRIGGER insights_dirty_1_update AFTER UPDATE ON files FOR EACH ROW EXECUTE FUNCTION insights_dirty_1();

CREATE TRIGGER insights_dirty_1_updated AFTER UPDATE ON files FOR EACH STATEMENT EXECUTE FUNCTION insights_dirty_1();

CREATE TRIGGER usage_dirty_1_delete AFTER DELETE ON files REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION usage_dirty_1();

CREATE TRIGGER usage_dirty_1_insert AFTER INSERT ON files REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION usage_dirty_1();

CREATE TRIGGER usage_dirty_1_truncate AFTER TRUNCATE ON files FOR EACH STATEMENT EXECUTE FUNCTION usage_dirty_1();

CREATE TRIGGER usage_dirty_1_update AFTER UPDATE ON files FOR EACH ROW EXECUTE FUNCTION usage_dirty_1();

CREATE TRIGGER usage_dirty_1_updated AFTER UPDATE ON files FOR EACH STATEMENT EXECUTE FUNCTION usage_dirty_1();

CREATE TRIGGER catalog_dirty_2_delete AFTER DELETE ON jobs REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_dirty_2();

CREATE TRIGGER catalog_dirty_2_insert AFTER INSERT ON jobs REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_dirty_2();

CREATE TRIGGER catalog_dirty_2_truncate AFTER TRUNCATE ON jobs FOR EACH STATEMENT EXECUTE FUNCTION catalog_dirty_2();

CREATE TRIGGER catalog_dirty_2_update AFTER UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION catalog_dirty_2();

CREATE TRIGGER insights_dirty_2_delete AFTER DELETE ON jobs REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION insights_dirty_2();

CREATE TRIGGER insights_dirty_2_insert AFTER INSERT ON jobs REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION insights_dirty_2();

CREATE TRIGGER insights_dirty_2_truncate AFTER TRUNCATE ON jobs FOR EACH STATEMENT EXECUTE FUNCTION insights_dirty_2();

CREATE TRIGGER insights_dirty_2_update AFTER UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION insights_dirty_2();

CREATE TRIGGER insights_dirty_2_updated AFTER UPDATE ON jobs FOR EACH STATEMENT EXECUTE FUNCTION insights_dirty_2();

CREATE TRIGGER jobs_guard BEFORE UPDATE ON jobs FOR EACH ROW WHEN (new.version <> (old.version + 1) OR new.status <> old.status AND NOT job_arrow_exists(old.status, new.status)) EXECUTE FUNCTION jobs_guard();

CREATE TRIGGER jobs_record_insert AFTER INSERT ON jobs REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION jobs_record();

CREATE TRIGGER jobs_record_update AFTER UPDATE ON jobs REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION jobs_record();

CREATE CONSTRAINT TRIGGER jobs_tell_webhooks AFTER UPDATE OF status ON jobs DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.status = ANY (ARRAY['COMPLETED'::text, 'FAILED'::text, 'CANCELLED'::text])) AND new.status <> old.status) EXECUTE FUNCTION jobs_tell_webhooks();

CREATE TRIGGER usage_dirty_2_delete AFTER DELETE ON jobs REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION usage_dirty_2();

CREATE TRIGGER usage_dirty_2_insert AFTER INSERT ON jobs REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION usage_dirty_2();

CREATE TRIGGER usage_dirty_2_truncate AFTER TRUNCATE ON jobs FOR EACH STATEMENT EXECUTE FUNCTION usage_dirty_2();

CREATE TRIGGER usage_dirty_2_update AFTER UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION usage_dirty_2();

CREATE TRIGGER usage_dirty_2_updated AFTER UPDATE ON jobs FOR EACH STATEMENT EXECUTE FUNCTION usage_dirty_2();

CREATE TRIGGER catalog_dirty_3_delete AFTER DELETE ON outputs REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_dirty_3();

CREATE TRIGGER catalog_dirty_3_insert AFTER INSERT ON outputs REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_dirty_3();

CREATE TRIGGER catalog_dirty_3_truncate AFTER TRUNCATE ON outputs FOR EACH STATEMENT EXECUTE FUNCTION catalog_dirty_3();

CREATE TRIGGER catalog_dirty_3_update AFTER UPDATE ON outputs FOR EACH ROW EXECUTE FUNCTION catalog_dirty_3();

CREATE TRIGGER catalog_dirty_4_delete AFTER DELETE ON users REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_dirty_4();

CREATE TRIGGER catalog_dirty_4_insert AFTER INSERT ON users REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_dirty_4();

CREATE TRIGGER catalog_dirty_4_truncate AFTER TRUNCATE ON users FOR EACH STATEMENT EXECUTE FUNCTION catalog_dirty_4();

CREATE TRIGGER catalog_dirty_4_update AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION catalog_dirty_4();
