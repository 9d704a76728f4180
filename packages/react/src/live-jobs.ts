import type { Bellhop, JobPage } from '@bellhop/client'
import type { JobDetail, JobId, JobSnapshot } from '@bellhop/model'
import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { HeldTasks } from './held-tasks.ts'
import { JOB_LISTS, jobKey } from './job-keys.ts'
import { isJobOver, newerJob } from './job-version.ts'
import { throttle } from './throttle.ts'

/** Lists are read again this often at most, however many jobs come and end. */
const RELIST_EVERY_MS = 1_000
/** After the SDK has given a stream up, until it is asked again; the page shows the error meanwhile. */
const REVIVE_AFTER_MS = 5_000
/** Newest states that the feed has told; beyond it the longest unchanged are forgotten. */
const MAX_KNOWN = 1_000

/** Keeps what the query cache has of jobs up to date, as long as somebody looks. */
export class LiveJobs {
  readonly #bellhop: Bellhop
  readonly #cache: QueryClient
  readonly #tasks = new HeldTasks()
  readonly #known = new Map<JobId, JobSnapshot>()
  readonly #relist: () => void

  constructor(bellhop: Bellhop, cache: QueryClient) {
    this.#bellhop = bellhop
    this.#cache = cache
    this.#relist = throttle(RELIST_EVERY_MS, () => void cache.invalidateQueries({ queryKey: JOB_LISTS }))
  }

  /** The job as the server has it, or what is known of it already if that is newer. */
  async read(id: JobId, signal: AbortSignal): Promise<JobDetail> {
    const read = await this.#bellhop.jobs.get(id, { signal })
    const known = this.#cache.getQueryData<JobDetail>(jobKey(id))
    return known && known.version > read.version ? known : read
  }

  newest(job: JobSnapshot): JobSnapshot {
    return newerJob(job, this.#known.get(job.id))
  }

  /** Follows a job that has been read, to its end. Returns what stops it. */
  follow(id: JobId): () => void {
    return this.#tasks.hold(id, (signal) => this.#revived(signal, () => this.#followOnce(id, signal), jobKey(id)))
  }

  /** Follows every job of the workspace, for the lists. Returns what stops it. */
  followAll(): () => void {
    return this.#tasks.hold('feed', (signal) => this.#revived(signal, () => this.#followAllOnce(signal), JOB_LISTS))
  }

  async #followOnce(id: JobId, signal: AbortSignal): Promise<void> {
    let known: JobDetail | undefined
    do {
      for await (const state of this.#bellhop.jobs.watch(id, { signal })) {
        // The end comes whole, with what the job gave.
        const news = isJobOver(state) ? await this.#bellhop.jobs.get(id, { signal }) : state
        known = this.#cache.setQueryData<JobDetail>(jobKey(id), (before) => before && newerJob(before, news))
      }
      // Not over: someone has started it again in between.
    } while (known && !isJobOver(known))
  }

  async #followAllOnce(signal: AbortSignal): Promise<void> {
    for await (const state of this.#bellhop.jobs.feed({ signal })) {
      const before = this.#known.get(state.id)
      this.#remember(state)
      this.#cache.setQueriesData<InfiniteData<JobPage>>({ queryKey: JOB_LISTS }, (list) => list && patched(list, state))
      if (before?.status !== state.status) this.#relist()
    }
  }

  #remember(state: JobSnapshot): void {
    this.#known.delete(state.id)
    this.#known.set(state.id, state)
    const [oldest] = this.#known.keys()
    if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest)
  }

  /** Until it has come to its end or the signal fires. What fails shows at the query, which is asked again. */
  async #revived(signal: AbortSignal, once: () => Promise<void>, queryKey: readonly unknown[]): Promise<void> {
    while (!signal.aborted) {
      try {
        return await once()
      } catch {
        if (signal.aborted) return
        void this.#cache.invalidateQueries({ queryKey })
        await pause(REVIVE_AFTER_MS, signal)
      }
    }
  }
}

/** The very same list when it does not have the job. */
function patched(list: InfiniteData<JobPage>, state: JobSnapshot): InfiniteData<JobPage> {
  if (!list.pages.some(({ items }) => items.some(({ id }) => id === state.id))) return list
  return {
    ...list,
    pages: list.pages.map((page) => ({
      ...page,
      items: page.items.map((job) => (job.id === state.id ? newerJob(job, state) : job)),
    })),
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}
