import { Cron } from 'croner'
import { LiveViewError } from './error.ts'

const EVERY_MS_MIN = 1_000
const EVERY_MS_MAX = 31 * 86_400_000

/**
 * When pending writes are applied: `everyMs` (1 s to 31 days) after the oldest of them, or at the next time of a cron
 * expression, in UTC. While nothing is pending, nothing is done.
 */
export type Schedule = { readonly everyMs: number } | { readonly cron: string }

export function assertSchedule(what: string, schedule: Schedule): void {
  if ('everyMs' in schedule) {
    if (schedule.everyMs >= EVERY_MS_MIN && schedule.everyMs <= EVERY_MS_MAX) return
    throw new LiveViewError(
      'schedule_invalid',
      `${what} wants everyMs from ${EVERY_MS_MIN} to ${EVERY_MS_MAX}, got ${schedule.everyMs}.`,
    )
  }
  try {
    parsed(schedule.cron)
  } catch (error) {
    throw new LiveViewError(
      'schedule_invalid',
      `${what} has a schedule that is no cron expression, ${JSON.stringify(schedule.cron)}: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/** Whether writes that wait since `since` are to be applied `now`, both in ms since 1970 by the database's clock. */
export function isDue(schedule: Schedule, since: number, now: number): boolean {
  if ('everyMs' in schedule) return now - since >= schedule.everyMs
  const next = parsed(schedule.cron).nextRun(new Date(since))
  return next !== null && next.getTime() <= now
}

function parsed(cron: string): Cron {
  return new Cron(cron, { timezone: 'UTC', paused: true })
}
