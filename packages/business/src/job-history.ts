import { findJobSizes, findPastJobs, recordPastJobs } from '@bellhop/persistence'
import type { PastJob } from '@bellhop/persistence'
import type { JobId } from '@bellhop/model'
import type { Platform } from './platform.ts'

/** How old what is known of a kind may be. */
const FRESH_MS = 30_000
/** Kinds that are remembered. */
const MAX_KINDS = 200
/** How often what has ended is written, and how many of one kind of what ended meanwhile. */
const WRITE_EVERY_MS = 1_000
const WRITTEN_PER_KIND = 8

const NOTHING: readonly PastJob[] = []

/** A job that was COMPLETED, and the size of its file where somebody has looked. */
export type EndedJob = Omit<PastJob, 'sizeBytes'> & { readonly jobId: JobId; readonly sizeBytes: number | undefined }

/** What a worker knows of how long jobs take, and adds to it. */
export class JobHistory implements AsyncDisposable {
  readonly #platform: Platform
  readonly #known = new Map<string, { readonly past: readonly PastJob[]; readonly readAt: number }>()
  readonly #ended = new Map<string, EndedJob[]>()
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(platform: Platform) {
    this.#platform = platform
  }

  /** Reads what is not known of these kinds, or no longer for sure. */
  async know(kinds: ReadonlySet<string>): Promise<void> {
    const now = performance.now()
    const unknown = [...kinds].filter((kind) => now - (this.#known.get(kind)?.readAt ?? -Infinity) > FRESH_MS)
    if (unknown.length === 0) return
    const past = Map.groupBy(await findPastJobs(this.#platform.database.db, unknown), ({ kind }) => kind)
    for (const kind of unknown) {
      this.#known.delete(kind)
      this.#known.set(kind, { past: past.get(kind) ?? [], readAt: now })
      const [oldest] = this.#known.keys()
      if (this.#known.size > MAX_KINDS && oldest !== undefined) this.#known.delete(oldest)
    }
  }

  /** Of a kind of which nothing is known, nothing. The same list until it is read again. */
  past(kind: string): readonly PastJob[] {
    return this.#known.get(kind)?.past ?? NOTHING
  }

  /** Remembers how long a job took, in a moment: what a crash forgets is not missed. */
  add(job: EndedJob): void {
    const ended = this.#ended.get(job.kind) ?? []
    // Of many, any: each of them is as good a sample as the others.
    if (ended.length < WRITTEN_PER_KIND) ended.push(job)
    else if (Math.random() < 0.5) ended[Math.floor(Math.random() * WRITTEN_PER_KIND)] = job
    this.#ended.set(job.kind, ended)
    this.#timer ??= setTimeout(() => this.#write(), WRITE_EVERY_MS)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer)
    this.#write()
    await this.#writing
  }

  #write(): void {
    this.#timer = undefined
    const ended = [...this.#ended.values()].flat()
    this.#ended.clear()
    this.#writing = this.#writing
      .then(() => this.#record(ended))
      .catch((cause: unknown) => this.#platform.log.warn('How long jobs took could not be remembered.', cause))
  }

  async #record(ended: readonly EndedJob[]): Promise<void> {
    if (ended.length === 0) return
    const { db } = this.#platform.database
    const unsized = ended.filter(({ sizeBytes }) => sizeBytes === undefined).map(({ jobId }) => jobId)
    const sizes = unsized.length === 0 ? new Map<JobId, number>() : await findJobSizes(db, unsized)
    await recordPastJobs(
      db,
      ended.map(({ jobId, ...job }) => ({ ...job, sizeBytes: job.sizeBytes ?? sizes.get(jobId) ?? 0 })),
    )
  }
}
