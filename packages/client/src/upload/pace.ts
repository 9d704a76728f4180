/**
 * How many requests may carry bytes at once: one more as long as one more brings more bytes per second, half as many when
 * the store says that it is too much. No clock, no I/O: what was seen comes in as events.
 */
export interface Pace {
  readonly limit: number
  readonly max: number
  readonly fromMs: number
  readonly bytes: number
  /** Bytes per ms before the last step up; null while none is on trial. */
  readonly before: number | null
  /** No step up before that. */
  readonly steadyUntilMs: number
  readonly halvedAtMs: number
}

export type PaceEvent =
  /** `saturated`: as many requests as may were under way. */
  | { readonly type: 'moved'; readonly bytes: number; readonly saturated: boolean; readonly atMs: number }
  /** 503, 429, a timeout or a stall of a request that began at `startedAtMs`. */
  | { readonly type: 'refused'; readonly startedAtMs: number; readonly atMs: number }

/** Throughput is judged over that long. */
export const PACE_WINDOW_MS = 1_000
/** After a step up that brought nothing, or a halving, this long until the next. */
export const PACE_STEADY_MS = 10_000
const PACE_RECOVER_MS = 2_000
/** A step from n to n + 1 should bring 1/n; so much of it must be seen. */
const WORTH = 0.3

export function paceOf({ start, max }: { readonly start: number; readonly max: number }, atMs: number): Pace {
  const limit = Math.max(1, Math.min(start, max))
  return { limit, max, fromMs: atMs, bytes: 0, before: null, steadyUntilMs: atMs, halvedAtMs: Number.NEGATIVE_INFINITY }
}

export function stepPace(pace: Pace, event: PaceEvent): Pace {
  return event.type === 'refused' ? refused(pace, event) : moved(pace, event)
}

/** A burst of refusals counts once: those that began before the halving say nothing about what it brought. */
function refused(pace: Pace, { startedAtMs, atMs }: Extract<PaceEvent, { type: 'refused' }>): Pace {
  if (startedAtMs <= pace.halvedAtMs) return pace
  const limit = Math.max(1, Math.floor(pace.limit / 2))
  return {
    ...pace,
    limit,
    fromMs: atMs,
    bytes: 0,
    before: null,
    steadyUntilMs: atMs + PACE_RECOVER_MS,
    halvedAtMs: atMs,
  }
}

function moved(pace: Pace, { bytes, saturated, atMs }: Extract<PaceEvent, { type: 'moved' }>): Pace {
  const counted = { ...pace, bytes: pace.bytes + bytes }
  const elapsedMs = atMs - pace.fromMs
  if (elapsedMs < PACE_WINDOW_MS) return counted
  const rate = counted.bytes / elapsedMs
  const next = { ...pace, fromMs: atMs, bytes: 0 }
  // Whoever does not use what there is learns nothing from it.
  if (!saturated) return { ...next, before: null }
  if (pace.before !== null && rate < pace.before * (1 + WORTH / (pace.limit - 1))) {
    return { ...next, limit: pace.limit - 1, before: null, steadyUntilMs: atMs + PACE_STEADY_MS }
  }
  if (pace.limit >= pace.max || atMs < pace.steadyUntilMs) return { ...next, before: null }
  return { ...next, limit: pace.limit + 1, before: rate }
}
