import type { JobId, JobKind } from '@bellhop/model'
import { appendLog, findJobSizes, tellWholes, writeProgress } from '@bellhop/persistence'
import { AttemptReport } from './attempt-report.ts'
import type { ReportedAttempt } from './attempt-report.ts'
import { CpuShares } from './cpu-share.ts'
import { JobHistory } from './job-history.ts'
import type { Platform } from './platform.ts'

/** One statement for all jobs of this worker, this often at most, and one for what they logged. */
const WRITE_EVERY_MS = 250

/**
 * Gathers what this worker's jobs say of their progress and writes what moved by 1 %, changed its stage, or is expected at
 * another time, and what they log.
 */
export class ProgressReporter implements AsyncDisposable {
  readonly #platform: Platform
  readonly #history: JobHistory
  readonly #cpu = new CpuShares()
  readonly #reports = new Map<string, AttemptReport>()
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined

  constructor(platform: Platform) {
    this.#platform = platform
    this.#history = new JobHistory(platform)
  }

  /** From its claim on; `settle` ends it. */
  track(attempt: ReportedAttempt, kind: JobKind): AttemptReport {
    const report = new AttemptReport(attempt, kind, this.#cpu.open())
    this.#reports.set(attempt.lease.token, report)
    this.#timer ??= setTimeout(() => this.#tick(), WRITE_EVERY_MS)
    return report
  }

  /**
   * Writes what this attempt still has to say, so that nothing of it can follow the final status. Asked again after it has
   * failed, it goes on.
   */
  async settle(report: AttemptReport): Promise<void> {
    this.#reports.delete(report.attempt.lease.token)
    await this.#writing
    report.end()
    await this.#send([report])
  }

  /** Nothing more is written of it. */
  drop(report: AttemptReport): void {
    this.#reports.delete(report.attempt.lease.token)
    report.end()
  }

  /** How long it took tells the time of the next. */
  completed(report: AttemptReport): void {
    this.#history.add(report.past())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer)
    await this.#writing
    await this.#history[Symbol.asyncDispose]()
  }

  #tick(): void {
    this.#timer = undefined
    if (this.#reports.size === 0) return
    this.#timer = setTimeout(() => this.#tick(), WRITE_EVERY_MS)
    // One at a time: what comes meanwhile is in the next.
    this.#writing ??= this.#write([...this.#reports.values()])
      .catch((cause: unknown) =>
        this.#platform.log.warn('Progress could not be written; the next report makes up for it.', cause),
      )
      .finally(() => {
        this.#writing = undefined
      })
  }

  async #write(reports: readonly AttemptReport[]): Promise<void> {
    const { db } = this.#platform.database
    const unsized = reports.filter(({ sizeBytes }) => sizeBytes === undefined)
    if (unsized.length > 0) {
      const sizes = await findJobSizes(db, unsized.map(jobIdOf))
      for (const report of unsized) report.sizeBytes = sizes.get(jobIdOf(report)) ?? 0
    }
    await this.#history.know(new Set(reports.map(({ kind }) => kind.name)))
    for (const report of reports) report.learn(this.#history.past(report.kind.name))
    await this.#send(reports)
  }

  async #send(reports: readonly AttemptReport[]): Promise<void> {
    const changed = new Set([...(await this.#sendProgress(reports)), ...(await this.#sendLog(reports))])
    for (const { attempt } of reports) {
      const { lease, workspaceId } = attempt
      if (changed.has(lease.jobId)) this.#platform.notifier.jobChanged({ id: lease.jobId, workspaceId })
    }
    const parts = reports.flatMap(({ attempt }) => (attempt.isPart === true ? [attempt.lease.jobId] : []))
    const moved = parts.filter((id) => changed.has(id))
    if (moved.length === 0) return
    for (const whole of await tellWholes(this.#platform.database.db, moved)) this.#platform.notifier.jobChanged(whole)
  }

  async #sendProgress(reports: readonly AttemptReport[]): Promise<JobId[]> {
    const news = reports.flatMap((report) => report.news() ?? [])
    try {
      return await writeProgress(this.#platform.database.db, news)
    } catch (cause) {
      for (const report of reports) report.unwritten()
      throw cause
    }
  }

  async #sendLog(reports: readonly AttemptReport[]): Promise<JobId[]> {
    const waiting = reports.flatMap((report) => {
      const lines = report.log.take(performance.now())
      return lines ? [{ report, lines }] : []
    })
    try {
      const batches = waiting.map(({ report, lines }) => ({ lease: report.attempt.lease, ...lines }))
      return await appendLog(this.#platform.database.db, batches)
    } catch (cause) {
      for (const { report, lines } of waiting) report.log.back(lines, performance.now())
      throw cause
    }
  }
}

function jobIdOf({ attempt }: AttemptReport): JobId {
  return attempt.lease.jobId
}
