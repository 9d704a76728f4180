import { liveView, on } from '@bellhop/live-view'
import { sql } from 'drizzle-orm'
import { boolean, doublePrecision, integer, text } from 'drizzle-orm/pg-core'
import { categories, prices, products, reviews, sellers, stock } from './schema.ts'

/** The batch of a demonstration. A shop would write `{ cron: '0 3 * * *' }`. */
export const REVIEW_BATCH_MS = 20_000
/** Edits of one product come in bursts; one apply takes the whole burst. */
const EDIT_BATCH_MS = 2_000

/** One row a product: all that the search page shows, filters, counts and sorts by. */
export const productSearch = liveView('product_search', {
  version: 1,
  key: 'id',
  columns: {
    id: integer().notNull(),
    title: text().notNull(),
    titleKo: text('title_ko').notNull(),
    seller: text().notNull(),
    categoryId: integer('category_id').notNull(),
    categoryPath: text('category_path').notNull(),
    searchText: text('search_text').notNull(),
    priceCents: integer('price_cents').notNull(),
    /** 0 to 4: below 25, 50, 100, 250, and above. */
    priceBand: integer('price_band').notNull(),
    quantity: integer().notNull(),
    inStock: boolean('in_stock').notNull(),
    /** Mean of the stars to one decimal; 0 without reviews. */
    score: doublePrecision().notNull(),
    wholeStars: integer('whole_stars').notNull(),
    reviewCount: integer('review_count').notNull(),
  },
  query: sql`
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
    from ${products} p
    join ${sellers} s on s.id = p.seller_id
    join ${categories} c on c.id = p.category_id
    join ${categories} d on d.id = c.parent_id
    join ${prices} pr on pr.product_id = p.id
    join ${stock} st on st.product_id = p.id
    left join (
      select product_id, round(avg(stars), 1)::float8 as score, count(*)::integer as count
      from ${reviews}
      group by product_id
    ) r on r.product_id = p.id`,
  depends: [
    // Real-time: what is sold out must not be sold.
    on(stock, { key: stock.productId }),
    on(prices, { key: prices.productId }),
    // Gathered: a seller saves the same product five times in a minute.
    on(products, { key: products.id, schedule: { everyMs: EDIT_BATCH_MS } }),
    // Batch: a score that is a little late misleads nobody, and reviews are the largest table.
    on(reviews, { key: reviews.productId, columns: [reviews.stars], schedule: { everyMs: REVIEW_BATCH_MS } }),
    // Fan-out: one write, thousands of rows.
    on(categories, {
      key: categories.id,
      fanout: (ids) => sql`
        select p.id
        from ${products} p
        join ${categories} c on c.id = p.category_id
        where c.id = any(${ids}) or c.parent_id = any(${ids})`,
    }),
    on(sellers, {
      key: sellers.id,
      fanout: (ids) => sql`select p.id from ${products} p where p.seller_id = any(${ids})`,
    }),
  ],
  indexes: (t) => ({
    by_price: sql`(${t.priceCents}, ${t.id})`,
    by_score: sql`(${t.score}, ${t.id})`,
    by_reviews: sql`(${t.reviewCount}, ${t.id})`,
    // The page of a category reads that category only.
    by_category: sql`(${t.categoryId}, ${t.reviewCount}, ${t.id})`,
    by_text: sql`using gin (${t.searchText} gin_trgm_ops)`,
    // All that the facets count: they are read from the index alone.
    facets: sql`(${t.categoryId}, ${t.priceBand}, ${t.wholeStars}, ${t.inStock})`,
  }),
})
