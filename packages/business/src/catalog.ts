import type { CatalogFacets, CatalogPage, CatalogSort, FileType, InsightRow, Freshness, UsageRow } from '@bellhop/model'
import { countFacets, freshnessOf, listInsights, listUsage, readCatalogPage } from '@bellhop/persistence'
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
  query: CatalogQuery & { sort: CatalogSort; cursor?: string | undefined; limit: number },
): Promise<CatalogPage> {
  const after = decodeCursor(position, query.cursor)
  const asked = { ...query, after, limit: query.limit + 1 }
  const { rows, freshness } = await readCatalogPage(platform.database, caller.workspaceId, asked)
  const items = rows.slice(0, query.limit)
  const last = items.at(-1)
  return {
    items: items.map((row) => row.entry),
    nextCursor: rows.length > query.limit && last ? encodeCursor(last.position) : null,
    freshness,
  }
}

export function catalogFacets({ platform, caller }: Context, query: CatalogQuery): Promise<CatalogFacets> {
  return countFacets(platform.database.db, caller.workspaceId, query)
}

export async function insightSummary(
  { platform, caller }: Context,
  { days }: { days: number },
): Promise<{ rows: InsightRow[]; freshness: Freshness }> {
  const freshness = await freshnessOf(platform.database, 'insights')
  return { rows: await listInsights(platform.database.db, caller.workspaceId, days), freshness }
}

/** As of the last night, mostly: its view is refreshed once a day. */
export async function usageSummary(
  { platform, caller }: Context,
  { days }: { days: number },
): Promise<{ rows: UsageRow[]; freshness: Freshness }> {
  const freshness = await freshnessOf(platform.database, 'usage')
  return { rows: await listUsage(platform.database.db, caller.workspaceId, days), freshness }
}
