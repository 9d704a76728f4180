import * as business from '@bellhop/business'
import { CATALOG_SORTS, LIMITS } from '@bellhop/model'
import { z } from 'zod'
import { cursor, fileType, searchText, tags, want } from './input.ts'
import { procedure, router } from './trpc.ts'

const filter = z.object({ text: searchText.optional(), type: fileType.optional(), tags: tags.optional(), want })

export const catalog = router({
  search: procedure
    .input(
      filter.extend({
        sort: z.enum(CATALOG_SORTS).default('newest'),
        cursor: cursor.optional(),
        limit: z.number().int().min(1).max(LIMITS.catalogPageSize).default(48),
      }),
    )
    .query(({ ctx, input }) => business.searchCatalog(ctx.call, input)),
  facets: procedure.input(filter).query(({ ctx, input }) => business.catalogFacets(ctx.call, input)),
})
