import { setTimeout as delay } from 'node:timers/promises'
import { keepViewsFresh } from '@bellhop/live-view'
import { newId } from '@bellhop/model'
import { countDownload, openDatabase, VIEWS } from '@bellhop/persistence'
import type { Database } from '@bellhop/persistence'
import { measurementOf } from '../rounds.ts'
import type { Measurement } from '../rounds.ts'
import { fileIdOf } from './fill.ts'
import { callsOf, nameOfCount, randomNumbers } from './timing.ts'
import type { World } from './world.ts'

const RATES = [50, 500, 2_000]
const RUN_MS = 8_000
const WARM_UP_MS = 1_500
const TICK_MS = 5
const CONNECTIONS = 16
/** Writes under way at most; what the database does not take in time is not made up for. */
const UNDER_WAY_MAX = 128
const PROBES = 4
const PROBE_PAUSE_MS = 20
const LOOK_EVERY_MS = 1
const VISIBLE_WITHIN_MS = 30_000
/** Of the writes beside, where jobs move too. */
const JOB_SHARE = 0.1

interface FreshnessOptions {
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/**
 * How long after its commit a write is seen by a reader of the catalog, while other files are written at a set rate: each
 * probe renames a file and reads it in the catalog until the name is there. Keeper, writers and probes are one process.
 */
export async function measureFreshness(world: World, { signal, say }: FreshnessOptions): Promise<Measurement[]> {
  const size = nameOfCount(world.population.rows)
  const rows: Measurement[] = []
  const runs = [
    ...RATES.map((rate) => ({ rate, jobs: false })),
    // Ended jobs change the insights, so these are refreshed as a whole beside.
    { rate: 500, jobs: true },
  ]
  for (const { rate, jobs } of runs) {
    signal.throwIfAborted()
    const { seenMs, writesPerSecond } = await run(world, rate, jobs, signal)
    const name = `${size} write → visible, ${nameOfCount(rate)} writes/s${jobs ? ', insights refreshed beside' : ''}`
    const row = callsOf(name, seenMs)
    rows.push(row, measurementOf(`${name}: writes made`, 'writes/s', [writesPerSecond]))
    say(`${name}: p50 ${row.median.toFixed(1)} ms, p99 ${row.p99?.toFixed(1)} ms of ${seenMs.length}`)
  }
  return rows
}

interface Run {
  readonly seenMs: readonly number[]
  readonly writesPerSecond: number
}

async function run(world: World, rate: number, jobs: boolean, signal: AbortSignal): Promise<Run> {
  const { url } = world.database
  await using writing = openDatabase(url, { maxConnections: CONNECTIONS, name: 'bench writers' })
  await using probing = openDatabase(url, { maxConnections: PROBES, name: 'bench probes' })
  await using keeper = keepViewsFresh({ sql: world.database.sql, views: VIEWS })
  const startedAtMs = performance.now()
  const leftMs = () => startedAtMs + WARM_UP_MS + RUN_MS - performance.now()
  const isWarm = () => performance.now() - startedAtMs >= WARM_UP_MS
  const seenMs: number[] = []
  const probe = async (number: number) => {
    for (let time = 0; leftMs() > 0; time += 1) {
      const tookMs = await probeOnce(probing, fileIdOf(2 * (1 + number)), `probe-${rate}-${time}`, signal)
      if (isWarm()) seenMs.push(tookMs)
      await delay(PROBE_PAUSE_MS, undefined, { signal })
    }
  }
  const [made] = await Promise.all([
    writeAtRate(writing, world, { rate, jobs, leftMs }, signal),
    ...Array.from({ length: PROBES }, (_, number) => probe(number)),
  ])
  await keeper.idle({ signal })
  return { seenMs, writesPerSecond: (made * 1_000) / (WARM_UP_MS + RUN_MS) }
}

async function probeOnce({ sql }: Database, id: string, name: string, signal: AbortSignal): Promise<number> {
  await sql`update files set name = ${name} where id = ${id}`
  const committedAtMs = performance.now()
  while (performance.now() - committedAtMs < VISIBLE_WITHIN_MS) {
    const found = await sql`select from catalog where id = ${id} and name = ${name}`
    if (found.length > 0) return performance.now() - committedAtMs
    await delay(LOOK_EVERY_MS, undefined, { signal })
  }
  throw new Error(`A write was not visible within ${VISIBLE_WITHIN_MS} ms.`)
}

/** Answers how many writes were made. */
async function writeAtRate(
  { db, sql }: Database,
  { population: { rows, workspaceId } }: World,
  { rate, jobs, leftMs }: { rate: number; jobs: boolean; leftMs: () => number },
  signal: AbortSignal,
): Promise<number> {
  const random = randomNumbers(rate)
  const underWay = new Set<Promise<void>>()
  const startedAtMs = performance.now()
  let made = 0
  const failures: unknown[] = []
  const write = async () => {
    // The first files are the probes'.
    const id = fileIdOf(100 + Math.floor(random() * (rows - 100)))
    if (jobs && random() < JOB_SHARE) {
      await sql`
        insert into jobs (id, workspace_id, kind, kind_version, file_id, status, version, max_attempts, input, output, finished_at)
        values (${newId('job')}, ${workspaceId}, 'bench.done', 1, ${id}, 'COMPLETED', 3, 3, '{}', '{}', now())`
    } else await countDownload(db, id)
    made += 1
  }
  while (leftMs() > 0 && failures.length === 0) {
    const due = ((performance.now() - startedAtMs) * rate) / 1_000 - made - underWay.size
    for (let n = 0; n < due && underWay.size < UNDER_WAY_MAX; n += 1) {
      const one: Promise<void> = write()
        .catch((error: unknown) => void failures.push(error))
        .finally(() => underWay.delete(one))
      underWay.add(one)
    }
    await delay(TICK_MS, undefined, { signal })
  }
  await Promise.all(underWay)
  if (failures.length > 0) throw failures[0]
  return made
}
