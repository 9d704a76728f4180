import { readFile, writeFile } from 'node:fs/promises'
import { viewMigration } from '@bellhop/live-view'
import { productSearch } from '../src/product-search.ts'

/** Writes what the declared view needs. The example has never been released, so it is one file, written anew. */
const file = new URL('../migrations/0002_product_search.sql', import.meta.url)
const before = await readFile(file, 'utf8').catch(() => '')
const text = viewMigration([productSearch])
if (text === before) console.log('The migration is as the view is declared.')
else {
  await writeFile(file, text)
  console.log(`Wrote ${file.pathname}.`)
}
