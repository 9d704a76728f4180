import type { JobKind, JobRun, WorkspaceId } from '@bellhop/model'
import type { AttemptUsage, Lease, PastJob, ProgressReport } from '@bellhop/persistence'
import { AttemptLog } from './attempt-log.ts'
import { AttemptProgress } from './attempt-progress.ts'
import type { CpuShare } from './cpu-share.ts'
import type { EndedJob } from './job-history.ts'
import { likeThisOne } from './past-jobs.ts'
import { estimateRemaining } from './progress-estimate.ts'
import type { Remaining, Sample } from './progress-estimate.ts'

const LEAST_STEP = 0.01
/** Without other news, a time is told anew when it has moved by so much, and this often at most. */
const LEAST_SHIFT_MS = 1_000
const LEAST_SHIFT = 0.1
const RETOLD_EVERY_MS = 1_000

export interface ReportedAttempt {
  readonly lease: Lease
  readonly workspaceId: WorkspaceId
  /** Of another job, whose watchers hear of it. */
  readonly isPart?: boolean
}

interface Written {
  readonly fraction: number
  readonly stage: string | null
  /** Monotonic. */
  readonly at: number
  readonly endsAt: number | null
  readonly lateAt: number | null
}

/** What one attempt tells while it runs, and what of it was written. */
export class AttemptReport {
  readonly attempt: ReportedAttempt
  readonly kind: JobKind
  readonly log = new AttemptLog()
  /** Of the file that the job is about; undefined until somebody has looked. */
  sizeBytes: number | undefined
  readonly #startedAt = performance.now()
  readonly #progress: AttemptProgress
  readonly #cpu: CpuShare
  #past: readonly PastJob[] = []
  #samples: readonly Sample[] = []
  #childrenCpuSeconds = 0
  #hasMoved = false
  #endedAt: number | undefined
  #written: Written | undefined

  constructor(attempt: ReportedAttempt, kind: JobKind, cpu: CpuShare) {
    this.attempt = attempt
    this.kind = kind
    this.#cpu = cpu
    this.#progress = new AttemptProgress(kind.stages ?? [], this.#startedAt)
  }

  /** What of it `run` is given. */
  get tools(): Pick<JobRun<unknown>, 'progress' | 'advance' | 'log' | 'addCpuSeconds'> {
    return {
      progress: (fraction, stage) => {
        this.#hasMoved = true
        this.#progress.progress(fraction, stage, performance.now())
      },
      advance: (stage, done, total) => {
        this.#hasMoved = true
        this.#progress.advance(stage, done, total, performance.now())
      },
      log: (line) => this.log.say(line, performance.now()),
      addCpuSeconds: (seconds) => {
        this.#childrenCpuSeconds += Math.max(0, seconds)
      },
    }
  }

  /** How long jobs of its kind took; nothing is done for a list that it has learned from. */
  learn(past: readonly PastJob[]): void {
    if (past === this.#past) return
    this.#past = past
    this.#samples = likeThisOne(past, this.kind, this.sizeBytes ?? 0)
  }

  /** What is worth a write; it counts as written from then on. */
  news(): ProgressReport | undefined {
    const now = performance.now()
    const { fraction, stage, work } = this.#progress
    const remaining = this.#endedAt === undefined ? this.#remaining(now) : null
    if (!this.#isNews(fraction, stage, remaining, now)) return undefined
    const isNewStage = stage !== (this.#written?.stage ?? null)
    this.#written = {
      fraction,
      stage,
      at: now,
      endsAt: remaining && now + remaining.expectedMs,
      lateAt: remaining && now + remaining.lateMs,
    }
    const stages = isNewStage ? this.#progress.spans : null
    return { lease: this.attempt.lease, fraction, stage, work, remaining, stages }
  }

  /** The write failed: what was news is news again. */
  unwritten(): void {
    this.#written = undefined
  }

  /** Nothing of the attempt runs any more. */
  end(): void {
    if (this.#endedAt !== undefined) return
    this.#endedAt = performance.now()
    this.#progress.end(this.#endedAt)
    this.#cpu.close()
  }

  /** Once it has ended. */
  usage({ readBytes, wroteBytes }: { readonly readBytes: number; readonly wroteBytes: number }): AttemptUsage {
    const cpuSeconds = Math.round((this.#cpu.seconds + this.#childrenCpuSeconds) * 1_000) / 1_000
    return { readBytes, wroteBytes, cpuSeconds, stages: this.#progress.spans }
  }

  /** Once it has ended. */
  past(): EndedJob {
    const stageMs: Record<string, number> = {}
    for (const { name, fromMs, toMs } of this.#progress.spans) {
      stageMs[name] = (stageMs[name] ?? 0) + (toMs ?? fromMs) - fromMs
    }
    return {
      jobId: this.attempt.lease.jobId,
      kind: this.kind.name,
      kindVersion: this.kind.version,
      sizeBytes: this.sizeBytes,
      durationMs: Math.round((this.#endedAt ?? performance.now()) - this.#startedAt),
      stageMs,
    }
  }

  #remaining(now: number): Remaining | null {
    return estimateRemaining(this.#samples, this.#progress.moment(now))
  }

  #isNews(fraction: number, stage: string | null, remaining: Remaining | null, now: number): boolean {
    const written = this.#written
    if (!written) return this.#hasMoved || remaining !== null
    if (stage !== written.stage || fraction - written.fraction >= LEAST_STEP) return true
    if (!remaining || now - written.at < RETOLD_EVERY_MS) return false
    if (written.endsAt === null || written.lateAt === null) return true
    const shiftMs = Math.max(LEAST_SHIFT_MS, LEAST_SHIFT * remaining.expectedMs)
    return (
      Math.abs(now + remaining.expectedMs - written.endsAt) > shiftMs ||
      Math.abs(now + remaining.lateMs - written.lateAt) > 2 * shiftMs
    )
  }
}
