import { Logger, run, runMigrations } from 'graphile-worker'
import postgres from 'postgres'
import { CONCURRENCY } from './queue.ts'
import type { Queue } from './queue.ts'

/** As Bellhop's own runner polls. */
const POLL_INTERVAL_MS = 1_000

/** graphile-worker alone, in the mode that Bellhop runs it in: nothing fetched ahead, each job completed by itself. */
export async function openBareQueue(url: string): Promise<Queue> {
  const logger = new Logger(() => () => {})
  await runMigrations({ connectionString: url, logger })
  const sql = postgres(url, { onnotice: () => {} })
  return {
    async submit() {
      await sql`select from graphile_worker.add_job('noop', '{}'::json, max_attempts := 1)`
    },
    async work(onRun) {
      const runner = await run({
        connectionString: url,
        concurrency: CONCURRENCY,
        maxPoolSize: CONCURRENCY + 2,
        pollInterval: POLL_INTERVAL_MS,
        noHandleSignals: true,
        taskList: { noop: () => onRun() },
        logger,
      })
      return { [Symbol.asyncDispose]: () => runner.stop() }
    },
    async isBusy() {
      return (await sql`select from graphile_worker.jobs limit 1`).length > 0
    },
    [Symbol.asyncDispose]: () => sql.end(),
  }
}
