import { type Sql } from 'postgres'
import { steppedClient } from './steps.ts'

/** One connection's work, a statement a turn. */
export interface Actor {
  /** Of one connection, which may be killed and made again. */
  readonly client: Sql
  /** Its `application_name`. */
  readonly name: string
  readonly work: (client: Sql) => Promise<void>
}

interface Waiting {
  readonly proceed: () => void
}

const POLL_MS = 1

/**
 * Lets the actors take turns as `schedule` says (indices, wrapped), each turn one statement or one commit; then all go on
 * until they are done. An actor whose statement waits for a lock gives its turn away until it has the lock.
 */
export async function takeTurns(observer: Sql, actors: readonly Actor[], schedule: readonly number[]): Promise<void> {
  const waiting: (Waiting | undefined)[] = actors.map(() => undefined)
  const done = actors.map(() => false)
  let free = false
  const finished = Promise.all(
    actors.map(async ({ client, work }, index) => {
      const turn = () => {
        if (free) return Promise.resolve()
        const { promise, resolve } = Promise.withResolvers<void>()
        waiting[index] = { proceed: resolve }
        return promise
      }
      try {
        await work(steppedClient(client, turn))
      } finally {
        done[index] = true
      }
    }),
  )
  finished.catch(() => {})
  const settled = async (index: number) => {
    while (waiting[index] === undefined && !done[index]) {
      const [row] = await observer<{ locked: boolean }[]>`
        select coalesce(bool_or(wait_event_type = 'Lock'), false) as locked from pg_stat_activity
        where application_name = ${actors[index]?.name ?? ''} and datname = current_database()`
      if (row?.locked === true) return
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }
  for (const [index] of actors.entries()) await settled(index)
  for (const choice of schedule) {
    const index = choice % actors.length
    const next = waiting[index]
    waiting[index] = undefined
    next?.proceed()
    await settled(index)
  }
  free = true
  for (const each of waiting) each?.proceed()
  await finished
}
