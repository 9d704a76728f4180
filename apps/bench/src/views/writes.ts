import { randomUUID } from 'node:crypto'
import { keepViewsFresh } from '@bellhop/live-view'
import { newId } from '@bellhop/model'
import { claimJob, completeJob, countDownload, insertJob, openDatabase, VIEWS } from '@bellhop/persistence'
import type { Database } from '@bellhop/persistence'
import { runRounds } from '../rounds.ts'
import type { Measurement, Rounds } from '../rounds.ts'
import { fileIdOf } from './fill.ts'
import type { Population } from './fill.ts'
import { randomNumbers } from './timing.ts'
import type { World } from './world.ts'

const WRITERS = 16
const WRITE_MS = 1_000
const TABLES = ['files', 'jobs', 'outputs']

export const NO_TRIGGER = 'no trigger'
export const OURS = 'triggers'
const OURS_APPLIED = 'triggers, and an applier at work'
const NOTIFY = 'triggers, and a NOTIFY a write'

/** What Bellhop writes most; and a statement of one column, beside which a trigger is largest. */
export const JOB_LIFE = 'job submitted, claimed and completed'
export const DOWNLOAD = 'download counted'

/** Writes a second of 16 writers, with and without what keeps the views. The world's views are wrong afterwards. */
export async function measureWrites(
  { database, population }: World,
  options: Pick<Rounds, 'count' | 'signal' | 'say'>,
): Promise<Measurement[]> {
  const { sql } = database
  await sql`
    create function bench_notify() returns trigger language plpgsql as $$
    begin perform pg_notify('bench', ''); return null; end $$`
  for (const table of TABLES) {
    await sql.unsafe(
      `create trigger bench_notify after insert or update on ${table} for each statement execute function bench_notify()`,
    )
  }
  await using writing = openDatabase(database.url, { maxConnections: WRITERS, name: 'bench writers' })
  const works = { [JOB_LIFE]: jobLives(writing, population), [DOWNLOAD]: downloads(writing, population) }
  const modes: Record<string, () => Promise<AsyncDisposable>> = {
    [NO_TRIGGER]: () => arrange(database, { triggers: false, notify: false }),
    [OURS]: () => arrange(database, { triggers: true, notify: false }),
    [NOTIFY]: () => arrange(database, { triggers: true, notify: true }),
    [OURS_APPLIED]: async () => {
      await using arranged = new AsyncDisposableStack()
      arranged.use(await arrange(database, { triggers: true, notify: false }))
      arranged.use(keepViewsFresh({ sql, views: VIEWS }))
      return arranged.move()
    },
  }
  const contenders = Object.entries(works).flatMap(([what, work]) =>
    Object.entries(modes).map(([mode, arranged]) => {
      const measure = async () => {
        await using _mode = await arranged()
        return await ratePerSecond(work)
      }
      return [`${what}: ${mode}`, measure] as const
    }),
  )
  for (const work of Object.values(works)) await ratePerSecond(work)
  return await runRounds({ unit: 'writes/s', contenders: Object.fromEntries(contenders), ...options })
}

async function ratePerSecond(work: (writer: number) => Promise<void>): Promise<number> {
  const startedAtMs = performance.now()
  let written = 0
  const write = async (_: unknown, writer: number) => {
    while (performance.now() - startedAtMs < WRITE_MS) {
      await work(writer)
      written += 1
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: WRITERS }, write))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return (written * 1_000) / (performance.now() - startedAtMs)
}

function jobLives({ db }: Database, { workspaceId, otherIds, ownerId, rows }: Population) {
  const random = randomNumbers(1)
  const owner = newId('worker')
  const workspaces = [workspaceId, ...otherIds]
  return async (writer: number) => {
    const fileId = fileIdOf(1 + Math.floor(random() * rows))
    // Each writer in a lane of its own: those of one lane wait for each other, with triggers or without.
    const job = await db.transaction((tx) =>
      insertJob(tx, {
        workspaceId: workspaces[writer % workspaces.length] ?? workspaceId,
        kind: `bench.${writer}`,
        kindVersion: 1,
        fileId,
        input: { fileId },
        maxAttempts: 3,
        createdBy: ownerId,
      }),
    )
    if (!job) throw new Error('A job was not inserted.')
    const lease = { jobId: job.id, attempt: 1, token: randomUUID() }
    if (!(await claimJob(db, job.id, 1, { token: lease.token, owner }))) throw new Error('A job was not claimed.')
    if (!(await completeJob(db, lease, { output: {}, outputs: [] }))) throw new Error('A job was not completed.')
  }
}

function downloads({ db }: Database, { rows }: Population) {
  const random = randomNumbers(2)
  return () => countDownload(db, fileIdOf(1 + Math.floor(random() * rows)))
}

/** As while an applier polls: the triggers of the views do not NOTIFY. */
async function arrange(
  { sql }: Database,
  { triggers, notify }: { triggers: boolean; notify: boolean },
): Promise<AsyncDisposable> {
  const names = await sql<{ name: string; table: string }[]>`
    select tgname as name, tgrelid::regclass::text as table from pg_trigger
    where tgname ~ '^[a-z]+_dirty_[0-9]+_(insert|update|updated|delete|truncate)$' and tgrelid::regclass::text = any (${TABLES})`
  for (const { name, table } of names) {
    await sql.unsafe(`alter table ${table} ${triggers ? 'enable' : 'disable'} trigger ${name}`)
  }
  for (const table of TABLES) {
    await sql.unsafe(`alter table ${table} ${notify ? 'enable' : 'disable'} trigger bench_notify`)
  }
  await sql`update live_view_wake set awake_until = clock_timestamp() + interval '1 minute'`
  return {
    [Symbol.asyncDispose]: async () => void (await sql`truncate live_view_dirty`),
  }
}
