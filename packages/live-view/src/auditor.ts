import { setTimeout as sleep } from 'node:timers/promises'
import { type Sql } from 'postgres'
import { auditView, type Audit } from './audit.ts'
import { type KeeperLog } from './keeper-log.ts'
import { type AnyView } from './view.ts'

export interface AuditPlan {
  /** Between two audits of a view. At least 10. */
  readonly everyMs: number
  /** Keys compared by one. Default 100; at most 10,000. */
  readonly keys?: number
  /** Called after each, with what it found. */
  readonly onAudit?: (audit: Audit) => void
}

const EVERY_MS_MIN = 10

export interface AuditorOptions {
  readonly sql: Sql
  readonly views: readonly AnyView[]
  readonly plan: AuditPlan
  readonly log: KeeperLog
  readonly signal: AbortSignal
}

/** Audits the keyed views, some keys at a time, round and round until `signal` fires. */
export async function auditForever({ sql, views, plan, log, signal }: AuditorOptions): Promise<void> {
  const places = new Map<string, string | null>()
  while (!signal.aborted) {
    for (const view of views) {
      if (view.strategy !== 'realtime' || signal.aborted) continue
      try {
        const audit = await auditView(sql, view, { after: places.get(view.name) ?? null, keys: plan.keys })
        places.set(view.name, audit.next)
        if (audit.drifted.length > 0) {
          log.warn(`View ${view.name} had drifted in ${audit.drifted.length} rows; they are recomputed.`)
        }
        plan.onAudit?.(audit)
      } catch (error) {
        log.warn(`Could not audit view ${view.name}; will try again.`, error)
      }
    }
    await sleep(Math.max(EVERY_MS_MIN, plan.everyMs), undefined, { signal }).catch(() => {})
  }
}
