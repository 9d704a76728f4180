import { isJobKindName } from '@bellhop/model'
import type { JobSnapshot } from '@bellhop/model'
import type { Words } from '../words/en.ts'

/** A kind of a team's own goes by its name. */
export function jobKindText(words: Words, kind: string): string {
  return isJobKindName(kind) ? words.jobKinds[kind] : kind
}

export function jobName(words: Words, { kind, fileName }: JobSnapshot): string {
  return words.jobs.what(jobKindText(words, kind), fileName)
}

/** The state in the words that the user was promised, or what is true instead while it changes by itself. */
export function jobStateText(words: Words, job: JobSnapshot, nowMs: number): string {
  if (job.cancelling && (job.status === 'PENDING' || job.status === 'PROCESSING')) return words.jobs.stopping
  if (job.status === 'PROCESSING') return words.jobProgress(job.progress)
  if (job.status === 'FAILED' && job.retryAt !== null) {
    const inMs = Date.parse(job.retryAt) - nowMs
    const next = Math.min(job.attempt + 1, job.maxAttempts)
    return inMs > 0 ? words.jobs.retryIn(inMs, next, job.maxAttempts) : words.jobs.retrySoon(next, job.maxAttempts)
  }
  return words.jobStatus[job.status]
}

/** How long it will still take; null without evidence, or when it does not run. */
export function jobEtaText(words: Words, job: JobSnapshot, nowMs: number): string | null {
  if (job.status !== 'PROCESSING' || job.eta === null || job.cancelling) return null
  const leftMs = Date.parse(job.eta) - nowMs
  return leftMs > 500 ? words.jobs.timeLeft(leftMs) : words.jobs.nearlyDone
}
