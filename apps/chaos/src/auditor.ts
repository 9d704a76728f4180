import { JOB_TRANSITIONS, isJobEnded } from '@bellhop/model'
import type { JobId, JobSnapshot, JobStatus } from '@bellhop/model'
import type { Sql } from 'postgres'
import type { Submitted } from './load.ts'
import type { Watcher } from './watchers/watcher.ts'
import type { World } from './world.ts'

/** One watcher's view of one job. */
interface View {
  readonly transport: string
  lastVersion: number
  end: JobSnapshot | undefined
  endedAtMs: number | undefined
  states: number
}

interface Audited extends Submitted {
  readonly submittedAtMs: number
  readonly views: readonly View[]
  readonly over: Promise<unknown>
}

interface JobFacts {
  readonly id: JobId
  readonly workspace_id: string
  readonly status: JobStatus
  readonly version: number
  readonly attempt: number
  /** How many files the stored output names; null for a kind that makes none. */
  readonly promised_files: number | null
  readonly output_rows: number
  readonly events: { readonly status: JobStatus; readonly attempt: number; readonly version: number }[]
}

export interface Findings {
  readonly jobs: number
  readonly completed: number
  readonly cancelled: number
  /** States that the watchers were given, over all transports. */
  readonly states: number
  /** Jobs that had no end, in the database or at one of their watchers. */
  readonly lost: number
  /** States or effects that came twice. */
  readonly duplicates: number
  /** Each fault in a sentence; empty when all is well. */
  readonly faults: readonly string[]
}

const LEFTOVERS_GONE_MS = 30_000
const LOOK_EVERY_MS = 250

/** Follows every job over every transport, and holds what was seen against what the database and the store have. */
export class Auditor {
  readonly #watchers: readonly Watcher[]
  readonly #jobs = new Map<JobId, Audited>()
  readonly #faults: string[] = []
  readonly #stop = new AbortController()
  #duplicates = 0

  constructor(watchers: readonly Watcher[]) {
    this.#watchers = watchers
  }

  follow(job: Submitted): void {
    const before = this.#jobs.get(job.id)
    if (before) {
      this.#duplicates++
      this.#faults.push(`${job.id} was answered to two submissions.`)
      return
    }
    const views = this.#watchers.map(({ transport }): View => ({
      transport,
      lastVersion: 0,
      end: undefined,
      endedAtMs: undefined,
      states: 0,
    }))
    const watching = this.#watchers.map((watcher, at) =>
      watcher.watch(job.id, (state) => this.#see(views[at], state), this.#stop.signal),
    )
    this.#jobs.set(job.id, { ...job, submittedAtMs: performance.now(), views, over: Promise.all(watching) })
  }

  /** How many jobs have ended at every watcher. */
  get ended(): number {
    return [...this.#jobs.values()].filter(hasEnded).length
  }

  /** Waits until each job that was submitted before `atMs` has ended at every watcher. False: not within the time. */
  async ends(atMs: number, withinMs: number): Promise<boolean> {
    const waited = [...this.#jobs.values()].filter(({ submittedAtMs }) => submittedAtMs <= atMs)
    const timeout = Promise.withResolvers<boolean>()
    const timer = setTimeout(() => timeout.resolve(false), withinMs)
    try {
      return await Promise.race([Promise.all(waited.map(({ over }) => over)).then(() => true), timeout.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  /** To be asked when nothing runs any more. */
  async findings(world: World, sql: Sql): Promise<Findings> {
    this.#stop.abort()
    const facts = new Map((await readFacts(sql, [...this.#jobs.keys()])).map((job) => [job.id, job]))
    const lost = new Set<JobId>()
    for (const job of this.#jobs.values()) {
      const fact = facts.get(job.id)
      if (!fact || !isJobEnded(fact.status)) lost.add(job.id)
      if (!fact) this.#faults.push(`${job.id} is not in the database.`)
      else this.#compare(job, fact)
      for (const { transport, end } of job.views) {
        if (end) continue
        lost.add(job.id)
        this.#faults.push(`${job.id}: its end never came over ${transport} (${fact?.status}).`)
      }
    }
    for (const fact of facts.values()) await this.#checkObjects(world, fact)
    const of = (status: JobStatus) => [...facts.values()].filter((fact) => fact.status === status).length
    return {
      jobs: this.#jobs.size,
      completed: of('COMPLETED'),
      cancelled: of('CANCELLED'),
      states: [...this.#jobs.values()].flatMap(({ views }) => views).reduce((sum, view) => sum + view.states, 0),
      lost: lost.size,
      duplicates: this.#duplicates,
      faults: this.#faults,
    }
  }

  #see(view: View | undefined, state: JobSnapshot): void {
    if (!view) return
    view.states++
    const told = `${state.id} over ${view.transport}: version ${state.version} (${state.status})`
    if (state.version === view.lastVersion) {
      this.#duplicates++
      this.#faults.push(`${told} came twice.`)
    } else if (state.version < view.lastVersion) this.#faults.push(`${told} came after ${view.lastVersion}.`)
    if (view.end) this.#faults.push(`${told} came after the end.`)
    view.lastVersion = state.version
    if (!isJobEnded(state.status)) return
    view.end = state
    view.endedAtMs = performance.now()
  }

  #compare(job: Audited, fact: JobFacts): void {
    const { id, status, events, version } = fact
    const expected: JobStatus[] = job.mayBeCancelled ? ['COMPLETED', 'CANCELLED'] : ['COMPLETED']
    if (!expected.includes(status)) this.#faults.push(`${id} is ${status}.`)
    for (const view of job.views) {
      if (view.end && (view.end.version !== version || view.end.status !== status)) {
        this.#faults.push(
          `${id} ended as ${view.end.status} ${view.end.version} over ${view.transport}, and is ${status} ${version}.`,
        )
      }
    }
    for (const [at, event] of events.entries()) {
      const before = events[at - 1]
      const isLegal = before
        ? Object.values(JOB_TRANSITIONS[before.status]).includes(event.status) && event.version > before.version
        : event.status === 'PENDING'
      if (!isLegal) this.#faults.push(`${id} went from ${before?.status} to ${event.status}.`)
    }
    if (events.filter((event) => event.status === 'COMPLETED').length > 1) {
      this.#duplicates++
      this.#faults.push(`${id} was completed twice.`)
    }
    const promised = status === 'COMPLETED' ? (fact.promised_files ?? 0) : 0
    if (fact.output_rows === promised) return
    if (fact.output_rows > promised) this.#duplicates++
    this.#faults.push(`${id} has ${fact.output_rows} outputs and promised ${promised}.`)
  }

  /** What lies in the store is what the one attempt that was completed wrote; the rest of the others is removed in time. */
  async #checkObjects(world: World, fact: JobFacts): Promise<void> {
    const prefix = `workspaces/${fact.workspace_id}/jobs/${fact.id}/`
    const kept = `${prefix}${fact.attempt}/`
    const deadline = performance.now() + LEFTOVERS_GONE_MS
    for (;;) {
      const objects = await world.listObjects(prefix)
      const wanted = fact.status === 'COMPLETED' ? fact.output_rows : 0
      if (objects.length === wanted && objects.every((key) => key.startsWith(kept))) return
      if (performance.now() > deadline) {
        this.#faults.push(
          `${fact.id} (${fact.status}, attempt ${fact.attempt}) left ${objects.join(', ')} in the store.`,
        )
        return
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
  }
}

function hasEnded({ views }: Audited): boolean {
  return views.every(({ end }) => end !== undefined)
}

function readFacts(sql: Sql, ids: readonly JobId[]): Promise<JobFacts[]> {
  return sql<JobFacts[]>`
    select
      j.id,
      j.workspace_id,
      j.status,
      j.version + p.ticks as version,
      j.attempt,
      jsonb_array_length(j.output -> 'files') as promised_files,
      (select count(*)::int from outputs o where o.job_id = j.id) as output_rows,
      (
        select json_agg(json_build_object('status', e.status, 'attempt', e.attempt, 'version', e.version) order by e.version)
        from job_events e
        where e.job_id = j.id
      ) as events
    from jobs j
    join job_progress p on p.job_id = j.id
    where j.id = any(${ids as string[]})`
}
