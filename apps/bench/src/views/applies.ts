import { keepViewsFresh, rebuild } from '@bellhop/live-view'
import type { Database } from '@bellhop/persistence'
import { measurementOf } from '../rounds.ts'
import type { Measurement } from '../rounds.ts'
import { median } from '../statistics.ts'
import { nameOfCount, timed } from './timing.ts'
import { catalogView, indexesOf } from './world.ts'
import type { World } from './world.ts'

/** How many keys change at once, and how often that is measured in a round. */
const CHANGES: readonly (readonly [keys: number, times: number])[] = [
  [1, 15],
  [10, 10],
  [100, 5],
  [1_000, 3],
  [10_000, 1],
  [100_000, 1],
]
/** Up to this share of a view its changes are applied by key. */
const REBUILD_SHARE = 0.3
/** Prime to every size that is a round number, so that no key comes twice. */
const STRIDE = 7_919

interface ApplyOptions {
  readonly rounds: number
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** What it takes to bring the catalog up to date after some keys changed, by key, by rebuild, and by REFRESH. */
export async function measureApplies(world: World, { rounds, signal, say }: ApplyOptions): Promise<Measurement[]> {
  const { database, population } = world
  const size = nameOfCount(population.rows)
  const changes = CHANGES.filter(([keys]) => keys <= population.rows * REBUILD_SHARE)
  const most = changes.at(-1)?.[0] ?? 1
  await using _view = await makeMaterializedView(database)
  const samples = new Map<string, number[]>()
  const note = (name: string, ms: number) => {
    signal.throwIfAborted()
    samples.set(name, [...(samples.get(name) ?? []), ms])
    say(`${size} ${name}: ${ms.toFixed(1)} ms`)
  }
  await applyChange(world, 1)
  for (let round = 0; round < rounds; round += 1) {
    for (const [keys, times] of changes.slice(0, -1)) {
      for (let time = 0; time < times; time += 1)
        note(`apply ${nameOfCount(keys)} keys`, await applyChange(world, keys))
    }
    note('rebuild, nothing changed', await timed(() => rebuild(database.sql, catalogView)))
    await change(world, most)
    note(`rebuild, ${nameOfCount(most)} keys changed`, await timed(() => rebuild(database.sql, catalogView)))
    await change(world, most)
    note(
      `REFRESH CONCURRENTLY, ${nameOfCount(most * 2)} keys changed`,
      await timed(() => database.sql`refresh materialized view concurrently bench_catalog`),
    )
    note('REFRESH', await timed(() => database.sql`refresh materialized view bench_catalog`))
    note(`apply ${nameOfCount(most)} keys`, await applyPending(database))
  }
  const of = (name: string) => median(samples.get(name) ?? [])
  const aKey = of(`apply ${nameOfCount(most)} keys`) / most
  const unchanged = of('rebuild, nothing changed')
  const aChange = Math.max(0, of(`rebuild, ${nameOfCount(most)} keys changed`) - unchanged) / most
  return [
    ...Array.from(samples, ([name, values]) => measurementOf(`${size} ${name}`, 'ms', values)),
    // Where what a key costs more than in a rebuild adds up to what a rebuild costs at the least.
    measurementOf(`${size} crossover against rebuild`, 'keys', [
      aKey > aChange ? unchanged / (aKey - aChange) : Infinity,
    ]),
  ]
}

/** One change at a time in two worlds in turn. Answers what applying it took, in ms. */
export async function compareOneKey(a: World, b: World, times: number): Promise<readonly [number[], number[]]> {
  const found: readonly [number[], number[]] = [[], []]
  for (let time = 0; time < times; time += 1) {
    found[0].push(await applyChange(a, 1))
    found[1].push(await applyChange(b, 1))
  }
  return found
}

/** In ms, from the lock to the commit, added up over transactions. */
async function applyChange(world: World, keys: number): Promise<number> {
  await change(world, keys)
  return applyPending(world.database)
}

async function applyPending({ sql }: Database): Promise<number> {
  let spentMs = 0
  await using keeper = keepViewsFresh({
    sql,
    views: [catalogView],
    onApplied: ({ durationMs }) => {
      spentMs += durationMs
    },
  })
  await keeper.idle()
  return spentMs
}

let changed = 0

/** Changes a column that the catalog shows, of files far apart. */
async function change({ database: { sql }, population: { rows } }: World, keys: number): Promise<void> {
  const from = (changed += 104_729)
  await sql`
    update files set download_count = download_count + 1
    where id = any (array(
      select 'file_' || lpad((1 + (${from}::bigint + n * ${STRIDE}::bigint) % ${rows}::bigint)::text, 26, '0')
      from generate_series(1, ${keys}::int) n
    ))`
}

/** The same rows and indexes as a MATERIALIZED VIEW, while this lasts. */
async function makeMaterializedView({ sql }: Database): Promise<AsyncDisposable> {
  await sql`create materialized view bench_catalog as select * from catalog_source`
  await sql`create unique index bench_catalog_key on bench_catalog (id)`
  for (const { text } of await indexesOf(sql, 'catalog')) {
    await sql.unsafe(text.replace(/index catalog_/i, 'index bench_catalog_').replace(/ on \S+/i, ' on bench_catalog'))
  }
  return { [Symbol.asyncDispose]: async () => void (await sql`drop materialized view bench_catalog`) }
}
