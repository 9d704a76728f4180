import { type AnyPgColumn, integer, pgTable, smallint, text, timestamp } from 'drizzle-orm/pg-core'

/** Departments have no parent; categories have a department. */
export const categories = pgTable('categories', {
  id: integer().primaryKey(),
  parentId: integer('parent_id').references((): AnyPgColumn => categories.id),
  name: text().notNull(),
})

export const sellers = pgTable('sellers', {
  id: integer().primaryKey(),
  name: text().notNull(),
})

export const products = pgTable('products', {
  id: integer().primaryKey(),
  categoryId: integer('category_id')
    .notNull()
    .references(() => categories.id),
  sellerId: integer('seller_id')
    .notNull()
    .references(() => sellers.id),
  title: text().notNull(),
  titleKo: text('title_ko').notNull(),
})

export const prices = pgTable('prices', {
  productId: integer('product_id')
    .primaryKey()
    .references(() => products.id, { onDelete: 'cascade' }),
  cents: integer().notNull(),
})

export const stock = pgTable('stock', {
  productId: integer('product_id')
    .primaryKey()
    .references(() => products.id, { onDelete: 'cascade' }),
  quantity: integer().notNull(),
})

export const reviews = pgTable('reviews', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  productId: integer('product_id')
    .notNull()
    .references(() => products.id, { onDelete: 'cascade' }),
  stars: smallint().notNull(),
  writtenAt: timestamp('written_at', { withTimezone: true }).notNull().defaultNow(),
})
