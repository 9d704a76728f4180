import { and, eq, gt, sql } from 'drizzle-orm'
import { type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { categories, prices, products, reviews, stock } from './schema.ts'

/** Writes know the base tables only: that there is a view, and who keeps it, is none of their business. */

/** False when it is sold out. */
export async function buyOne(db: PostgresJsDatabase, productId: number): Promise<boolean> {
  const bought = await db
    .update(stock)
    .set({ quantity: sql`${stock.quantity} - 1` })
    .where(and(eq(stock.productId, productId), gt(stock.quantity, 0)))
    .returning({ left: stock.quantity })
  return bought.length > 0
}

export async function changePrice(db: PostgresJsDatabase, productId: number, cents: number): Promise<void> {
  await db.update(prices).set({ cents }).where(eq(prices.productId, productId))
}

export async function changeTitle(db: PostgresJsDatabase, productId: number, title: string): Promise<void> {
  await db.update(products).set({ title }).where(eq(products.id, productId))
}

/** False when there is no such product. */
export async function writeReview(db: PostgresJsDatabase, productId: number, stars: number): Promise<boolean> {
  const product = db
    .select({ productId: products.id, stars: sql<number>`${stars}::integer`.as('stars') })
    .from(products)
    .where(eq(products.id, productId))
  const written = await db.execute(
    sql`insert into ${reviews} (product_id, stars) select * from (${product}) p returning true`,
  )
  return written.length > 0
}

export async function renameCategory(db: PostgresJsDatabase, categoryId: number, name: string): Promise<void> {
  await db.update(categories).set({ name }).where(eq(categories.id, categoryId))
}
