import type { UsageRow, WorkspaceId } from '@bellhop/model'
import { and, asc, desc, eq, gt, sql } from 'drizzle-orm'
import type { Selects } from './view-reading.ts'
import { usage } from './views/index.ts'

/** The last `days` days, today included, by the database's clock in UTC; the newest first. */
export function listUsage(tx: Selects, workspaceId: WorkspaceId, days: number): Promise<UsageRow[]> {
  const { day, work, units, failed, bytes, cpuSeconds } = usage
  return tx
    .select({ day, work, units, failed, bytes, cpuSeconds })
    .from(usage)
    .where(and(eq(usage.workspaceId, workspaceId), gt(day, sql`(now() at time zone 'UTC')::date - ${days}::integer`)))
    .orderBy(desc(day), asc(work))
}
