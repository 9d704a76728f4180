import type { JobSnapshot } from '@bellhop/model'
import { isJobEnded } from '@bellhop/model'
import { throttle } from './throttle.ts'

/** States of many jobs arrive in bursts; the page is drawn once for each of these. */
const DRAW_EVERY_MS = 100
const REFETCH_EVERY_MS = 1_000

interface IntakeTarget {
  /** Returns those that were not known. */
  readonly put: (jobs: readonly JobSnapshot[]) => readonly JobSnapshot[]
  /** What was read of jobs is out of date: counts, lists, outputs. */
  readonly refetch: () => void
}

/** Between the feed and the cache: gathers bursts, and has lists read again when a job came or ended. */
export class JobIntake {
  readonly #draw: ReturnType<typeof throttle>
  readonly #refetch: ReturnType<typeof throttle>
  #waiting: JobSnapshot[] = []

  constructor({ put, refetch }: IntakeTarget) {
    this.#refetch = throttle(REFETCH_EVERY_MS, refetch)
    this.#draw = throttle(DRAW_EVERY_MS, () => {
      const jobs = this.#waiting
      this.#waiting = []
      const unknown = put(jobs)
      if (unknown.length > 0 || jobs.some((job) => isJobEnded(job.status))) this.#refetch.call()
    })
  }

  take(job: JobSnapshot): void {
    this.#waiting.push(job)
    this.#draw.call()
  }

  stop(): void {
    this.#draw.stop()
    this.#refetch.stop()
  }
}
