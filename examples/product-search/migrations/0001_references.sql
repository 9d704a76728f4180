alter table categories add foreign key (parent_id) references categories;
alter table products
  add foreign key (category_id) references categories,
  add foreign key (seller_id) references sellers;
alter table prices add foreign key (product_id) references products on delete cascade;
alter table stock add foreign key (product_id) references products on delete cascade;
alter table reviews add foreign key (product_id) references products on delete cascade;

-- What the fan-outs of the view look for, and what one product's score is computed from.
create index on products (category_id);
create index on products (seller_id);
create index on reviews (product_id) include (stars);
