import type { WorkspaceId } from '@bellhop/model'
import { batchView, on } from '@bellhop/live-view'
import { sql } from 'drizzle-orm'
import { bigint, date, doublePrecision, integer, pgMaterializedView, text } from 'drizzle-orm/pg-core'
import { files, jobs } from '../schema/index.ts'
import { ofOwnWorkspace } from './own-workspace.ts'

/**
 * What each workspace had done for it, by day (UTC) and work: `upload`, or the kind of its jobs. Of files and jobs that are
 * there: a file that is deleted is counted no more.
 */
export const usage = pgMaterializedView('usage', {
  workspaceId: text('workspace_id').$type<WorkspaceId>().notNull(),
  day: date().notNull(),
  work: text().notNull(),
  /** Files that arrived, or jobs that ended. */
  units: integer().notNull(),
  /** Of them, jobs that FAILED. */
  failed: integer().notNull(),
  /** Of files; of jobs, what their last attempts read from the store and wrote to it. */
  bytes: bigint({ mode: 'number' }).notNull(),
  /** Of the last attempts of jobs. */
  cpuSeconds: doublePrecision('cpu_seconds').notNull(),
}).as(sql`
  select
    f.workspace_id,
    (f.ready_at at time zone 'UTC')::date as day,
    'upload' as work,
    count(*)::integer as units,
    0 as failed,
    sum(f.size_bytes)::bigint as bytes,
    0::double precision as cpu_seconds
  from public.files f
  where f.status = 'READY'
  group by 1, 2
  union all
  select
    j.workspace_id,
    (j.finished_at at time zone 'UTC')::date,
    j.kind,
    count(*)::integer,
    (count(*) filter (where j.status = 'FAILED'))::integer,
    sum(coalesce((j.usage ->> 'readBytes')::bigint, 0) + coalesce((j.usage ->> 'wroteBytes')::bigint, 0))::bigint,
    coalesce(sum((j.usage ->> 'cpuSeconds')::double precision), 0)
  from public.jobs j
  where j.status in ('COMPLETED', 'FAILED', 'CANCELLED')
  group by 1, 2, 3`)

export const usageView = batchView(usage, {
  version: 1,
  uniqueKey: ['workspaceId', 'day', 'work'],
  depends: [
    on(files, { columns: [files.status, files.sizeBytes], rows: { column: files.status, values: ['READY'] } }),
    on(jobs, {
      columns: [jobs.finishedAt],
      rows: { column: jobs.status, values: ['COMPLETED', 'FAILED', 'CANCELLED'] },
    }),
  ],
  // A little after the day is over.
  schedule: { cron: '10 0 * * *' },
  rowPolicy: ({ workspaceId }) => ofOwnWorkspace(workspaceId),
})
