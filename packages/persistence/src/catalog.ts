import { freshnessAnswer, freshnessColumn } from '@bellhop/live-view'
import type {
  AnswerFreshness,
  CatalogEntry,
  CatalogFacets,
  CatalogSort,
  FileId,
  FileType,
  Want,
  WorkspaceId,
} from '@bellhop/model'
import { and, arrayContains, asc, count, desc, eq, getTableColumns, gt, lt, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Database } from './database.ts'
import { readAsFresh } from './view-reading.ts'
import type { Selects } from './view-reading.ts'
import { freshnessOf, told } from './view-status.ts'
import { catalogView } from './views/index.ts'

const catalog = catalogView.table
const FACET_TAGS = 30
const STORED = { met: true, source: 'stored' } as const

export interface CatalogFilter {
  readonly text?: string | undefined
  readonly type?: FileType | undefined
  readonly tags?: readonly string[] | undefined
}

export interface CatalogPageQuery extends CatalogFilter {
  readonly sort: CatalogSort
  readonly after?: CatalogPosition | undefined
  readonly limit: number
}

interface PlacedEntry {
  readonly entry: CatalogEntry
  readonly position: CatalogPosition
}

/** The place after one row: its sort value and its id. */
export interface CatalogPosition {
  readonly value: string
  readonly id: string
}

/**
 * Under another collation than the primary key's: else Postgres may look for a workspace's newest files among all rows by
 * that key. Ids are ASCII.
 */
const id = sql<FileId>`${catalog.id} collate "C"`

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
  tx: Selects,
  workspaceId: WorkspaceId,
  query: CatalogPageQuery,
): Promise<PlacedEntry[]> {
  const { where, order } = pageOf(workspaceId, query)
  const rows = await tx
    .select()
    .from(catalog)
    .where(where)
    .orderBy(...order)
    .limit(query.limit)
  return rows.map((row) => placed(row, query.sort))
}

/** A page with how fresh it is, of one moment; what is stored, in one statement. */
export async function readCatalogPage(
  database: Database,
  workspaceId: WorkspaceId,
  query: CatalogPageQuery,
  want: Want = 'any',
): Promise<{ rows: PlacedEntry[]; freshness: AnswerFreshness }> {
  if (want !== 'any') return readAsFresh(database, 'catalog', want, (view) => searchCatalog(view, workspaceId, query))
  const { where, order } = pageOf(workspaceId, query)
  const rows = await database.db
    .select({ ...getTableColumns(catalog), freshness: freshnessColumn(catalogView) })
    .from(catalog)
    .where(where)
    .orderBy(...order)
    .limit(query.limit)
  const [first] = rows
  if (first) {
    const freshness = told(freshnessAnswer(catalogView, first.freshness))
    return { rows: rows.map((row) => placed(row, query.sort)), freshness: { ...freshness, ...STORED } }
  }
  // Asked before the rows: what is said to be pending may be in the answer already, never the other way round.
  const freshness = await freshnessOf(database, 'catalog')
  return { rows: await searchCatalog(database.db, workspaceId, query), freshness: { ...freshness, ...STORED } }
}

function pageOf(workspaceId: WorkspaceId, { sort, after, ...filter }: CatalogPageQuery) {
  const { column, descending } = SORTS[sort]
  const order = descending ? desc : asc
  return {
    where: and(...conditions(workspaceId, filter), after && beyond(sort, after)),
    order: column ? [order(column), order(catalog.id)] : [order(id)],
  }
}

function placed(row: typeof catalog.$inferSelect, sort: CatalogSort): PlacedEntry {
  const { column } = SORTS[sort]
  const value = column === null ? '' : String(column === catalog.sortName ? row.sortName : row.sizeBytes)
  return { entry: toEntry(row), position: { value, id: row.id } }
}

export async function readFacets(
  database: Database,
  workspaceId: WorkspaceId,
  filter: CatalogFilter,
  want: Want,
): Promise<CatalogFacets> {
  if (want === 'any') return countFacets(database.db, workspaceId, filter)
  return (await readAsFresh(database, 'catalog', want, (view) => countFacets(view, workspaceId, filter))).rows
}

export async function countFacets(
  tx: Selects,
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
  const afterId = sql`${after.id}::text`
  if (column === null) return descending ? lt(id, afterId) : gt(id, afterId)
  const value = column === catalog.sizeBytes ? sql`${after.value}::bigint` : sql`${after.value}::text`
  return descending
    ? sql`(${column}, ${catalog.id}) < (${value}, ${afterId})`
    : sql`(${column}, ${catalog.id}) > (${value}, ${afterId})`
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
    larger: row.largerId === null || row.largerWidth === null ? null : { id: row.largerId, width: row.largerWidth },
    blurhash: row.blurhash,
    width: row.width,
    height: row.height,
    rowCount: row.rowCount,
    columnCount: row.columnCount,
    durationSeconds: row.durationSeconds,
    filmstrip: row.filmstrip,
    loudness: row.loudness,
  }
}
