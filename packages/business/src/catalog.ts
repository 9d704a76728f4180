import type {
  AnswerFreshness,
  CatalogFacets,
  CatalogPage,
  CatalogSort,
  FileType,
  InsightRow,
  UsageRow,
  Want,
} from '@bellhop/model'
import { listInsights, listUsage, readAsFresh, readCatalogPage, readFacets } from '@bellhop/persistence'
import { z } from 'zod'
import type { Context } from './caller.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'

export interface CatalogQuery {
  readonly text?: string | undefined
  readonly type?: FileType | undefined
  readonly tags?: readonly string[] | undefined
}

const position = z.object({ value: z.string(), id: z.string() })

export async function searchCatalog(
  { platform, caller }: Context,
  {
    want = 'any',
    ...query
  }: CatalogQuery & { sort: CatalogSort; cursor?: string | undefined; limit: number; want?: Want | undefined },
): Promise<CatalogPage> {
  const after = decodeCursor(position, query.cursor)
  const asked = { ...query, after, limit: query.limit + 1 }
  const { rows, freshness } = await readCatalogPage(platform.database, caller.workspaceId, asked, want)
  const items = rows.slice(0, query.limit)
  const last = items.at(-1)
  return {
    items: items.map((row) => row.entry),
    nextCursor: rows.length > query.limit && last ? encodeCursor(last.position) : null,
    freshness,
  }
}

export function catalogFacets(
  { platform, caller }: Context,
  { want = 'any', ...query }: CatalogQuery & { want?: Want | undefined },
): Promise<CatalogFacets> {
  return readFacets(platform.database, caller.workspaceId, query, want)
}

export async function insightSummary(
  { platform, caller }: Context,
  { days, want = 'any' }: { days: number; want?: Want | undefined },
): Promise<{ rows: InsightRow[]; freshness: AnswerFreshness }> {
  return readAsFresh(platform.database, 'insights', want, (view) => listInsights(view, caller.workspaceId, days))
}

/** As of the last night, mostly: its view is refreshed once a day. */
export async function usageSummary(
  { platform, caller }: Context,
  { days, want = 'any' }: { days: number; want?: Want | undefined },
): Promise<{ rows: UsageRow[]; freshness: AnswerFreshness }> {
  return readAsFresh(platform.database, 'usage', want, (view) => listUsage(view, caller.workspaceId, days))
}
