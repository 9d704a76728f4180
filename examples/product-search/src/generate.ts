import { type Sql } from 'postgres'

const PRODUCTS_MIN = 100
const PRODUCTS_MAX = 1_000_000
const PRODUCTS_PER_SELLER = 250

const DEPARTMENTS: Readonly<Record<string, readonly (readonly [english: string, noun: string, korean: string])[]>> = {
  Kitchen: [
    ['Kettles', 'Kettle', '전기주전자'],
    ['Pans', 'Frying Pan', '프라이팬'],
    ['Knives', 'Chef Knife', '주방칼'],
    ['Mugs', 'Mug', '머그컵'],
  ],
  Home: [
    ['Lamps', 'Desk Lamp', '책상조명'],
    ['Chairs', 'Armchair', '안락의자'],
    ['Blankets', 'Blanket', '담요이불'],
    ['Clocks', 'Wall Clock', '벽시계'],
  ],
  Electronics: [
    ['Headphones', 'Headphones', '헤드폰'],
    ['Keyboards', 'Keyboard', '기계식키보드'],
    ['Cameras', 'Camera', '카메라'],
    ['Speakers', 'Speaker', '스피커'],
  ],
  Outdoors: [
    ['Tents', 'Tent', '캠핑텐트'],
    ['Backpacks', 'Backpack', '등산배낭'],
    ['Bottles', 'Water Bottle', '보온물병'],
    ['Bicycles', 'Bicycle', '자전거'],
  ],
  Stationery: [
    ['Notebooks', 'Notebook', '노트공책'],
    ['Pens', 'Fountain Pen', '만년필'],
    ['Bags', 'Messenger Bag', '메신저가방'],
    ['Paper', 'Letter Paper', '편지지'],
  ],
}

const ADJECTIVES = [
  ['Copper', '구리'], ['Walnut', '호두나무'], ['Blue', '파란'], ['Quiet', '조용한'], ['Folding', '접이식'], ['Classic', '클래식'],
  ['Light', '가벼운'], ['Double', '이중'], ['Travel', '여행용'], ['Studio', '스튜디오'], ['Winter', '겨울'], ['Small', '작은'],
  ['Ceramic', '도자기'], ['Steel', '강철'], ['Linen', '리넨'], ['Bright', '밝은'], ['Old Town', '올드타운'], ['Seoul', '서울'],
] as const // prettier-ignore

const SELLERS = [
  'Hanok',
  'Fjord',
  'Arbor',
  'Lumen',
  'Namsan',
  'Quarry',
  'Harbour',
  'Sparrow',
  'Meadow',
  'Cobalt',
] as const

/** Fills the empty tables. The same number gives the same shop: chance is a hash of the id. */
export async function generate(sql: Sql, count: number): Promise<void> {
  if (!Number.isInteger(count) || count < PRODUCTS_MIN || count > PRODUCTS_MAX) {
    throw new RangeError(`Expected ${PRODUCTS_MIN} to ${PRODUCTS_MAX} products, got ${count}.`)
  }
  const leaves = Object.entries(DEPARTMENTS).flatMap(([department, names], index) =>
    names.map(([name, noun, korean], leaf) => ({
      id: 100 + index * 10 + leaf,
      parent_id: index + 1,
      department,
      name,
      noun,
      korean,
    })),
  )
  await sql.begin(async (tx) => {
    await tx`insert into categories ${tx(Object.keys(DEPARTMENTS).map((name, index) => ({ id: index + 1, name })))}`
    await tx`insert into categories ${tx(leaves, 'id', 'parent_id', 'name')}`
    await tx`
      insert into sellers
      select i, (${[...SELLERS]}::text[])[1 + i % ${SELLERS.length}] || ' ' || i
      from generate_series(1, ${Math.ceil(count / PRODUCTS_PER_SELLER)}::integer) i`
    await tx.unsafe(`
      create function pg_temp.dice(id bigint, salt bigint) returns float8 language sql immutable
      return (hashint8extended(id, salt) & 1048575) / 1048576.0`)
    await tx`
      insert into products
      select
        i,
        leaf.id,
        1 + floor(pg_temp.dice(i, 1) * ${Math.ceil(count / PRODUCTS_PER_SELLER)})::integer,
        format('%s %s %s', adjective.en, leaf.noun, 100 + floor(pg_temp.dice(i, 2) * 900)),
        format('%s %s', adjective.ko, leaf.korean)
      from generate_series(1, ${count}::integer) i
      join unnest(${leaves.map(({ id }) => id)}::integer[], ${leaves.map(({ noun }) => noun)}::text[], ${leaves.map(({ korean }) => korean)}::text[])
        with ordinality leaf(id, noun, korean, n) on leaf.n = 1 + floor(pg_temp.dice(i, 3) * ${leaves.length})
      join unnest(${ADJECTIVES.map(([en]) => en)}::text[], ${ADJECTIVES.map(([, ko]) => ko)}::text[])
        with ordinality adjective(en, ko, n) on adjective.n = 1 + floor(pg_temp.dice(i, 4) * ${ADJECTIVES.length})`
    await tx`
      insert into prices
      select id, 499 + 100 * floor(600 * pg_temp.dice(id, 5) ^ 3)::integer from products`
    // One product in eight is sold out.
    await tx`
      insert into stock
      select id, greatest(0, floor(80 * pg_temp.dice(id, 6)) - 10)::integer from products`
    // Few have many reviews, most have some: three in the mean. How good a product is, its id decides.
    await tx`
      insert into reviews (product_id, stars, written_at)
      select
        id,
        1 + floor(5 * sqrt((pg_temp.dice(id, 7) + pg_temp.dice(id * 100 + n, 8)) / 2))::smallint,
        timestamptz '2026-01-01' + n * interval '1 hour'
      from products, generate_series(1, floor(3 * pg_temp.dice(id, 9) + 40 * pg_temp.dice(id, 9) ^ 20)::integer) n`
  })
  await sql`analyze`
}
