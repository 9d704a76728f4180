import type { JobId, JobQueuePlace, JobSnapshot } from '@bellhop/model'
import { averageDurations, countRunning, listPools, readWaitingLine } from '@bellhop/persistence'
import type { Database, RunningKind, WaitingJob } from '@bellhop/persistence'

/** However many ask, the line is read once in so long, … */
const FRESH_FOR_MS = 1_000
/** … and so seldom that reading takes less than a tenth of the time. */
const REST_PER_READ = 9

type Places = ReadonlyMap<JobId, JobQueuePlace>

/**
 * Where the jobs of the line stand. A place is advisory: it changes with every job that anybody takes or submits, so it has
 * no version of its own, which would be a write for each waiting job at each claim. It goes along with what is told of a job
 * anyway, and whoever wants to see it move asks again.
 */
export class QueuePlaces {
  readonly #database: Database
  #reading: Promise<Places> | undefined
  #staleAt = 0

  constructor(database: Database) {
    this.#database = database
  }

  /** The same jobs, with their places; nothing is read when none of them waits. */
  async fillIn<Job extends JobSnapshot>(jobs: readonly Job[]): Promise<Job[]> {
    if (!jobs.some(({ status }) => status === 'PENDING')) return [...jobs]
    const places = await this.read()
    return jobs.map((job) => (job.status === 'PENDING' ? { ...job, queue: places.get(job.id) ?? null } : job))
  }

  /** As of a second ago at most, or as long as the reading of it takes. */
  read(): Promise<Places> {
    if (this.#reading && performance.now() < this.#staleAt) return this.#reading
    // Stale only once it has been read; a failed one at once.
    this.#staleAt = Number.POSITIVE_INFINITY
    const startedAt = performance.now()
    const reading = readPlaces(this.#database)
    this.#reading = reading
    reading.then(
      () => {
        const now = performance.now()
        this.#staleAt = now + Math.max(FRESH_FOR_MS, (now - startedAt) * REST_PER_READ)
      },
      () => {
        this.#staleAt = 0
      },
    )
    return reading
  }
}

async function readPlaces({ db }: Database): Promise<Places> {
  const [line, pools, running, durations] = await Promise.all([
    readWaitingLine(db),
    listPools(db),
    countRunning(db),
    averageDurations(db),
  ])
  return placesOf(line, { pools, running, durations }, Date.now())
}

interface Workforce {
  readonly pools: readonly { readonly kinds: readonly string[]; readonly slots: number }[]
  readonly running: readonly RunningKind[]
  /** What a job of each kind took lately, in milliseconds. */
  readonly durations: ReadonlyMap<string, number>
}

/**
 * A job stands behind those that the same workers take before it; what workers never take that take this one is not in its
 * way. It starts when what is before it, and what runs, has been worked off by all those workers together.
 */
export function placesOf(line: readonly WaitingJob[], workforce: Workforce, nowMs: number): Places {
  const lines = new Map([...new Set(line.map(({ kind }) => kind))].map((kind) => [kind, lineOf(kind, workforce)]))
  const passed = new Map<string, number>()
  const lengths = new Map<string, number>()
  for (const { kind } of line) lengths.set(kind, (lengths.get(kind) ?? 0) + 1)
  const places = new Map<JobId, JobQueuePlace>()
  for (const { id, kind } of line) {
    const own = lines.get(kind)
    const before = own ? countOf(own.kinds, passed) : 0
    places.set(id, {
      place: before + 1,
      ofHowMany: own ? countOf(own.kinds, lengths) : 1,
      expectedStart: own ? expectedStart(own, passed, before, nowMs) : null,
    })
    passed.set(kind, (passed.get(kind) ?? 0) + 1)
  }
  return places
}

interface Line {
  /** Those that workers take that take this one. */
  readonly kinds: readonly string[]
  readonly slots: number
  readonly busy: number
  /** Null where nothing is known of how long its jobs take. */
  readonly busyMs: number | null
  readonly durations: ReadonlyMap<string, number>
}

function lineOf(kind: string, { pools, running, durations }: Workforce): Line {
  const own = pools.filter(({ kinds }) => kinds.includes(kind))
  const kinds = [...new Set([kind, ...own.flatMap((pool) => pool.kinds)])]
  const mine = running.filter((each) => kinds.includes(each.kind))
  const left = mine.map(({ kind: of, leftMs, untold }) => {
    const each = durations.get(of)
    // One of which no time is told has half of its time before it, as far as anybody knows.
    return untold === 0 ? leftMs : each === undefined ? null : leftMs + (untold * each) / 2
  })
  return {
    kinds,
    slots: own.reduce((sum, pool) => sum + pool.slots, 0),
    busy: mine.reduce((sum, { count }) => sum + count, 0),
    busyMs: left.every((ms) => ms !== null) ? left.reduce((sum, ms) => sum + ms, 0) : null,
    durations,
  }
}

function expectedStart(line: Line, passed: ReadonlyMap<string, number>, before: number, nowMs: number): string | null {
  if (line.slots === 0) return null
  if (before + line.busy < line.slots) return new Date(nowMs).toISOString()
  let workMs = line.busyMs
  for (const kind of line.kinds) {
    const count = passed.get(kind) ?? 0
    const each = line.durations.get(kind)
    if (count === 0) continue
    workMs = workMs === null || each === undefined ? null : workMs + count * each
  }
  return workMs === null ? null : new Date(Math.round(nowMs + workMs / line.slots)).toISOString()
}

function countOf(kinds: readonly string[], counts: ReadonlyMap<string, number>): number {
  return kinds.reduce((sum, kind) => sum + (counts.get(kind) ?? 0), 0)
}
