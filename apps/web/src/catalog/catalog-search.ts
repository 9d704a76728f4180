import { CATALOG_SORTS, type CatalogSort, FILE_TYPES, type FileType } from '@bellhop/model'

export const CATALOG_VIEWS = ['grid', 'list'] as const
export type CatalogView = (typeof CATALOG_VIEWS)[number]

/** What the Library shows, as its address says it. What is absent has its default. */
export interface CatalogSearch {
  readonly q?: string
  readonly type?: FileType
  readonly tags?: readonly string[]
  readonly sort?: CatalogSort
  readonly view?: CatalogView
}

export function catalogSearch(raw: Record<string, unknown>): CatalogSearch {
  const type = FILE_TYPES.find((each) => each === raw['type'])
  const sort = CATALOG_SORTS.find((each) => each === raw['sort'])
  const view = CATALOG_VIEWS.find((each) => each === raw['view'])
  const tags = Array.isArray(raw['tags']) ? raw['tags'].filter((tag): tag is string => typeof tag === 'string') : []
  const q = typeof raw['q'] === 'string' || typeof raw['q'] === 'number' ? String(raw['q']) : ''
  return {
    ...(q === '' ? {} : { q }),
    ...(type === undefined ? {} : { type }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(sort === undefined || sort === 'newest' ? {} : { sort }),
    ...(view === undefined || view === 'grid' ? {} : { view }),
  }
}
