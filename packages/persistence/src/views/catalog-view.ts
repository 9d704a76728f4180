import { FILE_STATUSES, FILE_TYPES } from '@bellhop/model'
import type { FileId, Filmstrip, OutputId, WorkspaceId } from '@bellhop/model'
import { liveView, on } from '@bellhop/live-view'
import { sql } from 'drizzle-orm'
import { bigint, doublePrecision, integer, jsonb, smallint, text, timestamp } from 'drizzle-orm/pg-core'
import { files, jobs, outputs, users } from '../schema/index.ts'
import { ofOwnWorkspace } from './own-workspace.ts'

/** Bars of a sound's card: of up to 2,000 peaks as many as a card has room for. */
const LOUDNESS_BARS = sql.raw('48')

/** One row a file that is READY: all that a card, a filter or a sort needs, so that a page is one index scan. */
export const catalogView = liveView('catalog', {
  version: 3,
  columns: {
    id: text().$type<FileId>().notNull(),
    workspaceId: text('workspace_id').$type<WorkspaceId>().notNull(),
    name: text().notNull(),
    sortName: text('sort_name').notNull(),
    /** What text search looks in: the name and the tags, in lower case. */
    searchText: text('search_text').notNull(),
    type: text({ enum: FILE_TYPES }).notNull(),
    mediaType: text('media_type').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    tags: text().array().notNull(),
    status: text({ enum: FILE_STATUSES }).notNull(),
    ownerName: text('owner_name').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    downloadCount: integer('download_count').notNull(),
    jobsActive: integer('jobs_active').notNull(),
    jobsDone: integer('jobs_done').notNull(),
    jobsFailed: integer('jobs_failed').notNull(),
    /** The small picture that jobs make of what has one: of an image its thumbnail, of a video its poster. */
    thumbnailId: text('thumbnail_id').$type<OutputId>(),
    /** The next larger WebP than the thumbnail, for fine screens; of an animation none, for cards stand still. */
    largerId: text('larger_id').$type<OutputId>(),
    largerWidth: integer('larger_width'),
    blurhash: text(),
    width: integer(),
    height: integer(),
    rowCount: bigint('row_count', { mode: 'number' }),
    columnCount: integer('column_count'),
    durationSeconds: doublePrecision('duration_seconds'),
    filmstrip: jsonb().$type<Filmstrip>(),
    /** Per cent of the loudest that can be, a bar each. */
    loudness: smallint().array(),
  },
  key: 'id',
  tenant: 'workspaceId',
  sla: { freshWithinMs: 1_000, target: 0.99, windowMs: 7 * 86_400_000 },
  query: sql`
    select
      f.id,
      f.workspace_id,
      f.name,
      lower(f.name) as sort_name,
      lower(f.name || ' ' || array_to_string(f.tags, ' ')) as search_text,
      f.type,
      f.media_type,
      f.size_bytes,
      f.tags,
      f.status,
      u.name as owner_name,
      f.created_at,
      f.download_count,
      work.jobs_active,
      work.jobs_done,
      work.jobs_failed,
      (
        select o.id
        from public.outputs o
        where o.file_id = f.id and o.role in ('thumbnail', 'poster')
        order by o.id desc
        limit 1
      ) as thumbnail_id,
      larger.id as larger_id,
      larger.width as larger_width,
      image.output ->> 'blurhash' as blurhash,
      coalesce(image.output ->> 'width', picture.track ->> 'width')::integer as width,
      coalesce(image.output ->> 'height', picture.track ->> 'height')::integer as height,
      (dataset.output ->> 'rowCount')::bigint as row_count,
      (dataset.output ->> 'columnCount')::integer as column_count,
      (media.output ->> 'durationSeconds')::double precision as duration_seconds,
      nullif(media.output -> 'filmstrip', 'null') as filmstrip,
      (
        select array_agg(bars.loudest order by bars.bar)
        from (
          select (peak.place - 1) * ${LOUDNESS_BARS} / peak.places as bar, round(100 * max(peak.height))::smallint as loudest
          from (
            select each.height::double precision, each.place, count(*) over () as places
            from jsonb_array_elements_text(media.output #> '{waveform,peaks}') with ordinality each(height, place)
          ) peak
          group by bar
        ) bars
      ) as loudness
    from public.files f
    join public.users u on u.id = f.owner_id
    cross join lateral (
      select
        (count(*) filter (where j.status in ('PENDING', 'PROCESSING')))::integer as jobs_active,
        (count(*) filter (where j.status = 'COMPLETED'))::integer as jobs_done,
        (count(*) filter (where j.status = 'FAILED'))::integer as jobs_failed
      from public.jobs j
      where j.file_id = f.id
    ) work
    left join lateral (
      select j.output
      from public.jobs j
      where j.file_id = f.id and j.kind = 'image.variants' and j.status = 'COMPLETED'
      order by j.id desc
      limit 1
    ) image on true
    left join lateral (
      select made ->> 'id' as id, (made ->> 'width')::integer as width
      from jsonb_array_elements(image.output -> 'files') made
      where made ->> 'role' = 'variant' and made ->> 'mediaType' = 'image/webp' and (made ->> 'width')::integer > 320
        and coalesce((image.output ->> 'frameCount')::integer, 1) = 1
      order by (made ->> 'width')::integer, made ->> 'id'
      limit 1
    ) larger on true
    left join lateral (
      select j.output
      from public.jobs j
      where j.file_id = f.id and j.kind = 'dataset.profile' and j.status = 'COMPLETED'
      order by j.id desc
      limit 1
    ) dataset on true
    left join lateral (
      select j.output
      from public.jobs j
      where j.file_id = f.id and j.kind = 'media.probe' and j.status = 'COMPLETED'
      order by j.id desc
      limit 1
    ) media on true
    left join lateral (
      select held as track
      from jsonb_array_elements(media.output -> 'tracks') held
      where held ->> 'kind' = 'video'
      limit 1
    ) picture on true
    where f.status = 'READY'`,
  depends: [
    on(files, { key: files.id, rows: { column: files.status, values: ['READY'] } }),
    on(jobs, { key: jobs.fileId, columns: [jobs.status] }),
    on(outputs, { key: outputs.fileId }),
    on(users, {
      key: users.id,
      columns: [users.name],
      fanout: (ids) => sql`select f.id from public.files f where f.owner_id = any(${ids})`,
    }),
  ],
  rowPolicy: ({ workspaceId }) => ofOwnWorkspace(workspaceId),
  indexes: {
    // By bytes, as they are asked for: see the order of the newest in `catalog.ts`.
    newest: '(workspace_id, id collate "C" desc)',
    by_name: '(workspace_id, sort_name, id)',
    by_size: '(workspace_id, size_bytes, id)',
    by_type: '(workspace_id, type, id collate "C" desc)',
    // btree_gin lets the workspace lead, so that a search reads no other's rows.
    by_text: 'using gin (workspace_id, search_text gin_trgm_ops)',
    by_tag: 'using gin (workspace_id, tags)',
  },
})
