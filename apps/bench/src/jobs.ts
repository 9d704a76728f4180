import { join } from 'node:path'
import { startPostgres } from '@bellhop/local-stack'
import postgres from 'postgres'
import type { Benchmark } from './benchmark.ts'
import { openBareQueue } from './jobs/bare-queue.ts'
import { openBossQueue } from './jobs/boss-queue.ts'
import { openOurQueue } from './jobs/our-queue.ts'
import { CONCURRENCY, drain, fill, makeDatabase } from './jobs/queue.ts'
import type { Queue } from './jobs/queue.ts'
import { versionOf } from './machine.ts'
import { measurementOf, ratioOf, runRounds } from './rounds.ts'
import { scratchFolder } from './scratch-folder.ts'

const ROUNDS = 5
const JOBS = 4_000
const JOBS_SMALL = 1_000
const WARM_UP_JOBS = 200

export const jobs: Benchmark = {
  description: `idle jobs, ${CONCURRENCY} at once, with all that Bellhop tracks, against bare graphile-worker and pg-boss`,
  budgets: { bellhop_vs_graphile_worker: { atLeast: 0.5 } },

  async run({ rounds = ROUNDS, small, signal, say }) {
    const count = small ? JOBS_SMALL : JOBS
    await using scratch = await scratchFolder()
    await using server = await startPostgres({ dataDir: join(scratch.path, 'postgres'), signal })
    const sql = postgres(server.url, { max: 1, onnotice: () => {} })
    const urlOf = (name: string) => makeDatabase(sql, server.url, name)
    await using queues = new AsyncDisposableStack()
    queues.defer(() => sql.end())
    const bellhop = queues.use(await openOurQueue(await urlOf('ours'), join(scratch.path, 'scratch')))
    const graphileWorker = queues.use(await openBareQueue(await urlOf('bare')))
    const pgBoss = queues.use(await openBossQueue(await urlOf('boss')))
    const submitted: Record<string, number[]> = { bellhop: [], graphile_worker: [], pg_boss: [] }
    const measure = (name: string, queue: Queue) => async () => {
      submitted[name]?.push(await fill(queue, count))
      return drain(queue, count, signal)
    }
    for (const queue of [bellhop, graphileWorker, pgBoss]) {
      await fill(queue, WARM_UP_JOBS)
      await drain(queue, WARM_UP_JOBS, signal)
    }
    const rows = await runRounds({
      unit: 'jobs/s',
      count: rounds,
      contenders: {
        bellhop: measure('bellhop', bellhop),
        graphile_worker: measure('graphile_worker', graphileWorker),
        'pg_boss, in batches of 100': measure('pg_boss', pgBoss),
      },
      signal,
      say,
    })
    const submits = Object.entries(submitted).map(([name, samples]) =>
      measurementOf(`submit ${name}`, 'jobs/s', samples),
    )
    return {
      versions: {
        '@bellhop/business': versionOf('@bellhop/business'),
        'graphile-worker': versionOf('graphile-worker'),
        'pg-boss': versionOf('pg-boss'),
      },
      rows: [...rows, ...submits],
      ratios: {
        bellhop_vs_graphile_worker: ratioOf(rows, 'bellhop', 'graphile_worker'),
        bellhop_vs_pg_boss: ratioOf(rows, 'bellhop', 'pg_boss, in batches of 100'),
        submit_bellhop_vs_graphile_worker: ratioOf(submits, 'submit bellhop', 'submit graphile_worker'),
      },
    }
  },
}
