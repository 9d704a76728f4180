import type { EndedStatus } from '@bellhop/model'
import { sql } from 'drizzle-orm'
import type { Executor } from './database.ts'

/** Minutes that are counted again each time, for a transaction that began in one may commit in the next. */
const COUNTED_AGAIN = sql`interval '5 minutes'`
/** What a count may reach back to after nobody counted for long: a day is all that is ever asked for. */
const REACHES_BACK = sql`interval '1 day'`
/** A little more than the day that is asked for. */
const KEPT = sql`interval '25 hours'`

/**
 * Counts the jobs that ended in the minutes that are over. Run again it counts the same; a count never falls, also when a
 * failed job was retried since and has not ended any more. Two at once take turns by the rows that they write.
 */
export async function tallyEndedJobs(tx: Executor): Promise<void> {
  await tx.execute(sql`
    insert into job_tallies (minute, kind, status, jobs)
    select date_trunc('minute', finished_at), kind, status, count(*)
    from jobs
    where finished_at >= (
        select greatest(coalesce(max(minute) - ${COUNTED_AGAIN}, '-infinity'), date_trunc('minute', now()) - ${REACHES_BACK})
        from job_tallies
      )
      and finished_at < date_trunc('minute', now())
    group by 1, 2, 3
    order by 1, 2, 3
    on conflict (minute, kind, status) do update set jobs = greatest(job_tallies.jobs, excluded.jobs)`)
  await tx.execute(sql`
    with old as (
      delete from job_tallies
      where minute > 'epoch' and minute < now() - ${KEPT}
      returning kind, status, jobs
    )
    insert into job_tallies (minute, kind, status, jobs)
    select 'epoch', kind, status, sum(jobs) from old group by kind, status
    on conflict (minute, kind, status) do update set jobs = job_tallies.jobs + excluded.jobs`)
}

export interface EndedTotal {
  readonly kind: string
  readonly status: EndedStatus
  readonly jobs: number
}

/** Since this installation began to count; only rises. Behind by up to two minutes. */
export async function sumEndedJobs(tx: Executor): Promise<EndedTotal[]> {
  const rows = await tx.execute<{ kind: string; status: EndedStatus; jobs: number }>(
    sql`select kind, status, sum(jobs)::float8 as jobs from job_tallies group by kind, status order by kind, status`,
  )
  return [...rows]
}

export interface EndedInMinute extends EndedTotal {
  /** Its beginning. */
  readonly minute: Date
}

/** How many ended in each minute of the last day, up to now: counted before, and where nobody has yet, from the jobs. */
export async function listEndedByMinute(tx: Executor): Promise<EndedInMinute[]> {
  const rows = await tx.execute<{ minute_ms: number; kind: string; status: EndedStatus; jobs: number }>(sql`
    with since as (
      select date_trunc('minute', now()) - ${REACHES_BACK} as day,
        (select max(minute) + interval '1 minute' from job_tallies where minute > 'epoch') as uncounted
    ), ended as (
      select minute, kind, status, jobs from job_tallies, since where minute > day
      union all
      select date_trunc('minute', finished_at), kind, status, count(*)
      from jobs, since
      where finished_at >= greatest(uncounted, day)
      group by 1, 2, 3
    )
    select extract(epoch from minute)::float8 * 1000 as minute_ms, kind, status, jobs::float8 as jobs
    from ended
    order by minute, kind, status`)
  return rows.map(({ minute_ms: minuteMs, ...row }) => ({ ...row, minute: new Date(minuteMs) }))
}
