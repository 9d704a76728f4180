import { FILE_TYPES } from '@bellhop/model'
import type { WorkspaceId } from '@bellhop/model'
import { on, refreshedView } from '@bellhop/live-view'
import { sql } from 'drizzle-orm'
import { bigint, date, integer, pgMaterializedView, text } from 'drizzle-orm/pg-core'
import { files, jobs } from '../schema/index.ts'
import { ofOwnWorkspace } from './own-workspace.ts'

/** What arrived and what was done, by day (UTC) and type. Few rows, so that refreshing it whole is cheap. */
export const insights = pgMaterializedView('insights', {
  workspaceId: text('workspace_id').$type<WorkspaceId>().notNull(),
  day: date().notNull(),
  type: text({ enum: FILE_TYPES }).notNull(),
  files: integer().notNull(),
  sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
  jobsCompleted: integer('jobs_completed').notNull(),
  jobsFailed: integer('jobs_failed').notNull(),
}).as(sql`
  select
    workspace_id,
    day,
    type,
    sum(files)::integer as files,
    sum(size_bytes)::bigint as size_bytes,
    sum(jobs_completed)::integer as jobs_completed,
    sum(jobs_failed)::integer as jobs_failed
  from (
    select
      f.workspace_id,
      (f.ready_at at time zone 'UTC')::date as day,
      f.type,
      1 as files,
      f.size_bytes,
      0 as jobs_completed,
      0 as jobs_failed
    from public.files f
    where f.status = 'READY'
    union all
    select
      j.workspace_id,
      (j.finished_at at time zone 'UTC')::date,
      f.type,
      0,
      0,
      (j.status = 'COMPLETED')::integer,
      (j.status = 'FAILED')::integer
    from public.jobs j
    join public.files f on f.id = j.file_id
    where j.status in ('COMPLETED', 'FAILED')
  ) happened
  group by workspace_id, day, type`)

export const insightsView = refreshedView(insights, {
  version: 1,
  uniqueKey: ['workspaceId', 'day', 'type'],
  rowPolicy: ({ workspaceId }) => ofOwnWorkspace(workspaceId),
  depends: [
    on(files, {
      columns: [files.status, files.type, files.sizeBytes],
      // Of deleted ones, the jobs are still shown.
      rows: { column: files.status, values: ['READY', 'DELETED'] },
    }),
    on(jobs, { columns: [jobs.finishedAt], rows: { column: jobs.status, values: ['COMPLETED', 'FAILED'] } }),
  ],
  debounceMs: 200,
  maxWaitMs: 2_000,
  sla: { freshWithinMs: 5_000, target: 0.99, windowMs: 7 * 86_400_000 },
})
