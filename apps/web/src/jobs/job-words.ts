import type { JobSnapshot } from '@bellhop/model'
import type { Words } from '../words/en.ts'

/** A kind of a team's own goes by its name. Asked of the words, for the list of kinds would bring their schemas along. */
export function jobKindText(words: Words, kind: string): string {
  return isWorded(words.jobKinds, kind) ? words.jobKinds[kind] : kind
}

function isWorded(kinds: Words['jobKinds'], kind: string): kind is keyof Words['jobKinds'] {
  return Object.hasOwn(kinds, kind)
}

export function jobName(words: Words, { kind, fileName }: JobSnapshot): string {
  return words.jobs.what(jobKindText(words, kind), fileName)
}

/** Nearer than this is now. */
const SOON_MS = 500

/** The state in the words that the user was promised, or what is true instead while it changes by itself. */
export function jobStateText(words: Words, job: JobSnapshot, nowMs: number): string {
  if (job.cancelling && (job.status === 'PENDING' || job.status === 'PROCESSING')) return words.jobs.stopping
  if (job.status === 'PROCESSING') return words.jobProgress(job.progress)
  if (job.status === 'FAILED' && job.retryAt !== null) {
    const inMs = Date.parse(job.retryAt) - nowMs
    const next = Math.min(job.attempt + 1, job.maxAttempts)
    return inMs > 0 ? words.jobs.retryIn(inMs, next, job.maxAttempts) : words.jobs.retrySoon(next, job.maxAttempts)
  }
  if (job.status === 'PENDING' && job.waitingFor !== null) return words.jobWaits[job.waitingFor]
  return words.jobStatus[job.status]
}

/** Where it waits, or how long it will still take, in a word or two; null without evidence. */
export function jobEtaText(words: Words, job: JobSnapshot, nowMs: number): string | null {
  if (job.status === 'PENDING' && job.queue !== null) return words.jobs.place(job.queue.place, job.queue.ofHowMany)
  if (job.status !== 'PROCESSING' || job.eta === null || job.cancelling) return null
  const leftMs = Date.parse(job.eta) - nowMs
  if (leftMs > SOON_MS) return words.jobs.timeLeft(leftMs)
  const lateMs = job.etaLate === null ? 0 : Date.parse(job.etaLate) - nowMs
  return lateMs > SOON_MS ? words.jobs.atMostLeft(lateMs) : words.jobs.nearlyDone
}

/** What is to be expected of it, in a sentence: with the band of its end, or its place and when it should start. */
export function jobForecastText(words: Words, job: JobSnapshot, nowMs: number): string | null {
  const { jobs } = words
  if (job.status === 'PENDING' && job.queue !== null) {
    const { place, ofHowMany, expectedStart } = job.queue
    const inMs = expectedStart === null ? null : Date.parse(expectedStart) - nowMs
    return jobs.placeSentence(place, ofHowMany, inMs === null ? null : Math.max(0, inMs))
  }
  if (job.status !== 'PROCESSING' || job.cancelling || job.eta === null || job.etaLate === null) return null
  const leftMs = Date.parse(job.eta) - nowMs
  const lateMs = Date.parse(job.etaLate) - nowMs
  return leftMs > SOON_MS ? jobs.bandSentence(leftMs, lateMs) : null
}
