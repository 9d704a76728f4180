create table if not exists public.live_view_dirty (
  view text not null,
  kind smallint not null,
  key text not null default '',
  xid xid8 not null default pg_catalog.pg_current_xact_id(),
  at timestamptz not null default pg_catalog.clock_timestamp()
);

comment on table public.live_view_dirty is 'What each view has not taken in yet. Appended by triggers, deleted by the transaction that applies it.';

alter table public.live_view_dirty set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

create index if not exists live_view_dirty_view_at on public.live_view_dirty (view, at);

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

create table if not exists public.live_view_history (
  id bigint generated always as identity primary key,
  view text not null,
  what text not null check (what in ('rebuild', 'refresh', 'failure')),
  finished_at timestamptz not null default pg_catalog.clock_timestamp(),
  duration_ms double precision not null,
  keys integer,
  error text
);

create index if not exists live_view_history_view_id on public.live_view_history (view, id);

alter table public.live_view_status
  add column if not exists paused_at timestamptz,
  add column if not exists change_version bigint not null default (extract(epoch from pg_catalog.clock_timestamp()) * 1000)::bigint;

comment on table public.live_view_status is 'How far each view is. live views, tables 3';

create table if not exists public.live_view_change (
  view text not null,
  version bigint not null,
  keys jsonb,
  tenants jsonb,
  primary key (view, version)
);

create table if not exists public.live_view_audit (
  view text primary key,
  sampled bigint not null,
  drifted bigint not null,
  drifted_at timestamptz
) with (fillfactor = 50);

create table if not exists public.live_view_service (
  view text not null,
  minute timestamptz not null,
  kept_ms double precision not null,
  missed_ms double precision not null,
  primary key (view, minute)
) with (fillfactor = 50);

create table if not exists public.live_view_probe (
  view text primary key,
  probed_at timestamptz not null
) with (fillfactor = 50);

create table if not exists public.live_view_wake (
  only_row boolean primary key default true check (only_row),
  awake_until timestamptz not null
) with (fillfactor = 50);

insert into public.live_view_wake (awake_until) values ('-infinity') on conflict do nothing;

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

select public.live_view_drop('product_search');

create or replace function "public"."product_search_dirty_1"() returns trigger
language plpgsql security definer as $live_view$
declare
  awake boolean;
begin
  if tg_level operator(pg_catalog.=) 'ROW' then
    if new."product_id" is not null then
      insert into public.live_view_dirty (view, kind, key) values ('product_search', 0, new."product_id"::pg_catalog.text);
    end if;
    if old."product_id" is not null and (row(old."product_id")::pg_catalog.record operator(pg_catalog.*<>) row(new."product_id")::pg_catalog.record) then
      insert into public.live_view_dirty (view, kind, key) values ('product_search', 0, old."product_id"::pg_catalog.text);
    end if;
  elsif tg_op operator(pg_catalog.=) 'INSERT' then
    insert into public.live_view_dirty (view, kind, key) select 'product_search', 0, r."product_id"::pg_catalog.text from new_rows r where r."product_id" is not null;
  elsif tg_op operator(pg_catalog.=) 'DELETE' then
    insert into public.live_view_dirty (view, kind, key) select 'product_search', 0, r."product_id"::pg_catalog.text from old_rows r where r."product_id" is not null;
  else
    insert into public.live_view_dirty (view, kind, key) values ('product_search', -1, '');
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
    where d.view operator(pg_catalog.=) 'product_search' and d.xid operator(pg_catalog.<>) pg_catalog.pg_current_xact_id()
  ) then
    perform pg_catalog.pg_notify('live_view', '');
  end if;
  return null;
end
$live_view$;

comment on function "public"."product_search_dirty_1"() is 'live-view product_search trigger';

create or replace trigger "product_search_dirty_1_insert" after insert on "public"."stock" referencing new table as new_rows
  for each statement execute function "public"."product_search_dirty_1"();

create or replace trigger "product_search_dirty_1_update" after update on "public"."stock"
  for each row execute function "public"."product_search_dirty_1"();

create or replace trigger "product_search_dirty_1_delete" after delete on "public"."stock" referencing old table as old_rows
  for each statement execute function "public"."product_search_dirty_1"();

create or replace trigger "product_search_dirty_1_truncate" after truncate on "public"."stock"
  for each statement execute function "public"."product_search_dirty_1"();

create or replace function "public"."product_search_dirty_2"() returns trigger
language plpgsql security definer as $live_view$
declare
  awake boolean;
begin
  if tg_level operator(pg_catalog.=) 'ROW' then
    if new."product_id" is not null then
      insert into public.live_view_dirty (view, kind, key) values ('product_search', 0, new."product_id"::pg_catalog.text);
    end if;
    if old."product_id" is not null and (row(old."product_id")::pg_catalog.record operator(pg_catalog.*<>) row(new."product_id")::pg_catalog.record) then
      insert into public.live_view_dirty (view, kind, key) values ('product_search', 0, old."product_id"::pg_catalog.text);
    end if;
  elsif tg_op operator(pg_catalog.=) 'INSERT' then
    insert into public.live_view_dirty (view, kind, key) select 'product_search', 0, r."product_id"::pg_catalog.text from new_rows r where r."product_id" is not null;
  elsif tg_op operator(pg_catalog.=) 'DELETE' then
    insert into public.live_view_dirty (view, kind, key) select 'product_search', 0, r."product_id"::pg_catalog.text from old_rows r where r."product_id" is not null;
  else
    insert into public.live_view_dirty (view, kind, key) values ('product_search', -1, '');
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
    where d.view operator(pg_catalog.=) 'product_search' and d.xid operator(pg_catalog.<>) pg_catalog.pg_current_xact_id()
  ) then
    perform pg_catalog.pg_notify('live_view', '');
  end if;
  return null;
end
$live_view$;

comment on function "public"."product_search_dirty_2"() is 'live-view product_search trigger';

create or replace trigger "product_search_dirty_2_insert" after insert on "public"."prices" referencing new table as new_rows
  for each statement execute function "public"."product_search_dirty_2"();

create or replace trigger "product_search_dirty_2_update" after update on "public"."prices"
  for each row execute function "public"."product_search_dirty_2"();

create or replace trigger "product_search_dirty_2_delete" after delete on "public"."prices" referencing old table as old_rows
  for each statement execute function "public"."product_search_dirty_2"();

create or replace trigger "product_search_dirty_2_truncate" after truncate on "public"."prices"
  for each statement execute function "public"."product_search_dirty_2"();

create or replace function "public"."product_search_dirty_3"() returns trigger
language plpgsql security definer as $live_view$
declare
  awake boolean;
begin
  if tg_level operator(pg_catalog.=) 'ROW' then
    if new."id" is not null then
      insert into public.live_view_dirty (view, kind, key) values ('product_search/3', 0, new."id"::pg_catalog.text);
    end if;
    if old."id" is not null and (row(old."id")::pg_catalog.record operator(pg_catalog.*<>) row(new."id")::pg_catalog.record) then
      insert into public.live_view_dirty (view, kind, key) values ('product_search/3', 0, old."id"::pg_catalog.text);
    end if;
  elsif tg_op operator(pg_catalog.=) 'INSERT' then
    insert into public.live_view_dirty (view, kind, key) select 'product_search/3', 0, r."id"::pg_catalog.text from new_rows r where r."id" is not null;
  elsif tg_op operator(pg_catalog.=) 'DELETE' then
    insert into public.live_view_dirty (view, kind, key) select 'product_search/3', 0, r."id"::pg_catalog.text from old_rows r where r."id" is not null;
  else
    insert into public.live_view_dirty (view, kind, key) values ('product_search/3', -1, '');
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
    where d.view operator(pg_catalog.=) 'product_search/3' and d.xid operator(pg_catalog.<>) pg_catalog.pg_current_xact_id()
  ) then
    perform pg_catalog.pg_notify('live_view', '');
  end if;
  return null;
end
$live_view$;

comment on function "public"."product_search_dirty_3"() is 'live-view product_search trigger';

create or replace trigger "product_search_dirty_3_insert" after insert on "public"."products" referencing new table as new_rows
  for each statement execute function "public"."product_search_dirty_3"();

create or replace trigger "product_search_dirty_3_update" after update on "public"."products"
  for each row execute function "public"."product_search_dirty_3"();

create or replace trigger "product_search_dirty_3_delete" after delete on "public"."products" referencing old table as old_rows
  for each statement execute function "public"."product_search_dirty_3"();

create or replace trigger "product_search_dirty_3_truncate" after truncate on "public"."products"
  for each statement execute function "public"."product_search_dirty_3"();

create or replace function "public"."product_search_dirty_4"() returns trigger
language plpgsql security definer as $live_view$
declare
  awake boolean;
begin
  if tg_level operator(pg_catalog.=) 'ROW' then
    if not (row(old."product_id", old."id", old."stars")::pg_catalog.record operator(pg_catalog.*<>) row(new."product_id", new."id", new."stars")::pg_catalog.record) then
      return null;
    end if;
    if new."product_id" is not null then
      insert into public.live_view_dirty (view, kind, key) values ('product_search/4', 0, new."product_id"::pg_catalog.text);
    end if;
    if old."product_id" is not null and (row(old."product_id")::pg_catalog.record operator(pg_catalog.*<>) row(new."product_id")::pg_catalog.record) then
      insert into public.live_view_dirty (view, kind, key) values ('product_search/4', 0, old."product_id"::pg_catalog.text);
    end if;
  elsif tg_op operator(pg_catalog.=) 'INSERT' then
    insert into public.live_view_dirty (view, kind, key) select distinct 'product_search/4', 0, r."product_id"::pg_catalog.text from new_rows r where r."product_id" is not null;
  elsif tg_op operator(pg_catalog.=) 'DELETE' then
    insert into public.live_view_dirty (view, kind, key) select distinct 'product_search/4', 0, r."product_id"::pg_catalog.text from old_rows r where r."product_id" is not null;
  else
    insert into public.live_view_dirty (view, kind, key) values ('product_search/4', -1, '');
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
    where d.view operator(pg_catalog.=) 'product_search/4' and d.xid operator(pg_catalog.<>) pg_catalog.pg_current_xact_id()
  ) then
    perform pg_catalog.pg_notify('live_view', '');
  end if;
  return null;
end
$live_view$;

comment on function "public"."product_search_dirty_4"() is 'live-view product_search trigger';

create or replace trigger "product_search_dirty_4_insert" after insert on "public"."reviews" referencing new table as new_rows
  for each statement execute function "public"."product_search_dirty_4"();

create or replace trigger "product_search_dirty_4_update" after update on "public"."reviews"
  for each row execute function "public"."product_search_dirty_4"();

create or replace trigger "product_search_dirty_4_delete" after delete on "public"."reviews" referencing old table as old_rows
  for each statement execute function "public"."product_search_dirty_4"();

create or replace trigger "product_search_dirty_4_truncate" after truncate on "public"."reviews"
  for each statement execute function "public"."product_search_dirty_4"();

create or replace function "public"."product_search_dirty_5"() returns trigger
language plpgsql security definer as $live_view$
declare
  awake boolean;
begin
  if tg_level operator(pg_catalog.=) 'ROW' then
    if new."id" is not null then
      insert into public.live_view_dirty (view, kind, key) values ('product_search', 5, new."id"::pg_catalog.text);
    end if;
    if old."id" is not null and (row(old."id")::pg_catalog.record operator(pg_catalog.*<>) row(new."id")::pg_catalog.record) then
      insert into public.live_view_dirty (view, kind, key) values ('product_search', 5, old."id"::pg_catalog.text);
    end if;
  elsif tg_op operator(pg_catalog.=) 'INSERT' then
    insert into public.live_view_dirty (view, kind, key) select 'product_search', 5, r."id"::pg_catalog.text from new_rows r where r."id" is not null;
  elsif tg_op operator(pg_catalog.=) 'DELETE' then
    insert into public.live_view_dirty (view, kind, key) select 'product_search', 5, r."id"::pg_catalog.text from old_rows r where r."id" is not null;
  else
    insert into public.live_view_dirty (view, kind, key) values ('product_search', -1, '');
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
    where d.view operator(pg_catalog.=) 'product_search' and d.xid operator(pg_catalog.<>) pg_catalog.pg_current_xact_id()
  ) then
    perform pg_catalog.pg_notify('live_view', '');
  end if;
  return null;
end
$live_view$;

comment on function "public"."product_search_dirty_5"() is 'live-view product_search trigger';

create or replace trigger "product_search_dirty_5_insert" after insert on "public"."categories" referencing new table as new_rows
  for each statement execute function "public"."product_search_dirty_5"();

create or replace trigger "product_search_dirty_5_update" after update on "public"."categories"
  for each row execute function "public"."product_search_dirty_5"();

create or replace trigger "product_search_dirty_5_delete" after delete on "public"."categories" referencing old table as old_rows
  for each statement execute function "public"."product_search_dirty_5"();

create or replace trigger "product_search_dirty_5_truncate" after truncate on "public"."categories"
  for each statement execute function "public"."product_search_dirty_5"();

create or replace function "public"."product_search_dirty_6"() returns trigger
language plpgsql security definer as $live_view$
declare
  awake boolean;
begin
  if tg_level operator(pg_catalog.=) 'ROW' then
    if new."id" is not null then
      insert into public.live_view_dirty (view, kind, key) values ('product_search', 6, new."id"::pg_catalog.text);
    end if;
    if old."id" is not null and (row(old."id")::pg_catalog.record operator(pg_catalog.*<>) row(new."id")::pg_catalog.record) then
      insert into public.live_view_dirty (view, kind, key) values ('product_search', 6, old."id"::pg_catalog.text);
    end if;
  elsif tg_op operator(pg_catalog.=) 'INSERT' then
    insert into public.live_view_dirty (view, kind, key) select 'product_search', 6, r."id"::pg_catalog.text from new_rows r where r."id" is not null;
  elsif tg_op operator(pg_catalog.=) 'DELETE' then
    insert into public.live_view_dirty (view, kind, key) select 'product_search', 6, r."id"::pg_catalog.text from old_rows r where r."id" is not null;
  else
    insert into public.live_view_dirty (view, kind, key) values ('product_search', -1, '');
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
    where d.view operator(pg_catalog.=) 'product_search' and d.xid operator(pg_catalog.<>) pg_catalog.pg_current_xact_id()
  ) then
    perform pg_catalog.pg_notify('live_view', '');
  end if;
  return null;
end
$live_view$;

comment on function "public"."product_search_dirty_6"() is 'live-view product_search trigger';

create or replace trigger "product_search_dirty_6_insert" after insert on "public"."sellers" referencing new table as new_rows
  for each statement execute function "public"."product_search_dirty_6"();

create or replace trigger "product_search_dirty_6_update" after update on "public"."sellers"
  for each row execute function "public"."product_search_dirty_6"();

create or replace trigger "product_search_dirty_6_delete" after delete on "public"."sellers" referencing old table as old_rows
  for each statement execute function "public"."product_search_dirty_6"();

create or replace trigger "product_search_dirty_6_truncate" after truncate on "public"."sellers"
  for each statement execute function "public"."product_search_dirty_6"();

create view "public"."product_search_source" with (security_invoker = true) as
select s."id"::integer as "id", s."title"::text as "title", s."title_ko"::text as "title_ko", s."seller"::text as "seller", s."category_id"::integer as "category_id", s."category_path"::text as "category_path", s."search_text"::text as "search_text", s."price_cents"::integer as "price_cents", s."price_band"::integer as "price_band", s."quantity"::integer as "quantity", s."in_stock"::boolean as "in_stock", s."score"::double precision as "score", s."whole_stars"::integer as "whole_stars", s."review_count"::integer as "review_count"
from (
select
      p.id,
      p.title,
      p.title_ko,
      s.name as seller,
      p.category_id,
      concat(d.name, ' › ', c.name) as category_path,
      lower(concat(p.title, ' ', p.title_ko, ' ', s.name, ' ', d.name, ' ', c.name)) as search_text,
      pr.cents as price_cents,
      width_bucket(pr.cents, array[2500, 5000, 10000, 25000]) as price_band,
      st.quantity,
      st.quantity > 0 as in_stock,
      coalesce(r.score, 0) as score,
      floor(coalesce(r.score, 0))::integer as whole_stars,
      coalesce(r.count, 0) as review_count
    from "products" p
    join "sellers" s on s.id = p.seller_id
    join "categories" c on c.id = p.category_id
    join "categories" d on d.id = c.parent_id
    join "prices" pr on pr.product_id = p.id
    join "stock" st on st.product_id = p.id
    left join (
      select product_id, round(avg(stars), 1)::float8 as score, count(*)::integer as count
      from "reviews"
      group by product_id
    ) r on r.product_id = p.id
) s;

comment on view "public"."product_search_source" is 'live-view product_search source';

create table "public"."product_search" (
  "id" integer not null,
  "title" text not null,
  "title_ko" text not null,
  "seller" text not null,
  "category_id" integer not null,
  "category_path" text not null,
  "search_text" text not null,
  "price_cents" integer not null,
  "price_band" integer not null,
  "quantity" integer not null,
  "in_stock" boolean not null,
  "score" double precision not null,
  "whole_stars" integer not null,
  "review_count" integer not null,
  constraint "product_search_key" primary key ("id")
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02);

create index "product_search_by_price" on "public"."product_search" ("price_cents", "id");

create index "product_search_by_score" on "public"."product_search" ("score", "id");

create index "product_search_by_reviews" on "public"."product_search" ("review_count", "id");

create index "product_search_by_category" on "public"."product_search" ("category_id", "review_count", "id");

create index "product_search_by_text" on "public"."product_search" using gin ("search_text" gin_trgm_ops);

create index "product_search_facets" on "public"."product_search" ("category_id", "price_band", "whole_stars", "in_stock");

comment on table "public"."product_search" is 'live-view product_search realtime v1 sha256:927739433f3d52a765b05644a0a44c0b36f0e85155eda3a303a1f0b5d63089e6';

insert into public.live_view_status (view, strategy, version, definition)
  values ('product_search', 'realtime', 1, 'sha256:927739433f3d52a765b05644a0a44c0b36f0e85155eda3a303a1f0b5d63089e6');

insert into public.live_view_dirty (view, kind) values ('product_search', -1);

select pg_catalog.pg_notify('live_view', '');
