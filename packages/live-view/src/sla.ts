import { LiveViewError } from './error.ts'

/** How fresh a view shall be, and how much of the time. */
export interface ServiceLevel {
  /** A write is in the view within so long of its commit. 1 to 86,400,000. */
  readonly freshWithinMs: number
  /** Share of the time in which no write waits for longer. Above 0, below 1. Default 0.99. */
  readonly target?: number
  /** The time that is looked back on, whose missed share is the error budget. One minute to 31 days. Default one day. */
  readonly windowMs?: number
}

const TARGET_DEFAULT = 0.99
const DAY_MS = 86_400_000
const WINDOW_MS_MIN = 60_000
const WINDOW_MS_MAX = 31 * DAY_MS

/** @throws LiveViewError `bound_invalid` */
export function serviceLevel(view: string, sla: ServiceLevel | undefined): Required<ServiceLevel> | undefined {
  if (sla === undefined) return undefined
  const { freshWithinMs, target = TARGET_DEFAULT, windowMs = DAY_MS } = sla
  const isInBounds =
    freshWithinMs >= 1 &&
    freshWithinMs <= DAY_MS &&
    target > 0 &&
    target < 1 &&
    windowMs >= WINDOW_MS_MIN &&
    windowMs <= WINDOW_MS_MAX
  if (isInBounds) return { freshWithinMs, target, windowMs }
  throw new LiveViewError(
    'bound_invalid',
    `Expected the sla of view ${view} to have freshWithinMs from 1 to ${DAY_MS}, target between 0 and 1 and windowMs from ${WINDOW_MS_MIN} to ${WINDOW_MS_MAX}, got ${JSON.stringify(sla)}.`,
  )
}
