import type { CatalogEntry, CatalogFacets, CatalogSort, FileType, WorkspaceId } from '@bellhop/model'
import { and, arrayContains, asc, count, desc, eq, gt, lt, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { catalogView } from './views/index.ts'

const catalog = catalogView.table
const FACET_TAGS = 30

export interface CatalogFilter {
  readonly text?: string | undefined
  readonly type?: FileType | undefined
  readonly tags?: readonly string[] | undefined
}

/** The place after one row: its sort value and its id. */
export interface CatalogPosition {
  readonly value: string
  readonly id: string
}

/** How each sort walks an index: the column before the id, and the way. `newest` needs the id only: ids are in order. */
const SORTS = {
  newest: { column: null, descending: true },
  oldest: { column: null, descending: false },
  name: { column: catalog.sortName, descending: false },
  largest: { column: catalog.sizeBytes, descending: true },
  smallest: { column: catalog.sizeBytes, descending: false },
} as const satisfies Record<CatalogSort, unknown>

/** One page by keyset: `after` is the position of the last row of the page before. */
export async function searchCatalog(
  tx: Executor,
  workspaceId: WorkspaceId,
  query: CatalogFilter & { sort: CatalogSort; after?: CatalogPosition | undefined; limit: number },
): Promise<{ entry: CatalogEntry; position: CatalogPosition }[]> {
  const { column, descending } = SORTS[query.sort]
  const order = descending ? desc : asc
  const rows = await tx
    .select()
    .from(catalog)
    .where(and(...conditions(workspaceId, query), query.after && beyond(query.sort, query.after)))
    .orderBy(...(column ? [order(column), order(catalog.id)] : [order(catalog.id)]))
    .limit(query.limit)
  return rows.map((row) => ({
    entry: toEntry(row),
    position: {
      value: column === null ? '' : String(column === catalog.sortName ? row.sortName : row.sizeBytes),
      id: row.id,
    },
  }))
}

export async function countFacets(
  tx: Executor,
  workspaceId: WorkspaceId,
  filter: CatalogFilter,
): Promise<CatalogFacets> {
  // Each facet counts what its own choice would show: all filters but its own.
  const types = await tx
    .select({ value: catalog.type, count: count() })
    .from(catalog)
    .where(and(...conditions(workspaceId, { ...filter, type: undefined })))
    .groupBy(catalog.type)
    .orderBy(desc(count()))
  const tag = sql<string>`tag`
  const tags = await tx
    .select({ value: tag, count: count() })
    .from(catalog)
    .crossJoin(sql`unnest(${catalog.tags}) as tag`)
    .where(and(...conditions(workspaceId, filter)))
    .groupBy(tag)
    .orderBy(desc(count()), tag)
    .limit(FACET_TAGS)
  const total = types
    .filter((row) => filter.type === undefined || row.value === filter.type)
    .reduce((sum, row) => sum + row.count, 0)
  return { total, types, tags }
}

function conditions(workspaceId: WorkspaceId, filter: CatalogFilter): (SQL | undefined)[] {
  const words = filter.text?.normalize('NFC').toLowerCase().split(/\s+/).filter(Boolean) ?? []
  return [
    eq(catalog.workspaceId, workspaceId),
    filter.type && eq(catalog.type, filter.type),
    filter.tags && filter.tags.length > 0 ? arrayContains(catalog.tags, [...filter.tags]) : undefined,
    ...words.map((word) => sql`${catalog.searchText} like ${`%${word.replace(/[\\%_]/g, '\\$&')}%`}`),
  ]
}

function beyond(sort: CatalogSort, after: CatalogPosition): SQL {
  const { column, descending } = SORTS[sort]
  const id = sql`${after.id}::text`
  if (column === null) return descending ? lt(catalog.id, id) : gt(catalog.id, id)
  const value = column === catalog.sizeBytes ? sql`${after.value}::bigint` : sql`${after.value}::text`
  return descending
    ? sql`(${column}, ${catalog.id}) < (${value}, ${id})`
    : sql`(${column}, ${catalog.id}) > (${value}, ${id})`
}

function toEntry(row: typeof catalog.$inferSelect): CatalogEntry {
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    mediaType: row.mediaType,
    sizeBytes: row.sizeBytes,
    tags: row.tags,
    ownerName: row.ownerName,
    status: row.status,
    createdAt: row.createdAt.toISOString(),
    downloadCount: row.downloadCount,
    jobs: { active: row.jobsActive, done: row.jobsDone, failed: row.jobsFailed },
    thumbnail: row.thumbnailId,
    blurhash: row.blurhash,
    width: row.width,
    height: row.height,
    rowCount: row.rowCount,
    columnCount: row.columnCount,
  }
}
