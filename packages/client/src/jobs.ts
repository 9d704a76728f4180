import { isJobEnded, newId } from '@bellhop/model'
import type {
  JobDetail,
  JobId,
  JobInput,
  JobLogLine,
  JobLogPage,
  JobPriority,
  JobQueuePlace,
  JobSnapshot,
  KindArgument,
} from '@bellhop/model'
import { BellhopError } from './bellhop-error.ts'
import type { Caller } from './caller.ts'
import type { Contract, JobFilter, JobPage } from './contract.ts'
import type { CompletedJob, JobRef, SubmittedJob } from './job-ref.ts'
import { jobIdOf } from './job-ref.ts'
import { readSubscription } from './subscription.ts'

export interface SubmitOptions {
  /** The same key with the same request answers the same job. Default: one for this call, so that its retries are safe. */
  readonly idempotencyKey?: string
  /** A preset of the workspace, of this kind: its settings hold where `input` says nothing. */
  readonly preset?: string
  /** Among the jobs of the workspace: `high` goes before those that wait, `low` behind. Default: normal. */
  readonly priority?: JobPriority
  /** Not before so many milliseconds from now; at most 30 days. */
  readonly delayMs?: number
  /** Not before these have COMPLETED, at most 16; when one of them fails for good or is cancelled, the job FAILS. */
  readonly after?: readonly JobRef<string>[]
  readonly signal?: AbortSignal
}

export interface WaitOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (job: JobSnapshot) => void
}

export class Jobs {
  readonly #contract: Contract['jobs']
  readonly #caller: Caller

  constructor(contract: Contract['jobs'], caller: Caller) {
    this.#contract = contract
    this.#caller = caller
  }

  async submit<K extends string>(
    kind: K & KindArgument<K>,
    input: JobInput<K>,
    { idempotencyKey = newId('job'), signal, after, ...order }: SubmitOptions = {},
  ): Promise<SubmittedJob<K>> {
    const request = { kind, input, idempotencyKey, ...order, ...(after && { after: after.map((job) => jobIdOf(job)) }) }
    const job = await this.#caller.again((control) => this.#contract.submit.mutate(request, control), signal)
    return job as SubmittedJob<K> // -- the server answers the kind that was asked for
  }

  async get<K extends string = string>(
    job: JobRef<K>,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<JobDetail<K>> {
    const jobId = jobIdOf(job)
    const detail = await this.#caller.again((control) => this.#contract.get.query({ jobId }, control), signal)
    return detail as JobDetail<K> // -- a job never changes its kind
  }

  /** One page, the newest first; `cursor` asks for the next. */
  list(filter: JobFilter = {}, { signal }: { readonly signal?: AbortSignal } = {}): Promise<JobPage> {
    return this.#caller.again((control) => this.#contract.list.query(filter, control), signal)
  }

  /**
   * The job's states as they change, versions strictly rising, until nothing more happens by itself: COMPLETED, CANCELLED,
   * or FAILED for good. Goes on over reconnects. A slow reader sees every status, not every step of the progress.
   */
  async *watch<K extends string = string>(
    job: JobRef<K>,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<JobSnapshot<K>, void, void> {
    let version = -1
    const states = readSubscription(
      this.#contract.watch,
      { jobId: jobIdOf(job) },
      {
        signal,
        key: (state) => `${state.attempt} ${state.status}`,
        ended: (last) => last !== undefined && isOver(last),
      },
    )
    for await (const state of states) {
      if (state.version <= version) continue
      version = state.version
      yield state as JobSnapshot<K> // -- a job never changes its kind
    }
  }

  /** Where waiting jobs stand in the line now, by id; those that do not wait are left out. At most 500 at once. */
  async queue(
    jobs: readonly JobRef<string>[],
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<ReadonlyMap<JobId, JobQueuePlace>> {
    const jobIds = jobs.map((job) => jobIdOf(job))
    if (jobIds.length === 0) return new Map()
    const places = await this.#caller.again((control) => this.#contract.queue.query({ jobIds }, control), signal)
    return new Map(places.map(({ jobId, queue }) => [jobId, queue]))
  }

  /** What the job has said after the line of that number: at most 1,000 lines, the newest that are kept. */
  log<K extends string = string>(
    job: JobRef<K>,
    { after = 0, signal }: { readonly after?: number; readonly signal?: AbortSignal } = {},
  ): Promise<JobLogPage> {
    const jobId = jobIdOf(job)
    return this.#caller.again((control) => this.#contract.log.query({ jobId, after }, control), signal)
  }

  /**
   * Each line of the job's log after the one of that number, as it comes, until the job ends. Goes on over reconnects, with
   * no line twice. Where numbers are missing, lines were dropped.
   */
  async *followLog<K extends string = string>(
    job: JobRef<K>,
    { after = 0, signal }: { readonly after?: number; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<JobLogLine, void, void> {
    const jobId = jobIdOf(job)
    let last = after
    const steps = readSubscription(
      this.#contract.logFeed,
      { jobId, lastEventId: String(after) },
      {
        signal,
        key: (step) => `${step.seq} ${step.line === null}`,
        ended: (step) => step?.line === null,
      },
    )
    for await (const { seq, line } of steps) {
      if (line === null || seq <= last) continue
      last = seq
      yield line
    }
  }

  /** Every job of the workspace that is active or changes, per job with versions strictly rising. Never ends by itself. */
  async *feed({ signal }: { readonly signal?: AbortSignal } = {}): AsyncGenerator<JobSnapshot, void, void> {
    const versions = new Map<string, number>()
    const states = readSubscription(
      this.#contract.feed,
      {},
      {
        signal,
        key: (state) => `${state.id} ${state.attempt} ${state.status}`,
        ended: () => false,
      },
    )
    for await (const state of states) {
      if (state.version <= (versions.get(state.id) ?? -1)) continue
      versions.delete(state.id)
      versions.set(state.id, state.version)
      const [oldest] = versions.keys()
      if (versions.size > MAX_FOLLOWED && oldest !== undefined) versions.delete(oldest)
      yield state
    }
  }

  /** The finished job with its output. Throws JOB_FAILED or JOB_CANCELLED, with the `job` in `details`. */
  async wait<K extends string = string>(
    job: JobRef<K>,
    { signal, onProgress }: WaitOptions = {},
  ): Promise<CompletedJob<K>> {
    const control = signal ? { signal } : {}
    let detail: JobDetail
    do {
      for await (const state of this.watch(job, control)) onProgress?.(state)
      detail = await this.get(jobIdOf(job), control)
      // Not over: someone has started it again in between.
    } while (!isOver(detail))
    if (detail.status === 'COMPLETED') return detail as CompletedJob<K> // -- COMPLETED has an output
    const details = { job: detail }
    if (detail.status === 'CANCELLED') throw new BellhopError('JOB_CANCELLED', undefined, { details })
    throw new BellhopError('JOB_FAILED', detail.error?.sentence, { details })
  }

  cancel<K extends string = string>(job: JobRef<K>): Promise<JobSnapshot> {
    const jobId = jobIdOf(job)
    return this.#caller.once((control) => this.#contract.cancel.mutate({ jobId }, control))
  }

  /** Starts a job again that FAILED. */
  retry<K extends string = string>(job: JobRef<K>): Promise<JobSnapshot> {
    const jobId = jobIdOf(job)
    return this.#caller.once((control) => this.#contract.retry.mutate({ jobId }, control))
  }
}

/** Jobs whose version a feed remembers; beyond it the longest unchanged is forgotten. */
const MAX_FOLLOWED = 10_000

/** A FAILED attempt that is tried again by itself is not the end. */
function isOver(job: JobSnapshot): boolean {
  return isJobEnded(job.status) && job.retryAt === null
}
