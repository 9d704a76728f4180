import { logName } from './log-name.ts'
import { type PendingLog, type PendingView } from './pending.ts'
import { isDue, type Schedule } from './schedule.ts'
import { type AnyView } from './view.ts'

/** `later`: waits for a schedule, which no polling hastens. `soon`: waits for writes to calm down. */
export type Due = 'now' | 'soon' | 'later' | 'never'

/** When what waits under one name of a view's log is to be applied. */
export function whenDue(view: AnyView, { filled, paused }: PendingView, pending: PendingLog): Due {
  const { log, oldest_ms: oldest, newest_ms: newest } = pending
  if (paused || oldest === null || newest === null) return 'never'
  if (!filled) return 'now'
  const schedule = scheduleOf(view, log)
  if (schedule !== undefined) return isDue(schedule, pending.now_ms - oldest, pending.now_ms) ? 'now' : 'later'
  if (view.strategy !== 'event') return 'now'
  return newest >= view.debounceMs || oldest >= view.maxWaitMs ? 'now' : 'soon'
}

function scheduleOf(view: AnyView, log: string): Schedule | undefined {
  if (view.strategy === 'batch') return view.schedule
  if (view.strategy === 'event' || log === view.name) return undefined
  return view.depends.find((_, index) => logName(view, index + 1) === log)?.schedule
}
