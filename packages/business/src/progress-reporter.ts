import type { JobId, WorkspaceId } from '@bellhop/model'
import { writeProgress } from '@bellhop/persistence'
import type { Lease, ProgressReport } from '@bellhop/persistence'
import type { Platform } from './platform.ts'
import { ProgressRate } from './progress-rate.ts'

/** One statement for all jobs of this worker, this often at most. */
const WRITE_EVERY_MS = 250
const LEAST_STEP = 0.01

interface Tracked {
  readonly lease: Lease
  readonly workspaceId: WorkspaceId
  readonly rate: ProgressRate
  fraction: number
  stage: string
  written: { fraction: number; stage: string } | undefined
}

/** Gathers the progress of this worker's jobs and writes what moved by 1 % or changed its stage. */
export class ProgressReporter {
  readonly #platform: Platform
  readonly #tracked = new Map<JobId, Tracked>()
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(platform: Platform) {
    this.#platform = platform
  }

  /** Returns what `run` is given. */
  track(lease: Lease, workspaceId: WorkspaceId): (fraction: number, stage: string) => void {
    const tracked: Tracked = {
      lease,
      workspaceId,
      rate: new ProgressRate(performance.now()),
      fraction: 0,
      stage: '',
      written: undefined,
    }
    this.#tracked.set(lease.jobId, tracked)
    return (fraction, stage) => {
      // Progress never goes back, whatever a processor says.
      tracked.fraction = Math.max(tracked.fraction, Math.min(1, Number.isFinite(fraction) ? fraction : 0))
      tracked.stage = stage
      tracked.rate.observe(tracked.fraction, performance.now())
      if (this.#timer === undefined) this.#timer = setTimeout(() => this.#write(), WRITE_EVERY_MS)
    }
  }

  /** Writes what this job still has to say, so that nothing of it can follow the final status. */
  async settle(jobId: JobId): Promise<void> {
    const tracked = this.#tracked.get(jobId)
    this.#tracked.delete(jobId)
    await this.#writing
    if (tracked && isNews(tracked)) await this.#send([tracked])
  }

  async #send(news: readonly Tracked[]): Promise<void> {
    const reports: ProgressReport[] = news.map((tracked) => ({
      lease: tracked.lease,
      fraction: tracked.fraction,
      stage: tracked.stage,
      etaAt: tracked.rate.endsAt(Date.now()),
    }))
    for (const tracked of news) tracked.written = { fraction: tracked.fraction, stage: tracked.stage }
    const moved = new Set(await writeProgress(this.#platform.database.db, reports))
    for (const { lease, workspaceId } of news) {
      if (moved.has(lease.jobId)) this.#platform.notifier.jobChanged({ id: lease.jobId, workspaceId })
    }
  }

  #write(): void {
    this.#timer = undefined
    const news = [...this.#tracked.values()].filter(isNews)
    if (news.length === 0) return
    this.#writing = this.#writing
      .then(() => this.#send(news))
      .catch((cause: unknown) =>
        this.#platform.log.warn('Progress could not be written; the next report makes up for it.', cause),
      )
  }
}

function isNews({ fraction, stage, written }: Tracked): boolean {
  return written === undefined || stage !== written.stage || fraction - written.fraction >= LEAST_STEP
}
