interface StallWatch {
  /** Fires on a stall, and when the outer signal does. */
  readonly signal: AbortSignal
  readonly stalled: boolean
  moved(): void
  end(): void
}

/** Looks a few times per `stallMs`, so that each byte costs no timer. */
const LOOKS = 4

export function watchStall(stallMs: number, outer: AbortSignal): StallWatch {
  const own = new AbortController()
  let movedAtMs = performance.now()
  const timer = setInterval(() => {
    if (performance.now() - movedAtMs >= stallMs) own.abort()
  }, stallMs / LOOKS)
  return {
    signal: AbortSignal.any([outer, own.signal]),
    get stalled() {
      return own.signal.aborted
    },
    moved: () => {
      movedAtMs = performance.now()
    },
    end: () => clearInterval(timer),
  }
}
