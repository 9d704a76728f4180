import { join } from 'node:path'
import { connect } from '@bellhop/client'
import type { Bellhop, FileId, JobId } from '@bellhop/client'
import { startPostgres } from '@bellhop/local-stack'
import postgres from 'postgres'
import type { Sql } from 'postgres'
import type { Benchmark } from './benchmark.ts'
import { versionOf } from './machine.ts'
import { measurementOf, ratioOf, runRounds } from './rounds.ts'
import { scratchFolder } from './scratch-folder.ts'
import { median, p99 } from './statistics.ts'
import { openWorld } from './upload/world.ts'

const ROUNDS = 5
const SAMPLES = 60
const SAMPLES_SMALL = 15
const P50_BUDGET_MS = 15
const P99_BUDGET_MS = 60
const ARRIVES_WITHIN_MS = 10_000

export const latency: Benchmark = {
  description: 'from submitting a job to its first state at a watcher over WebSocket, idle, beside raw LISTEN',
  budgets: { submit_p50_vs_15_ms: { atMost: 1 }, submit_p99_vs_60_ms: { atMost: 1 } },

  async run({ rounds = ROUNDS, small, signal, say }) {
    const count = small ? SAMPLES_SMALL : SAMPLES
    await using scratch = await scratchFolder()
    await using stack = new AsyncDisposableStack()
    const { url, apiKey } = stack.use(await openWorld(join(scratch.path, 'bellhop'), null, signal))
    const server = stack.use(await startPostgres({ dataDir: join(scratch.path, 'postgres'), signal }))
    const sql = postgres(server.url, { max: 1, onnotice: () => {} })
    stack.defer(() => sql.end())
    const bellhop = stack.use(connect({ url, apiKey, transport: 'ws' }))
    const raw = await openRaw(sql)
    const feeding = new AbortController()
    stack.defer(() => feeding.abort())
    const ours = await openOurs(bellhop, AbortSignal.any([signal, feeding.signal]))
    const single: Record<'bellhop' | 'raw_listen', number[]> = { bellhop: [], raw_listen: [] }
    const measure = (name: keyof typeof single, sample: () => Promise<number>) => async () => {
      const samples: number[] = []
      for (let taken = 0; taken < count; taken += 1) samples.push(await sample())
      single[name].push(...samples)
      return median(samples)
    }
    await measure('bellhop', ours)()
    await measure('raw_listen', raw)()
    single.bellhop.length = 0
    single.raw_listen.length = 0
    const rows = await runRounds({
      unit: 'ms',
      count: rounds,
      contenders: { bellhop: measure('bellhop', ours), raw_listen: measure('raw_listen', raw) },
      signal,
      say,
    })
    return {
      versions: { '@bellhop/client': versionOf('@bellhop/client'), postgres: versionOf('postgres') },
      rows: [
        ...rows,
        measurementOf('bellhop, p99 of all', 'ms', [p99(single.bellhop)]),
        measurementOf('raw_listen, p99 of all', 'ms', [p99(single.raw_listen)]),
      ],
      ratios: {
        submit_p50_vs_15_ms: median(single.bellhop) / P50_BUDGET_MS,
        submit_p99_vs_60_ms: p99(single.bellhop) / P99_BUDGET_MS,
        bellhop_vs_raw_listen: ratioOf(rows, 'bellhop', 'raw_listen'),
      },
    }
  },
}

/** Each sample: a job is submitted over HTTP and its first state awaited on the feed; then its end, so that all is idle again. */
async function openOurs(bellhop: Bellhop, signal: AbortSignal): Promise<() => Promise<number>> {
  const { id: fileId } = await bellhop.files.upload(new Blob(['idle']), { name: 'idle.bin', startJobs: false })
  const firstAtMs = new Map<JobId, PromiseWithResolvers<number>>()
  const ends = new Map<JobId, PromiseWithResolvers<number>>()
  const of = (awaited: typeof ends, id: JobId) => {
    const known = awaited.get(id) ?? Promise.withResolvers<number>()
    awaited.set(id, known)
    return known
  }
  void (async () => {
    for await (const job of bellhop.jobs.feed({ signal })) {
      of(firstAtMs, job.id).resolve(performance.now())
      if (job.status === 'COMPLETED') of(ends, job.id).resolve(performance.now())
    }
  })().catch(() => {})
  return () => sampleOf(bellhop, fileId, (id) => [of(firstAtMs, id).promise, of(ends, id).promise])
}

async function sampleOf(
  bellhop: Bellhop,
  fileId: FileId,
  awaited: (id: JobId) => readonly [Promise<number>, Promise<number>],
): Promise<number> {
  const submittedAtMs = performance.now()
  const { id } = await bellhop.jobs.submit('file.verify', { fileId })
  const [first, end] = awaited(id)
  const seenAtMs = await inTime(first)
  await inTime(end)
  return seenAtMs - submittedAtMs
}

/** Each sample: a row is inserted and, after the commit, told of to a listener in this process. */
async function openRaw(sql: Sql): Promise<() => Promise<number>> {
  await sql`create table told (id serial primary key)`
  let heard = Promise.withResolvers<number>()
  await sql.listen('told', () => heard.resolve(performance.now()))
  return async () => {
    heard = Promise.withResolvers<number>()
    const startedAtMs = performance.now()
    await sql`insert into told default values`
    await sql.notify('told', '')
    return (await inTime(heard.promise)) - startedAtMs
  }
}

async function inTime<T>(awaited: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('Nothing was seen in time.')), ARRIVES_WITHIN_MS)
  try {
    return await Promise.race([awaited, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
