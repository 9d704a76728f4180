create extension if not exists pg_trgm;

create table categories (
  id integer primary key,
  parent_id integer references categories,
  name text not null
);
create table sellers (
  id integer primary key,
  name text not null
);
create table products (
  id integer primary key,
  category_id integer not null references categories,
  seller_id integer not null references sellers,
  title text not null,
  title_ko text not null
);
create table prices (
  product_id integer primary key references products on delete cascade,
  cents integer not null check (cents > 0)
);
create table stock (
  product_id integer primary key references products on delete cascade,
  quantity integer not null check (quantity >= 0)
);
create table reviews (
  id integer primary key generated always as identity,
  product_id integer not null references products on delete cascade,
  stars smallint not null check (stars between 1 and 5),
  written_at timestamptz not null default now()
);

-- What the fan-outs of the view look for, and what one product's score is computed from.
create index on products (category_id);
create index on products (seller_id);
create index on reviews (product_id) include (stars);
