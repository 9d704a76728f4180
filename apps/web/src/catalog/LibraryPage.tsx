import type { CatalogSort } from '@bellhop/model'
import { CATALOG_SORTS } from '@bellhop/model'
import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { LayoutGrid, Rows3 } from 'lucide-react'
import type { ReactNode } from 'react'
import { trpc } from '../trpc.ts'
import { ErrorState } from '../ui/ErrorState.tsx'
import { FreshnessChip } from '../ui/FreshnessChip.tsx'
import { LoadMore } from '../ui/LoadMore.tsx'
import { PageTitle } from '../ui/PageTitle.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import { Select } from '../ui/Select.tsx'
import { errorSentence, requestIdOf } from '../words/error-sentence.ts'
import { useWords } from '../words/use-words.ts'
import { CATALOG_VIEWS, type CatalogSearch } from './catalog-search.ts'
import { CatalogSkeleton } from './CatalogSkeleton.tsx'
import { EmptyLibrary } from './EmptyLibrary.tsx'
import { FacetBar } from './FacetBar.tsx'
import { FileGrid } from './FileGrid.tsx'
import { FileList } from './FileList.tsx'
import { NoMatch } from './NoMatch.tsx'

const PAGE_SIZE = 48
const VIEW_ICONS = { grid: LayoutGrid, list: Rows3 }
const route = getRouteApi('/frame/')

export function LibraryPage(): ReactNode {
  const words = useWords()
  const search: CatalogSearch = route.useSearch()
  const navigate = route.useNavigate()
  const { q = '', type, tags = [], sort = 'newest', view = 'grid' } = search
  const filter = {
    ...(q === '' ? {} : { text: q }),
    ...(type === undefined ? {} : { type }),
    ...(tags.length === 0 ? {} : { tags: [...tags] }),
  }
  const pages = trpc.catalog.search.useInfiniteQuery(
    { ...filter, sort, limit: PAGE_SIZE },
    { getNextPageParam: (page) => page.nextCursor, placeholderData: keepPreviousData },
  )
  const { data: facets } = trpc.catalog.facets.useQuery(filter, { placeholderData: keepPreviousData })

  const change = (part: CatalogSearch) => void navigate({ search: (now) => ({ ...now, ...part }), replace: true })
  const filtered = q !== '' || type !== undefined || tags.length > 0
  const files = pages.data?.pages.flatMap((page) => page.items) ?? []
  const freshness = pages.data?.pages[0]?.freshness
  const empty = pages.data !== undefined && files.length === 0

  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-3">
        <PageTitle>{words.catalog.title}</PageTitle>
        {facets !== undefined && (
          <span className="figures pt-1 text-sm text-muted">{words.catalog.fileCount(facets.total)}</span>
        )}
        {freshness !== undefined && !empty && (
          <span className="pt-1">
            <FreshnessChip
              stale={freshness.stale}
              text={freshness.stale ? words.freshness.stale(freshness.pending) : words.freshness.fresh}
              help={words.freshness.help(words.format.dateTime(freshness.asOf))}
            />
          </span>
        )}
        <div className="ml-auto flex items-center gap-2">
          <Select
            label={words.catalog.sort}
            value={sort}
            options={CATALOG_SORTS.map((value) => ({ value, text: words.catalog.sorts[value] }))}
            onChange={(value: CatalogSort) => change({ sort: value })}
          />
          <Segmented
            label={words.catalog.view}
            value={view}
            options={CATALOG_VIEWS.map((value) => ({ value, text: words.catalog[value], icon: VIEW_ICONS[value] }))}
            onChange={(value) => change({ view: value })}
          />
        </div>
      </div>

      {facets !== undefined && (type !== undefined || tags.length > 0 || facets.total > 0) && (
        <FacetBar
          facets={facets}
          type={type}
          tags={tags}
          onType={(value) => change({ type: value })}
          onTags={(value) => change({ tags: value })}
        />
      )}

      {pages.isPending && <CatalogSkeleton view={view} label={words.common.loading} />}
      {pages.isError && pages.data === undefined && (
        <ErrorState
          title={words.common.somethingWrong}
          sentence={errorSentence(words, pages.error)}
          requestText={requestText(words.common.requestId, pages.error)}
          retryText={words.common.retry}
          onRetry={() => void pages.refetch()}
        />
      )}
      {empty && !filtered && <EmptyLibrary />}
      {empty && filtered && (
        <NoMatch text={q} onClear={() => change({ q: undefined, type: undefined, tags: undefined })} />
      )}
      {files.length > 0 && (
        <div aria-busy={pages.isPlaceholderData} className={pages.isPlaceholderData ? 'opacity-60' : ''}>
          {view === 'grid' ? <FileGrid files={files} /> : <FileList files={files} />}
          {pages.hasNextPage ? (
            <LoadMore
              key={files.length}
              text={pages.isFetchingNextPage ? words.common.loading : words.common.loadMore}
              busy={pages.isFetchingNextPage}
              onLoad={() => void pages.fetchNextPage()}
            />
          ) : (
            files.length > PAGE_SIZE && <p className="py-8 text-center text-sm text-faint">{words.catalog.endOfList}</p>
          )}
        </div>
      )}
    </div>
  )
}

function requestText(say: (id: string) => string, error: unknown): string | null {
  const id = requestIdOf(error)
  return id === null ? null : say(id)
}
