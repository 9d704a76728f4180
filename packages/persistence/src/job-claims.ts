import type { JobId, WorkerId } from '@bellhop/model'
import { and, eq, getTableColumns, isNotNull, isNull, not, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { builtStatement } from './built-statement.ts'
import type { Executor } from './database.ts'
import { gatheredStatement } from './gathered-statement.ts'
import { queueAttempts } from './job-queue.ts'
import { findFullScope, isUnlimited, park } from './job-slots.ts'
import { held, lockedJobs, risen } from './jobs.ts'
import type { ChangedJobs, JobRow } from './jobs.ts'
import { jobProgress, jobs } from './schema/index.ts'

/** The progress of an attempt that begins. */
const NOTHING_DONE = {
  fraction: 0,
  stage: null,
  workDone: null,
  workTotal: null,
  workUnit: null,
  etaAt: null,
  etaLateAt: null,
  stages: null,
} as const

interface Claim {
  readonly id: JobId
  readonly attempt: number
  readonly token: string
  readonly owner: WorkerId
}

/**
 * PENDING → PROCESSING; asked again with the same token it answers the same. Undefined: cancelled, claimed by another, an
 * attempt of the past; or it is not its turn after all, and it was put back to wait for it, or for a place under a limit.
 * Where there is no limit it is one statement, shared with the claims of others.
 */
export async function claimJob(
  tx: Executor,
  id: JobId,
  attempt: number,
  lease: { token: string; owner: WorkerId },
  changed: ChangedJobs = [],
): Promise<JobRow | undefined> {
  const claimedAtOnce = await claimUnlimited(tx, { id, attempt, ...lease })
  let row = claimedAtOnce?.row
  row ??= await tx.transaction(async (inner) => {
    const claimable = and(
      eq(jobs.id, id),
      eq(jobs.status, 'PENDING'),
      eq(jobs.attempt, attempt),
      isNull(jobs.cancelRequestedAt),
      isNull(jobs.parkedFor),
    )
    const [waiting] = await inner.select().from(jobs).where(claimable).for('update')
    if (!waiting) {
      // Unless the answer to this very claim was lost, and it is asked again.
      const [own] = await inner
        .select()
        .from(jobs)
        .where(held({ jobId: id, attempt, token: lease.token }))
      return own
    }
    if (waiting.turn === null) {
      changed.push(...(await takeTurn(inner, id)))
      return undefined
    }
    const full = await findFullScope(inner, waiting)
    if (!full) return setClaimed(inner, lease, true, claimable)
    changed.push(...(await park(inner, id, full)))
    return undefined
  })
  // The first attempt finds its progress as it was made; one that waited for its parts goes on from theirs.
  if (row && attempt > 1) {
    const hasParts = sql`exists (select from public.jobs where parent_id = ${id})`
    await tx
      .update(jobProgress)
      .set(NOTHING_DONE)
      .where(and(eq(jobProgress.jobId, id), not(hasParts)))
  }
  return row
}

/** The claim of nearly every job. */
const claimUnlimited = gatheredStatement<Claim, { token: string; row: JobRow }>(async (tx, claims) => {
  const rows = await claimUnlimitedOf(tx).execute({ items: JSON.stringify(claims) })
  return rows.map((row) => ({ token: row.leaseToken ?? '', row }))
})

const claimUnlimitedOf = builtStatement((tx) =>
  tx
    .update(jobs)
    .set(claimed({ token: sql`item.token`, owner: sql`item.owner` }, false))
    .from(
      lockedJobs(
        sql`item(id text, attempt int, token text, owner text)`,
        and(
          eq(jobs.status, 'PENDING'),
          sql`${jobs.attempt} = item.attempt`,
          isNull(jobs.cancelRequestedAt),
          isNull(jobs.parkedFor),
          isNotNull(jobs.turn),
          isUnlimited,
        ),
      ),
    )
    .where(sql`${jobs.id} = item.id`)
    .returning(getTableColumns(jobs))
    .prepare('claim_unlimited'),
)

function claimed(lease: { token: unknown; owner: unknown }, isLimited: boolean) {
  return {
    status: 'PROCESSING',
    version: risen,
    leaseToken: sql`${lease.token}`,
    leaseOwner: sql`${lease.owner}`,
    isLimited,
    startedAt: sql`now()`,
    errorCode: null,
    errorSentence: null,
    usage: null,
  } as const
}

async function setClaimed(
  tx: Executor,
  lease: { token: string; owner: WorkerId },
  isLimited: boolean,
  where: SQL | undefined,
): Promise<JobRow | undefined> {
  const [row] = await tx.update(jobs).set(claimed(lease, isLimited)).where(where).returning()
  return row
}

/** Its time has come, and it queues behind those that came before. */
async function takeTurn(tx: Executor, id: JobId): Promise<JobRow[]> {
  const rows = await tx
    .update(jobs)
    .set({ turn: sql`job_turn(${jobs.workspaceId}, ${jobs.kind}, ${jobs.priority})`, version: risen })
    .where(and(eq(jobs.id, id), eq(jobs.status, 'PENDING')))
    .returning()
  await queueAttempts(tx, rows)
  return rows
}
