import { readFile } from 'node:fs/promises'
import { verifyViews } from '@bellhop/live-view'
import { type Sql } from 'postgres'
import { generate } from './generate.ts'
import { productSearch } from './product-search.ts'

/** Makes the tables, fills them, and makes the view; does nothing when the database holds it all. */
export async function migrate(sql: Sql, { products }: { readonly products: number }): Promise<void> {
  const [found] = await sql<{ tables: boolean; view: boolean }[]>`
    select to_regclass('products') is not null as tables, to_regclass('product_search') is not null as view`
  if (found?.tables !== true) {
    await run(sql, '0000_tables.sql')
    // A load is cheapest before anything is asked of each row: references, indexes, and the triggers of the view.
    await generate(sql, products)
    await run(sql, '0001_references.sql')
  }
  if (found?.view !== true) await run(sql, '0002_product_search.sql')
  for (const { message } of await verifyViews(sql, [productSearch], { mend: true })) console.warn(message)
}

async function run(sql: Sql, name: string): Promise<void> {
  const text = await readFile(new URL(`../migrations/${name}`, import.meta.url), 'utf8')
  await sql.begin((tx) => tx.unsafe(text))
}
