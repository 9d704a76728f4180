import type { JobId } from '@bellhop/model'
import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { z } from 'zod'
import type { Executor } from './database.ts'

/** What the queue carries for a job: which attempt to run. All else is read from the row, which is the truth. */
export const attemptPayload = z.object({
  jobId: z.custom<JobId>((id) => typeof id === 'string'),
  attempt: z.number().int(),
})
export type AttemptPayload = z.infer<typeof attemptPayload>

/** Work of our own that no person waits for. */
export const CHORES = [
  'attempts:discard',
  'objects:delete',
  'multipart:abort',
  'uploads:sweep',
  'uploads:reread',
  'store:examine',
  'store:sweep',
  'key-rates:prune',
  'webhooks:deliver',
  'webhooks:prune',
  'jobs:tally',
] as const
export type Chore = (typeof CHORES)[number]

/**
 * Queues the next attempt of each job in the caller's transaction. graphile-worker gets a single try: it can neither fence
 * a zombie's completion nor cancel what runs, so every further try is an attempt of ours with a key of its own.
 *
 * A turn becomes a time of 1970, by which graphile-worker orders what has the same priority: its own priorities have 16
 * bits, its times 64. What has had its turn, or waits for its time, goes before, and so do chores.
 */
export async function queueAttempts(tx: Executor, rows: readonly { readonly id: JobId }[]): Promise<void> {
  if (rows.length === 0) return
  await tx.execute(sql`
    select from ${addAttempts(sql`
      public.jobs j where j.id in (select jsonb_array_elements_text(${JSON.stringify(rows.map(({ id }) => id))}::jsonb))
    `)}`)
}

/** A table of what is queued when it is read: the attempts of those jobs, each called `j`. */
export function addAttempts(jobs: SQL): SQL {
  return sql`graphile_worker.add_jobs(array(
    select row(
      'job:' || j.kind || '@' || j.kind_version,
      json_build_object('jobId', j.id, 'attempt', j.attempt),
      null,
      case when j.turn > 0 then timestamptz 'epoch' + j.turn * interval '1 microsecond' else j.run_at end,
      1,
      j.id || ':' || j.attempt,
      case when j.turn > 0 then 1 else 0 end,
      null
    )::graphile_worker.job_spec
    from ${jobs}
  ))`
}

/** Takes a waiting attempt out of the queue. One that runs is not touched: its claim will fail. */
export async function unqueueAttempt(tx: Executor, job: { id: JobId; attempt: number }): Promise<void> {
  await tx.execute(sql`select graphile_worker.remove_job(${attemptKey(job.id, job.attempt)})`)
}

/**
 * With `once`, a name, a chore of that name that waits already is the one. Of those with the same `inTurnOf` one runs at a
 * time.
 */
export async function queueChore(
  tx: Executor,
  chore: Chore,
  payload: Record<string, unknown>,
  options: { delayMs?: number; once?: string; inTurnOf?: string } = {},
): Promise<void> {
  await tx.execute(sql`
    select graphile_worker.add_job(
      identifier := ${chore},
      payload := ${JSON.stringify(payload)}::json,
      queue_name := ${options.inTurnOf ?? null},
      run_at := now() + ${options.delayMs ?? 0} * interval '1 millisecond',
      max_attempts := 12,
      job_key := ${options.once ?? null},
      job_key_mode := 'preserve_run_at'
    )`)
}

/** How long an attempt may be due, or locked, before it counts as lost: a claim follows its lock in milliseconds. */
const LOST_AFTER = sql`interval '20 seconds'`
const REQUEUED_AT_ONCE = 200

/**
 * Queues again what the queue has lost: jobs that are PENDING and due, whose entry is gone or was locked by a process
 * that died before it could claim them. Returns how many.
 */
export async function requeueLost(tx: Executor): Promise<number> {
  const lost = await tx.execute<{ id: JobId }>(sql`
    select j.id
    from public.jobs j
    left join graphile_worker.jobs q on q.key = j.id || ':' || j.attempt
    where j.status = 'PENDING'
      and j.parked_for is null
      and j.run_at < now() - ${LOST_AFTER}
      and (
        q.id is null
        or q.locked_at < now() - ${LOST_AFTER}
        -- Freed with its worker's other locks: its single try counts as spent.
        or (q.locked_at is null and q.attempts >= q.max_attempts)
      )
    order by j.id
    limit ${REQUEUED_AT_ONCE}
    for update of j skip locked`)
  await queueAttempts(tx, lost)
  return lost.length
}

/** Frees what a dead process had locked; it would stay locked for four hours otherwise. */
export async function unlockPools(tx: Executor, poolIds: readonly string[]): Promise<void> {
  await tx.execute(
    sql`select graphile_worker.force_unlock_workers(array[${sql.join(
      poolIds.map((id) => sql`${id}`),
      sql`, `,
    )}]::text[])`,
  )
}

/** The version is in the name, so that a worker never sees a job whose input is newer than it knows. */
export function taskName(kind: string, version: number): string {
  return `job:${kind}@${version}`
}

function attemptKey(jobId: JobId, attempt: number): string {
  return `${jobId}:${attempt}`
}
