import { Auditor } from './auditor.ts'
import type { Findings } from './auditor.ts'
import { Load } from './load.ts'
import type { Scenario } from './scenarios.ts'
import { EventWatcher } from './watchers/event-watcher.ts'
import { PollWatcher } from './watchers/poll-watcher.ts'
import { SocketWatcher } from './watchers/socket-watcher.ts'
import { World, pause } from './world.ts'

export interface Outcome extends Findings {
  readonly scenario: string
  /** How long the harm was done. */
  readonly harmMs: number
  /** From its end until every job that was there had ended at every watcher. Null: they did not. */
  readonly recoveryMs: number | null
}

/** Ended over every transport before the harm begins, so that all runs. */
const WARM_JOBS = 4
const WARM_WITHIN_MS = 60_000
const RECOVER_WITHIN_MS = 90_000
/** Load goes on for so long after the harm. */
const AFTERWARDS_MS = 2_000

/** Runs the scenarios one after another, each under a load of its own, on one platform. */
export async function runChaos(
  scenarios: readonly Scenario[],
  say: (line: string) => void = () => {},
): Promise<Outcome[]> {
  await using world = await World.start()
  await using load = await Load.prepare(world)
  const outcomes: Outcome[] = []
  for (const scenario of scenarios) {
    say(`${scenario.name} …`)
    const outcome = await runScenario(world, load, scenario)
    outcomes.push(outcome)
    say(
      `  recovered in ${outcome.recoveryMs} ms; of ${outcome.jobs} jobs ${outcome.lost} lost, ${outcome.duplicates} duplicates`,
    )
    for (const fault of outcome.faults) say(`  ${fault}`)
    if (outcome.faults.length > 0) for (const kept of [...world.servers, ...world.workers]) say(kept.said.slice(-2_000))
  }
  return outcomes
}

async function runScenario(world: World, load: Load, scenario: Scenario): Promise<Outcome> {
  await using stack = new AsyncDisposableStack()
  const watchers = [new SocketWatcher(world), new EventWatcher(world), new PollWatcher(world)]
  for (const watcher of watchers) stack.use(watcher)
  const auditor = new Auditor(watchers)
  const stop = new AbortController()
  const loading = load.run((job) => auditor.follow(job), stop.signal)
  const sql = world.openDatabase()
  stack.defer(() => sql.end({ timeout: 1 }))
  try {
    // Connected before there may be no room.
    await sql`select 1`
    await warm(auditor)
    const startedAtMs = performance.now()
    await scenario.hurt(world, sql)
    const harmedAtMs = performance.now()
    const recovering = auditor.ends(harmedAtMs, RECOVER_WITHIN_MS).then((has) => (has ? performance.now() : null))
    await pause(AFTERWARDS_MS)
    stop.abort()
    await loading
    const recoveredAtMs = await recovering
    if (recoveredAtMs !== null) await auditor.ends(performance.now(), RECOVER_WITHIN_MS)
    const findings = await auditor.findings(world, sql)
    return {
      scenario: scenario.name,
      harmMs: Math.round(harmedAtMs - startedAtMs),
      recoveryMs: recoveredAtMs === null ? null : Math.round(recoveredAtMs - harmedAtMs),
      ...findings,
    }
  } finally {
    stop.abort()
    await loading
  }
}

async function warm(auditor: Auditor): Promise<void> {
  const deadline = performance.now() + WARM_WITHIN_MS
  while (auditor.ended < WARM_JOBS) {
    if (performance.now() > deadline) throw new Error(`Fewer than ${WARM_JOBS} jobs ended before any harm was done.`)
    await pause(50)
  }
}
