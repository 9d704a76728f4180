import postgres from 'postgres'
import type { Sql } from 'postgres'
import { pause } from './world.ts'
import type { World } from './world.ts'
import type { KeptProcess } from './kept-process.ts'

export interface Scenario {
  readonly name: string
  /** Does the harm under load. Resolves when it is over; what is to be mended by Bellhop itself is left to it. */
  hurt(world: World, sql: Sql): Promise<void>
}

/** Longer than a lease, which is 15 s, and the sweep that comes after. */
const PAUSE_MS = 22_000
const IDLE_CLIENTS = 300

const workerKilled: Scenario = {
  name: 'a worker killed',
  async hurt(world, sql) {
    const victim = await busyWorker(world, sql)
    victim.kill()
  },
}

const workersKilledRepeatedly: Scenario = {
  name: 'a worker killed every 20 s',
  async hurt(world, sql) {
    for (let kill = 0; kill < 3; kill++) {
      if (kill > 0) await pause(20_000)
      await workerKilled.hurt(world, sql)
    }
  },
}

const workerPaused: Scenario = {
  name: 'a worker paused past its lease and woken',
  async hurt(world, sql) {
    const sleeper = await busyWorker(world, sql)
    sleeper.pause()
    await pause(PAUSE_MS)
    sleeper.wake()
  },
}

const postgresRestarted: Scenario = {
  name: 'Postgres restarted',
  hurt: (world) => world.restartPostgres(1_000),
}

const backendsKilled: Scenario = {
  name: 'backends killed, 2 a second',
  async hurt(_, sql) {
    for (let kill = 0; kill < 20; kill++) {
      await sql`
        select pg_terminate_backend(pid)
        from pg_stat_activity
        where backend_type = 'client backend' and datname = current_database() and pid <> pg_backend_pid()
        order by random()
        limit 1`
      await pause(500)
    }
  },
}

const connectionsExhausted: Scenario = {
  name: `every connection taken by ${IDLE_CLIENTS} idle clients`,
  async hurt(world, sql) {
    const { databaseUrl } = world
    const clients = Array.from({ length: IDLE_CLIENTS }, () =>
      postgres(databaseUrl, { max: 1, onnotice: () => {}, connection: { application_name: 'chaos idle' } }),
    )
    try {
      const holding = clients.map((client) => client`select 1`.catch(() => {}))
      await pause(1_000)
      // Half of what Bellhop holds is closed, and has to stand in line with those.
      await sql`
        select pg_terminate_backend(pid)
        from pg_stat_activity
        where backend_type = 'client backend' and application_name not like 'chaos%' and pid % 2 = 0`
      await pause(10_000)
      await Promise.all(holding)
    } finally {
      await Promise.all(clients.map((client) => client.end({ timeout: 0 })))
    }
  },
}

const listenersKilled: Scenario = {
  name: 'the LISTEN backends killed',
  async hurt(_, sql) {
    for (let kill = 0; kill < 3; kill++) {
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'bellhop listener'`
      await pause(1_000)
    }
  },
}

const serverKilled: Scenario = {
  name: 'an API node killed',
  async hurt(world) {
    const [server] = world.servers
    server?.kill()
    await pause(1_000)
    await server?.untilServing()
  },
}

const storeAway: Scenario = {
  name: 'storage away for 5 s',
  hurt: (world) => world.takeStoreAway(5_000),
}

const clocksWrong: Scenario = {
  name: 'the clocks of all workers 1 h off',
  async hurt(world, sql) {
    const right = [...world.workers]
    const hour = 3_600_000
    const wrong = [await world.addWorker({ clockShiftMs: hour }), await world.addWorker({ clockShiftMs: -hour })]
    for (const worker of right) await world.removeWorker(worker)
    // What the queue loses is queued again by them.
    await sql`
      select graphile_worker.remove_job(key)
      from (select key from graphile_worker.jobs where key like 'job\\_%' and locked_at is null limit 3) as waiting`
    await pause(3_000)
    const [first] = wrong
    first?.kill()
    await pause(25_000)
    for (const _ of right) await world.addWorker()
    for (const worker of wrong) await world.removeWorker(worker)
  },
}

export const SCENARIOS: readonly Scenario[] = [
  workerKilled,
  workersKilledRepeatedly,
  postgresRestarted,
  backendsKilled,
  connectionsExhausted,
  listenersKilled,
  serverKilled,
  storeAway,
  clocksWrong,
  workerPaused,
]

/** Those that take long at the same time, so that they fit in among the other tests. */
export const SHORT_SCENARIOS: readonly Scenario[] = [
  together(workerKilled, workerPaused),
  together(listenersKilled, serverKilled),
  postgresRestarted,
]

function together(...scenarios: readonly Scenario[]): Scenario {
  return {
    name: scenarios.map(({ name }) => name).join(', and '),
    async hurt(world, sql) {
      await Promise.all(scenarios.map((scenario) => scenario.hurt(world, sql)))
    },
  }
}

/** One that holds a job right now, and was not struck yet. */
async function busyWorker(world: World, sql: Sql): Promise<KeptProcess> {
  for (;;) {
    const rows = await sql<{ pid: number }[]>`
      select distinct w.pid from jobs j join workers w on w.id = j.lease_owner where j.status = 'PROCESSING'`
    const pids = new Set(rows.map(({ pid }) => pid))
    const busy = world.workers.filter((worker) => pids.has(worker.pid))
    const chosen = busy[Math.floor(Math.random() * busy.length)]
    if (chosen) return chosen
    await pause(20)
  }
}
