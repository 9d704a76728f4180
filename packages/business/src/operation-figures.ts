import { ENDED_SPANS } from '@bellhop/model'
import type { Capacity, EndedCounts, EndedMinute, EndedSpan, KindEnded, KindQueue } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import type { Database, EndedInMinute, EndedTotal, QueueOfKind } from '@bellhop/persistence'

/** What a kind is taken to need while none of it has ended. */
const UNKNOWN_RUN_MS = 10_000
const MINUTE_MS = 60_000
const MINUTES_SHOWN = 60
/** Nobody asks the database more often than this, … */
const FRESH_FOR_MS = 1_000
/** … nor so often that reading takes more than a tenth of the time. */
const REST_PER_READ = 9

/** Figures over all workspaces. No name of a workspace, a file or a job is in them. */
export interface OperationFigures {
  readonly at: Date
  readonly queue: readonly KindQueue[]
  readonly ended: readonly KindEnded[]
  readonly minutes: readonly EndedMinute[]
  readonly totals: readonly EndedTotal[]
  readonly capacity: Capacity
}

/** Reads the figures for all who ask in this process: one read at a time, and seldom. */
export class OperationFiguresReader {
  readonly #database: Database
  #reading: Promise<OperationFigures> | undefined
  #staleAt = 0

  constructor(database: Database) {
    this.#database = database
  }

  read(): Promise<OperationFigures> {
    if (this.#reading && performance.now() < this.#staleAt) return this.#reading
    // Stale only once it has been read.
    this.#staleAt = Number.POSITIVE_INFINITY
    const startedAt = performance.now()
    this.#reading = readFigures(this.#database).finally(() => {
      const now = performance.now()
      this.#staleAt = now + Math.max(FRESH_FOR_MS, (now - startedAt) * REST_PER_READ)
    })
    return this.#reading
  }
}

async function readFigures({ db }: Database): Promise<OperationFigures> {
  const at = new Date()
  const [active, durations, slots, byMinute, times, totals] = await Promise.all([
    persistence.measureQueue(db),
    persistence.averageDurations(db),
    persistence.countWorkerSlots(db),
    persistence.listEndedByMinute(db),
    persistence.measureTimes(db),
    persistence.sumEndedJobs(db),
  ])
  const queue = active.map((kind) => withWork(kind, durations.get(kind.kind) ?? null))
  const workWaitingMs = queue.reduce((sum, kind) => sum + kind.workWaitingMs, 0)
  const timesOf = new Map(times.map((time) => [time.kind, time]))
  return {
    at,
    queue,
    ended: [...Map.groupBy(byMinute, ({ kind }) => kind)].map(([kind, rows]) => ({
      kind,
      ended: countBySpan(rows, at),
      runMs: timesOf.get(kind)?.runMs ?? null,
      waitMs: timesOf.get(kind)?.waitMs ?? null,
    })),
    minutes: lastHour(byMinute, at),
    totals,
    capacity: { ...slots, workWaitingMs, drainMs: slots.slots === 0 ? null : workWaitingMs / slots.slots },
  }
}

function withWork(kind: QueueOfKind, expectedRunMs: number | null): KindQueue {
  return { ...kind, expectedRunMs, workWaitingMs: kind.waiting * (expectedRunMs ?? UNKNOWN_RUN_MS) }
}

/** By whole minutes: one that began within the span counts. */
function countBySpan(rows: readonly EndedInMinute[], at: Date): Record<EndedSpan, EndedCounts> {
  const within = (span: EndedSpan) =>
    countEnds(rows.filter(({ minute }) => minute.getTime() > at.getTime() - ENDED_SPANS[span]))
  return { fiveMinutes: within('fiveMinutes'), hour: within('hour'), day: within('day') }
}

function lastHour(rows: readonly EndedInMinute[], at: Date): EndedMinute[] {
  const byMinute = Map.groupBy(rows, ({ minute }) => minute.getTime())
  const last = Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS
  return Array.from({ length: MINUTES_SHOWN }, (_, index) => {
    const minute = last - (MINUTES_SHOWN - 1 - index) * MINUTE_MS
    return { at: new Date(minute).toISOString(), ...countEnds(byMinute.get(minute) ?? []) }
  })
}

function countEnds(rows: readonly EndedTotal[]): EndedCounts {
  const counts = { COMPLETED: 0, FAILED: 0, CANCELLED: 0 }
  for (const { status, jobs } of rows) counts[status] += jobs
  return counts
}
