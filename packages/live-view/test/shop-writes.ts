import * as fc from 'fast-check'
import postgres, { type Sql } from 'postgres'

const product = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const maker = fc.integer({ min: 1, max: 3 })
const offer = fc.integer({ min: 1, max: 6 })
const price = fc.integer({ min: 1, max: 3 })

/** One statement of a writer, as SQL text. */
const rowStatement = fc.oneof(
  fc
    .tuple(product, maker)
    .map(
      ([id, by]) =>
        `insert into products (id, shop_id, maker_id, title) values ('${id}', 's', ${by}, 't') on conflict (id) do update set maker_id = excluded.maker_id, state = 'live'`,
    ),
  product.map((id) => `update products set state = 'deleted' where id = '${id}'`),
  fc.tuple(product, price).map(([id, n]) => `update products set title = 't${n}' where id = '${id}'`),
  product.map((id) => `delete from products where id = '${id}'`),
  fc
    .tuple(offer, product, price)
    .map(
      ([id, of, n]) =>
        `insert into offers select ${id}, p.id, ${n} from products p where p.id = '${of}' on conflict (id) do update set product_id = excluded.product_id, price = excluded.price`,
    ),
  fc.tuple(offer, price).map(([id, n]) => `update offers set price = ${n} where id = ${id}`),
  offer.map((id) => `update offers set product_id = null where id = ${id}`),
  fc.tuple(maker, price).map(([id, n]) => `update makers set name = 'm${n}' where id = ${id}`),
)
const anyStatement = fc.oneof(
  { weight: 8, arbitrary: rowStatement },
  { weight: 1, arbitrary: fc.constant('truncate offers') },
)

/** What one writer commits, or undoes. */
export const shopTransaction = transactionOf(anyStatement)
/** The same without truncate, after which a snapshot taken before it sees the table empty, but not the log row. */
export const rowTransaction = transactionOf(rowStatement)

function transactionOf(statement: fc.Arbitrary<string>): fc.Arbitrary<ShopTransaction> {
  return fc.record({ statements: fc.array(statement, { minLength: 1, maxLength: 3 }), commits: fc.boolean() })
}

interface ShopTransaction {
  readonly statements: readonly string[]
  readonly commits: boolean
}

export async function writeShop(db: Sql, { statements, commits }: ShopTransaction): Promise<void> {
  const undo = new Error('undo')
  await db
    .begin(async (tx) => {
      for (const text of statements) await tx.unsafe(text)
      if (!commits) throw undo
    })
    .catch((error: unknown) => {
      // writers may run into each other: foreign key, deadlock; their transaction is undone
      const code = error instanceof postgres.PostgresError ? error.code : undefined
      if (error !== undo && code !== '23503' && code !== '40P01') throw error
    })
}
