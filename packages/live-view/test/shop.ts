import { sql } from 'drizzle-orm'
import { integer, jsonb, numeric, pgMaterializedView, pgTable, text } from 'drizzle-orm/pg-core'
import { type Sql } from 'postgres'
import { liveView, on, refreshedView, viewMigration } from '../src/index.ts'

/** The base tables: products of a shop, offers for them (many to one), and makers (one to many). */
export const makers = pgTable('makers', { id: integer().primaryKey(), name: text().notNull(), motto: text() })
export const products = pgTable('products', {
  id: text().primaryKey(),
  shopId: text('shop_id').notNull(),
  makerId: integer('maker_id').references(() => makers.id),
  title: text().notNull(),
  state: text().notNull().default('live'),
  details: jsonb().notNull().default({}),
})
export const offers = pgTable('offers', {
  id: integer().primaryKey(),
  productId: text('product_id').references(() => products.id, { onDelete: 'cascade' }),
  price: numeric({ precision: 10, scale: 2 }).notNull(),
  note: text(),
})

const shopSql = `
create table makers (id integer primary key, name text not null, motto text);
create table products (
  id text primary key, shop_id text not null, maker_id integer references makers, title text not null,
  state text not null default 'live', details jsonb not null default '{}'
);
create table offers (id integer primary key, product_id text references products on delete cascade, price numeric(10, 2) not null, note text);
create index on products (maker_id);
create index on offers (product_id);
`

const shown = { column: products.state, values: ['live', 'sold'] } as const

export const catalog = liveView('catalog', {
  version: 1,
  key: 'id',
  tenant: 'shopId',
  columns: {
    id: text().notNull(),
    shopId: text('shop_id').notNull(),
    title: text().notNull(),
    maker: text(),
    details: jsonb().notNull(),
    offerCount: integer('offer_count').notNull(),
    lowest: numeric({ precision: 10, scale: 2 }),
  },
  query: sql`
    select p.id, p.shop_id, p.title, m.name as maker, p.details, coalesce(o.n, 0)::integer as offer_count, o.lowest
    from ${products} p
    left join ${makers} m on m.id = p.maker_id
    left join (select product_id, count(*) as n, min(price) as lowest from ${offers} group by product_id) o
      on o.product_id = p.id
    where p.state <> ${'deleted'}`,
  depends: [
    on(products, { key: products.id, rows: shown }),
    on(offers, { key: offers.productId, columns: [offers.price] }),
    on(makers, {
      key: makers.id,
      columns: [makers.name],
      fanout: (keys) => sql`select p.id from ${products} p where p.maker_id = any(${keys})`,
    }),
  ],
  indexes: (t) => ({ by_title: sql`(${t.shopId}, ${t.title}, ${t.id})` }),
})

export const insights = refreshedView(
  pgMaterializedView('insights', { shopId: text('shop_id').notNull(), products: integer().notNull() }).as(
    sql`select shop_id, count(*)::integer as products from ${products} where state <> 'deleted' group by shop_id`,
  ),
  {
    version: 1,
    uniqueKey: ['shopId'],
    depends: [on(products, { columns: [products.shopId, products.state], rows: shown })],
    debounceMs: 40,
    maxWaitMs: 400,
    indexes: (t) => ({ by_size: sql`(${t.products} desc)` }),
  },
)

export async function installShop(db: Sql): Promise<void> {
  await db.unsafe(shopSql)
  await db.unsafe(viewMigration([catalog, insights]))
}

/** Empties every table, and the log as an applier would leave it. */
export async function emptyShop(db: Sql): Promise<void> {
  await db`truncate makers, products, offers`
  await db`truncate catalog, live_view_dirty, live_view_history`
  await db`update live_view_status set failures = 0, error = null, error_at = null`
  await db`refresh materialized view insights`
}

/** Rows that one of view and query has and the other has not. */
export async function difference(db: Sql): Promise<readonly unknown[]> {
  return db.begin(async (tx) => {
    // The query as a whole, perhaps of tables that Postgres knows nothing of yet: as a rebuild does.
    await tx`set local enable_nestloop = off`
    return tx`
      (select 'missing' as what, s.* from (select * from catalog_source except all select * from catalog) s)
      union all
      (select 'surplus', t.* from (select * from catalog except all select * from catalog_source) t)`
  })
}
