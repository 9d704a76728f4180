import { setTimeout as sleep } from 'node:timers/promises'
import { type ISql, type Sql } from 'postgres'
import { type KeeperLog } from './keeper-log.ts'
import { type ServiceLevel } from './sla.ts'
import { type AnyView } from './view.ts'

/** Two looks at a view are at least so far apart, whoever looks; what is late for less may go unseen. */
const PROBE_EVERY_MS = 1_000
const PROBE_APART_MS = 800

/** How a view has kept its service level, over the last `windowMs`. */
export interface Service extends Required<ServiceLevel> {
  /** Share of the time in which no write waited for longer than `freshWithinMs`; null before it was looked at. */
  readonly share: number | null
  /** Of the time that may be missed in a window, the share that has not been: 1 to 0. */
  readonly budgetLeft: number
}

export interface ProbeOptions {
  readonly sql: Sql
  readonly views: readonly AnyView[]
  readonly log: KeeperLog
  readonly signal: AbortSignal
}

/** Measures the views that have a service level, until `signal` fires. */
export async function probeForever({ sql, views, log, signal }: ProbeOptions): Promise<void> {
  const measured = views.filter(({ sla }) => sla !== undefined)
  if (measured.length === 0) return
  let isFailing = false
  while (!signal.aborted) {
    try {
      await probeService(sql, measured)
      isFailing = false
    } catch (error) {
      if (!isFailing) log.warn('Could not measure how fresh views are; the time is counted by the next look.', error)
      isFailing = true
    }
    await sleep(PROBE_EVERY_MS, undefined, { signal }).catch(() => {})
  }
}

/**
 * Adds the time since the last look of any process to what each view kept or missed. A look tells the time before it too:
 * that nothing waits, or for how long the oldest write has waited longer than it may; so it counts what nobody looked at,
 * when no keeper ran. What waits for a schedule of its own is not late.
 */
export async function probeService(sql: ISql, views: readonly AnyView[]): Promise<void> {
  const asked = JSON.stringify(views.map(({ name, sla }) => ({ view: name, ...sla })))
  await sql`
    with asked as (
      select a.value ->> 'view' as view, (a.value ->> 'freshWithinMs')::float8 as within_ms,
        (a.value ->> 'windowMs')::float8 as window_ms
      from jsonb_array_elements(${asked}::text::jsonb) a
    ), due as (
      select p.view, p.probed_at from public.live_view_probe p
      where p.view in (select view from asked)
        and p.probed_at < clock_timestamp() - ${PROBE_APART_MS} * interval '1 millisecond'
      for update skip locked
    ), seen as (
      select d.view, a.window_ms,
        least(a.window_ms, extract(epoch from clock_timestamp() - d.probed_at)::float8 * 1000) as spent_ms,
        greatest(0, coalesce(extract(epoch from clock_timestamp() - oldest.at)::float8 * 1000, 0) - a.within_ms) as late_ms
      from due d join asked a using (view)
      left join lateral (select at from public.live_view_dirty l where l.view = d.view order by at limit 1) oldest on true
    ), looked as (
      update public.live_view_probe p set probed_at = clock_timestamp() from seen s where p.view = s.view
    ), begun as (
      insert into public.live_view_probe (view, probed_at)
      select a.view, clock_timestamp() from asked a
      where exists (select from public.live_view_status s where s.view = a.view)
      on conflict do nothing
    ), forgotten as (
      delete from public.live_view_service o using seen s
      where o.view = s.view and o.minute < clock_timestamp() - s.window_ms * interval '1 millisecond'
    )
    insert into public.live_view_service as m (view, minute, kept_ms, missed_ms)
    select s.view, date_trunc('minute', clock_timestamp()), s.spent_ms - least(s.spent_ms, s.late_ms), least(s.spent_ms, s.late_ms)
    from seen s
    on conflict (view, minute) do update
    set kept_ms = m.kept_ms + excluded.kept_ms, missed_ms = m.missed_ms + excluded.missed_ms`
}

/** Undefined for a view without a service level. */
export async function serviceOf(sql: ISql, { name, sla }: AnyView): Promise<Service | undefined> {
  if (sla === undefined) return undefined
  const [row] = await sql<{ kept: number; missed: number }[]>`
    select coalesce(sum(kept_ms), 0)::float8 as kept, coalesce(sum(missed_ms), 0)::float8 as missed
    from public.live_view_service
    where view = ${name} and minute >= clock_timestamp() - ${sla.windowMs} * interval '1 millisecond'`
  const { kept, missed } = row ?? { kept: 0, missed: 0 }
  return {
    ...sla,
    share: kept + missed === 0 ? null : kept / (kept + missed),
    budgetLeft: Math.max(0, 1 - missed / ((1 - sla.target) * sla.windowMs)),
  }
}
