import type { JobAttempt, JobId, JobStageSpan, JobStatus, JobTransition } from '@bellhop/model'
import { asc, eq } from 'drizzle-orm'
import type { StageSpan } from './attempt-usage.ts'
import type { Executor } from './database.ts'
import { jobEvents } from './schema/index.ts'

type JobEvent = typeof jobEvents.$inferSelect

/** Every transition of a job, the oldest first. */
export function listEvents(tx: Executor, id: JobId): Promise<JobEvent[]> {
  return tx.select().from(jobEvents).where(eq(jobEvents.jobId, id)).orderBy(asc(jobEvents.version))
}

export function toTransition({ status, attempt, at, reason }: JobEvent): JobTransition {
  return { status, attempt, at: at.toISOString(), reason }
}

/** The tries of a job as its transitions tell them. `runningStages` are those of the one that runs. */
export function attemptsOf(events: readonly JobEvent[], runningStages: readonly StageSpan[] | null): JobAttempt[] {
  const byAttempt = new Map<number, JobEvent[]>()
  for (const event of events) byAttempt.set(event.attempt, [...(byAttempt.get(event.attempt) ?? []), event])
  return [...byAttempt].map(([attempt, own]) => {
    const queued = own.find(({ status }) => status === 'PENDING')
    const started = own.find(({ status }) => status === 'PROCESSING')
    const ended = own.find(({ status }) => outcomeOf(status) !== null)
    const usage = ended?.usage ?? null
    const stages = ended ? (usage?.stages ?? []) : (runningStages ?? [])
    return {
      attempt,
      workerId: started?.workerId ?? null,
      queuedAt: (queued ?? own[0])?.at.toISOString() ?? '',
      startedAt: started?.at.toISOString() ?? null,
      endedAt: ended?.at.toISOString() ?? null,
      outcome: ended ? outcomeOf(ended.status) : null,
      reason: ended?.reason ?? null,
      cpuSeconds: usage?.cpuSeconds ?? null,
      readBytes: usage?.readBytes ?? null,
      wroteBytes: usage?.wroteBytes ?? null,
      stages: started ? stages.map((span) => toStage(span, started.at, ended?.at ?? null)) : [],
    }
  })
}

function toStage({ name, fromMs, toMs }: StageSpan, startedAt: Date, endedAt: Date | null): JobStageSpan {
  // The worker's own count of milliseconds begins a moment after the database's; nothing ends after its attempt.
  const at = (ms: number) =>
    new Date(Math.min(startedAt.getTime() + ms, endedAt?.getTime() ?? Number.POSITIVE_INFINITY)).toISOString()
  return { name, startedAt: at(fromMs), endedAt: toMs === null ? (endedAt?.toISOString() ?? null) : at(toMs) }
}

function outcomeOf(status: JobStatus): JobAttempt['outcome'] {
  return status === 'PENDING' || status === 'PROCESSING' ? null : status
}
