import { join } from 'node:path'
import { startPostgres } from '@bellhop/local-stack'
import { explainCatalog } from '@bellhop/persistence'
import postgres from 'postgres'
import type { Benchmark, Outcome } from './benchmark.ts'
import { versionOf } from './machine.ts'
import { ratioOf } from './rounds.ts'
import type { Measurement } from './rounds.ts'
import { scratchFolder } from './scratch-folder.ts'
import { median } from './statistics.ts'
import { fileIdOf, MEDIAN_SIZE_BYTES } from './views/fill.ts'
import { compareOneKey, measureApplies } from './views/applies.ts'
import { measureFreshness } from './views/freshness.ts'
import { measureReads } from './views/reads.ts'
import { nameOfCount } from './views/timing.ts'
import { openWorld } from './views/world.ts'
import type { World } from './views/world.ts'
import { DOWNLOAD, JOB_LIFE, measureWrites, NO_TRIGGER, OURS } from './views/writes.ts'

const SIZES = [10_000, 100_000, 1_000_000]
const ROUNDS = 3
/** From here on a round takes minutes. */
const LARGE = 500_000
const ROUNDS_LARGE = 2
/** Short ones: what else the machine does comes and goes within seconds. */
const WRITE_ROUNDS = 7
/** The cost of a write hangs little on how many rows there are; one such world is enough. */
const WRITES_AT_MOST = 100_000
const ONE_KEY_TIMES = 40

const PAGE_P99_BUDGET_MS = 20
const VISIBLE_P50_BUDGET_MS = 60
const VISIBLE_P99_BUDGET_MS = 200

export const views: Benchmark = {
  description:
    'the catalog as a live view, against its query, a tuned query and a materialized view, at 10k, 100k and 1m files',
  budgets: {
    page_1m_p99_vs_20_ms: { atMost: 1 },
    page_1m_vs_bare_select: { atMost: 2 },
    visible_1m_500_p50_vs_60_ms: { atMost: 1 },
    visible_1m_500_p99_vs_200_ms: { atMost: 1 },
    one_key_1m_vs_10k: { atMost: 2 },
    writes_no_trigger_vs_triggers: { atMost: 1.25 },
  },

  async run({ sizes = SIZES, rounds = ROUNDS, signal, say }) {
    const ascending = [...new Set(sizes)].toSorted((a, b) => a - b)
    await using scratch = await scratchFolder()
    await using server = await startPostgres({ dataDir: join(scratch.path, 'postgres'), signal })
    const admin = postgres(server.url, { max: 1, onnotice: () => {} })
    await using stack = new AsyncDisposableStack()
    stack.defer(() => admin.end())
    const rows: Measurement[] = []
    const ratios: Record<string, number> = {}
    const faults: string[] = []
    const writesAt = ascending.findLast((size) => size <= WRITES_AT_MOST) ?? ascending[0]
    const [smallest = 0] = ascending
    const smallestWorld = stack.use(await openWorld(admin, server.url, smallest))
    for (const size of ascending) {
      await using larger = new AsyncDisposableStack()
      const world = size === smallest ? smallestWorld : larger.use(await openWorld(admin, server.url, size))
      say(`${nameOfCount(size)} files are there`)
      const some = size >= LARGE ? Math.min(rounds, ROUNDS_LARGE) : rounds
      faults.push(...(await planFaults(world)))
      const reads = await measureReads(world, { rounds: some, signal, say })
      const isLargest = size === ascending.at(-1)
      rows.push(...reads, ...(await measureApplies(world, { rounds: size >= LARGE ? 1 : some, signal, say })))
      Object.assign(ratios, readRatios(reads, nameOfCount(size)))
      if (isLargest && size !== smallest) {
        const [here, there] = await compareOneKey(world, smallestWorld, ONE_KEY_TIMES)
        ratios[`one_key_${nameOfCount(size)}_vs_${nameOfCount(smallest)}`] = median(here) / median(there)
      }
      if (isLargest) {
        const fresh = await measureFreshness(world, { signal, say })
        rows.push(...fresh)
        Object.assign(ratios, freshnessRatios(fresh, nameOfCount(size)))
      }
      if (size === writesAt && size !== smallest)
        rows.push(...(await measureWrites(world, { count: WRITE_ROUNDS, signal, say })))
    }
    if (writesAt === smallest) rows.push(...(await measureWrites(smallestWorld, { count: WRITE_ROUNDS, signal, say })))
    ratios['writes_no_trigger_vs_triggers'] = writeRatio(rows, JOB_LIFE)
    ratios['writes_no_trigger_vs_triggers, worst case'] = writeRatio(rows, DOWNLOAD)
    return {
      versions: { '@bellhop/live-view': versionOf('@bellhop/live-view'), postgres: versionOf('postgres') },
      rows,
      ratios,
      faults,
    }
  },
}

async function planFaults({ database, population: { workspaceId, rows } }: World): Promise<string[]> {
  const after = { id: fileIdOf(2 * Math.floor(rows / 4)), name: 'meadow', sizeBytes: MEDIAN_SIZE_BYTES }
  const sample = { workspaceId, text: 'harbor 12', type: 'image', tag: 'legal', after } as const
  const plans = await explainCatalog(database, sample)
  return plans.flatMap((plan) => plan.faults)
}

function readRatios(reads: readonly Measurement[], size: string): Outcome['ratios'] {
  const page = reads.find(({ contender }) => contender === `${size} newest: view, as catalog.search reads it`)
  const of = (kind: string, way: string) =>
    median(reads.find(({ contender }) => contender === `${size} ${kind}: ${way}`)?.samples ?? [])
  const search = 'view, as catalog.search reads it'
  return {
    [`page_${size}_p99_vs_20_ms`]: (page?.p99 ?? Number.NaN) / PAGE_P99_BUDGET_MS,
    [`page_${size}_vs_bare_select`]: of('newest', search) / of('newest', 'view, bare select'),
    [`plain_query_vs_view_${size}, by name`]: of('by name', 'plain query') / of('by name', search),
    [`hand_tuned_query_vs_view_${size}, by name`]: of('by name', 'hand-tuned query') / of('by name', search),
  }
}

function freshnessRatios(rows: readonly Measurement[], size: string): Outcome['ratios'] {
  const row = rows.find(({ contender }) => contender === `${size} write → visible, 500 writes/s`)
  return {
    [`visible_${size}_500_p50_vs_60_ms`]: (row?.median ?? Number.NaN) / VISIBLE_P50_BUDGET_MS,
    [`visible_${size}_500_p99_vs_200_ms`]: (row?.p99 ?? Number.NaN) / VISIBLE_P99_BUDGET_MS,
  }
}

function writeRatio(rows: readonly Measurement[], what: string): number {
  return ratioOf(rows, `${what}: ${NO_TRIGGER}`, `${what}: ${OURS}`)
}
