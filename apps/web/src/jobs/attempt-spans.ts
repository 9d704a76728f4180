import type { JobAttempt } from '@bellhop/model'

export interface AttemptSpan {
  readonly what: 'waited' | 'stage' | 'ran'
  /** Of a stage. */
  readonly name: string | null
  readonly ms: number
  /** Where it lies in the whole attempt, 0 to 1. */
  readonly from: number
  readonly to: number
  readonly goesOn: boolean
}

/** What an attempt was busy with when, in order: waiting, then its stages, or the run as a whole where it told of none. */
export function attemptSpans(attempt: JobAttempt, now: number): AttemptSpan[] {
  const queuedAt = Date.parse(attempt.queuedAt)
  const endedAt = attempt.endedAt === null ? Math.max(now, queuedAt) : Date.parse(attempt.endedAt)
  const wholeMs = Math.max(1, endedAt - queuedAt)
  const span = (what: AttemptSpan['what'], name: string | null, from: number, to: number | null): AttemptSpan => {
    const end = Math.max(from, to ?? endedAt)
    return {
      what,
      name,
      ms: end - from,
      from: share(from - queuedAt, wholeMs),
      to: share(end - queuedAt, wholeMs),
      goesOn: to === null && attempt.endedAt === null,
    }
  }
  const startedAt = attempt.startedAt === null ? null : Date.parse(attempt.startedAt)
  const waited = span('waited', null, queuedAt, startedAt)
  if (startedAt === null) return [waited]
  if (attempt.stages.length === 0) {
    return [waited, span('ran', null, startedAt, attempt.endedAt === null ? null : endedAt)]
  }
  const stages = attempt.stages.map((stage) =>
    span('stage', stage.name, Date.parse(stage.startedAt), stage.endedAt === null ? null : Date.parse(stage.endedAt)),
  )
  return [waited, ...stages]
}

function share(ms: number, wholeMs: number): number {
  return Math.min(1, Math.max(0, ms / wholeMs))
}
