import type { InsightRow, WorkspaceId } from '@bellhop/model'
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { Selects } from './view-reading.ts'
import { insights } from './views/index.ts'

/** The last `days` days, today included, by the database's clock in UTC. */
export function listInsights(tx: Selects, workspaceId: WorkspaceId, days: number): Promise<InsightRow[]> {
  return tx
    .select({
      day: insights.day,
      type: insights.type,
      files: insights.files,
      sizeBytes: insights.sizeBytes,
      jobsCompleted: insights.jobsCompleted,
      jobsFailed: insights.jobsFailed,
    })
    .from(insights)
    .where(
      and(
        eq(insights.workspaceId, workspaceId),
        gt(insights.day, sql`(now() at time zone 'UTC')::date - ${days}::integer`),
      ),
    )
    .orderBy(asc(insights.day), asc(insights.type))
}
