import type { JobFailure, JobId } from '@bellhop/model'
import { and, eq, isNotNull, isNull, not, or, sql } from 'drizzle-orm'
import type { AttemptUsage } from './attempt-usage.ts'
import { builtStatement } from './built-statement.ts'
import type { Executor } from './database.ts'
import { gatheredStatement } from './gathered-statement.ts'
import { followEnd } from './job-chains.ts'
import { queueAttempts } from './job-queue.ts'
import { releaseNext } from './job-slots.ts'
import { held, lockedJobs, risen } from './jobs.ts'
import type { ChangedJobs, JobRow, Lease, PendingOutput } from './jobs.ts'
import { jobProgress, jobs, outputs } from './schema/index.ts'

const COMPLETED = {
  status: 'COMPLETED',
  version: risen,
  leaseToken: null,
  leaseOwner: null,
  finishedAt: sql`now()`,
} as const

/** What the end of an attempt brings to others: in its transaction, so that no dead process can swallow it. */
async function followAttempt(tx: Executor, job: JobRow): Promise<JobRow[]> {
  const isOver = job.status === 'COMPLETED' || job.status === 'CANCELLED'
  return [
    ...(isOver && job.hasSuccessors ? await followEnd(tx, job.id) : []),
    ...(job.isLimited ? await releaseNext(tx, job) : []),
  ]
}

/**
 * PROCESSING → COMPLETED, and with it its outputs become visible. False: the lease was lost or a cancel was asked for;
 * then the outputs belong to nobody and the caller removes them. With outputs it must be called in a transaction; without
 * it is one statement, or a transaction of its own where others wait for the end.
 */
export async function completeJob(
  tx: Executor,
  lease: Lease,
  result: { output: unknown; outputs: readonly PendingOutput[]; usage?: AttemptUsage },
  changed: ChangedJobs = [],
): Promise<boolean> {
  if (result.outputs.length > 0) {
    const row = await setCompleted(tx, lease, result)
    if (!row) return false
    if (row.fileId) {
      const { workspaceId, id: jobId, fileId } = row
      await tx.insert(outputs).values(result.outputs.map((output) => ({ ...output, workspaceId, jobId, fileId })))
    }
    changed.push(...(await followAttempt(tx, row)))
    return true
  }
  const { jobId, attempt, token } = lease
  const { output, usage = null } = result
  if (await completeAlone(tx, { id: jobId, attempt, token, output, usage })) return true
  return tx.transaction(async (inner) => {
    const row = await setCompleted(inner, lease, result)
    if (!row) return false
    changed.push(...(await followAttempt(inner, row)))
    return true
  })
}

/** The completion of nearly every job without outputs: no other job waits for it. */
const completeAlone = gatheredStatement<Completion, { token: string }>((tx, completions) =>
  completeAloneOf(tx).execute({ items: JSON.stringify(completions) }),
)

interface Completion {
  readonly id: JobId
  readonly attempt: number
  readonly token: string
  readonly output: unknown
  readonly usage: AttemptUsage | null
}

const completeAloneOf = builtStatement((tx) =>
  tx
    .update(jobs)
    // The null of JSON is not that of SQL.
    .set({ ...COMPLETED, output: sql`coalesce(item.output, 'null')`, usage: sql`item.usage` })
    .from(
      lockedJobs(
        sql`item(id text, attempt int, token text, output jsonb, usage jsonb)`,
        and(
          eq(jobs.status, 'PROCESSING'),
          sql`${jobs.attempt} = item.attempt`,
          sql`${jobs.leaseToken} = item.token`,
          isNull(jobs.cancelRequestedAt),
          not(or(jobs.hasSuccessors, jobs.isLimited)!),
        ),
      ),
    )
    .where(sql`${jobs.id} = item.id`)
    .returning({ token: sql<string>`item.token` })
    .prepare('complete_alone'),
)

async function setCompleted(
  tx: Executor,
  lease: Lease,
  result: { output: unknown; usage?: AttemptUsage },
): Promise<JobRow | undefined> {
  const [row] = await tx
    .update(jobs)
    .set({ ...COMPLETED, output: result.output, usage: result.usage ?? null })
    .where(and(held(lease), isNull(jobs.cancelRequestedAt)))
    .returning()
  return row
}

/** Whether this very attempt made the job COMPLETED: what to ask when the answer to `completeJob` was lost. */
export async function isCompletedBy(tx: Executor, lease: Lease): Promise<boolean> {
  const rows = await tx
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.id, lease.jobId), eq(jobs.status, 'COMPLETED'), eq(jobs.attempt, lease.attempt)))
  return rows.length > 0
}

/**
 * PROCESSING → FAILED. In the same transaction the caller walks on to PENDING with `retryJob`, or gives the job up with
 * `followEnd`.
 */
export async function failJob(
  tx: Executor,
  lease: Lease,
  failure: JobFailure,
  usage: AttemptUsage | null = null,
  changed: ChangedJobs = [],
): Promise<boolean> {
  const [row] = await tx
    .update(jobs)
    .set({ ...failed(failure), usage })
    .where(held(lease))
    .returning()
  if (!row) return false
  changed.push(...(await followAttempt(tx, row)))
  return true
}

/** PROCESSING → CANCELLED, said by the worker when everything of the attempt has stopped. */
export async function finishCancel(
  tx: Executor,
  lease: Lease,
  usage: AttemptUsage | null = null,
  changed: ChangedJobs = [],
): Promise<boolean> {
  const [row] = await tx
    .update(jobs)
    .set({ status: 'CANCELLED', version: risen, leaseToken: null, leaseOwner: null, usage, finishedAt: sql`now()` })
    .where(and(held(lease), isNotNull(jobs.cancelRequestedAt)))
    .returning()
  if (!row) return false
  changed.push(...(await followAttempt(tx, row)))
  return true
}

/**
 * FAILED → PENDING as a new attempt, queued in the same transaction. It goes first, for it has had its turn; with
 * `takesTurn` it queues like a new job, and waits anew for those that it comes after. Undefined when it is not FAILED.
 */
export async function retryJob(
  tx: Executor,
  id: JobId,
  options: { delayMs: number; attemptsToAdd?: number; rescued?: boolean; takesTurn?: boolean },
): Promise<JobRow | undefined> {
  const waitsForJobs = sql`exists (
    select from public.job_dependencies d join public.jobs p on p.id = d.after_id
    where d.job_id = ${jobs.id} and p.status <> 'COMPLETED'
  )`
  const turn = options.takesTurn ? sql`job_turn(${jobs.workspaceId}, ${jobs.kind}, ${jobs.priority})` : sql`0`
  const [row] = await tx
    .update(jobs)
    .set({
      status: 'PENDING',
      version: risen,
      attempt: sql`${jobs.attempt} + 1`,
      maxAttempts: sql`${jobs.maxAttempts} + ${options.attemptsToAdd ?? 0}`,
      rescues: sql`${jobs.rescues} + ${options.rescued ? 1 : 0}`,
      cancelRequestedAt: null,
      finishedAt: null,
      startedAt: null,
      runAt: sql`now() + ${options.delayMs} * interval '1 millisecond'`,
      parkedFor: sql`case when ${waitsForJobs} then 'jobs' end`,
      turn: sql`case when not ${waitsForJobs} then ${turn} end`,
    })
    .where(and(eq(jobs.id, id), eq(jobs.status, 'FAILED')))
    .returning()
  if (row) {
    await tx.update(jobProgress).set({ fraction: 0, stage: null, etaAt: null }).where(eq(jobProgress.jobId, id))
    if (row.parkedFor === null) await queueAttempts(tx, [row])
  }
  return row
}

/** Takes a job from a worker that is dead or was told to let go: fenced by its own lease, as the worker's writes are. */
export async function takeFromWorker(
  tx: Executor,
  job: JobRow,
  failure: JobFailure,
  changed: ChangedJobs = [],
): Promise<boolean> {
  if (!job.leaseToken) return false
  const lease = { jobId: job.id, attempt: job.attempt, token: job.leaseToken }
  return job.cancelRequestedAt ? finishCancel(tx, lease, null, changed) : failJob(tx, lease, failure, null, changed)
}

function failed(failure: JobFailure) {
  return {
    status: 'FAILED',
    version: risen,
    leaseToken: null,
    leaseOwner: null,
    errorCode: failure.code,
    errorSentence: failure.sentence,
    finishedAt: sql`now()`,
  } as const
}
