import { PgBoss } from 'pg-boss'
import postgres from 'postgres'
import type { Queue } from './queue.ts'

const NAME = 'noop'
/** Its way to be fast: jobs are fetched and completed in batches, by polling. */
const BATCH = { batchSize: 100, localConcurrency: 4, pollingIntervalSeconds: 0.5 }

/** pg-boss, which polls and works in batches: a peer in what it does for its users, not in its mode. */
export async function openBossQueue(url: string): Promise<Queue> {
  const boss = new PgBoss({ connectionString: url, schedule: false })
  boss.on('error', (error) => console.error(error))
  await boss.start()
  await boss.createQueue(NAME)
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  return {
    async submit() {
      await boss.send(NAME, {}, { retryLimit: 0 })
    },
    async work(onRun) {
      await boss.work(NAME, BATCH, async (jobs) => {
        for (const _ of jobs) onRun()
      })
      return { [Symbol.asyncDispose]: () => boss.offWork(NAME) }
    },
    async isBusy() {
      return (await sql`select from pgboss.job where name = ${NAME} and state < 'completed' limit 1`).length > 0
    },
    [Symbol.asyncDispose]: async () => {
      await boss.stop({ graceful: false })
      await sql.end()
    },
  }
}
