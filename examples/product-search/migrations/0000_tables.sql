create extension if not exists pg_trgm;

create table categories (
  id integer primary key,
  parent_id integer,
  name text not null
);
create table sellers (
  id integer primary key,
  name text not null
);
create table products (
  id integer primary key,
  category_id integer not null,
  seller_id integer not null,
  title text not null,
  title_ko text not null
);
create table prices (
  product_id integer primary key,
  cents integer not null check (cents > 0)
);
create table stock (
  product_id integer primary key,
  quantity integer not null check (quantity >= 0)
);
create table reviews (
  id integer primary key generated always as identity,
  product_id integer not null,
  stars smallint not null check (stars between 1 and 5),
  written_at timestamptz not null default now()
);
