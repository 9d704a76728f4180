import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { KeyRound } from 'lucide-react'
import type { ReactNode } from 'react'
import { useMay } from '../../account/use-may.ts'
import { JobListSkeleton } from '../../jobs/JobListSkeleton.tsx'
import { trpc } from '../../trpc.ts'
import { Button } from '../../ui/Button.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ErrorState } from '../../ui/ErrorState.tsx'
import { LoadMore } from '../../ui/LoadMore.tsx'
import { errorSentence } from '../../words/error-sentence.ts'
import { useWords } from '../../words/use-words.ts'
import { SettingsHead } from '../SettingsHead.tsx'
import { KeyFilters } from './KeyFilters.tsx'
import { KeyTable } from './KeyTable.tsx'
import type { KeysSearch } from './keys-search.ts'

const PAGE_SIZE = 50
const route = getRouteApi('/frame/settings/keys')

/** The ledger: every key that was handed out. */
export function KeysPage(): ReactNode {
  const words = useWords()
  const { keys } = words.settings
  const search: KeysSearch = route.useSearch()
  const navigate = route.useNavigate()
  const seesAll = useMay('administer')
  const pages = trpc.valetKeys.list.useInfiniteQuery(
    {
      limit: PAGE_SIZE,
      ...(search.q === undefined ? {} : { text: search.q }),
      ...(search.file === undefined ? {} : { fileId: search.file }),
      ...(search.person === undefined ? {} : { userId: search.person }),
    },
    // Keys are made all the time, and nothing announces them.
    { getNextPageParam: (page) => page.nextCursor, placeholderData: keepPreviousData, staleTime: 0 },
  )
  const rows = pages.data?.pages.flatMap((page) => page.items) ?? []
  const change = (part: { readonly [K in keyof KeysSearch]: KeysSearch[K] | undefined }) =>
    void navigate({ search: (now) => ({ ...now, ...part }), replace: 'q' in part })
  const filtered = search.q !== undefined || search.file !== undefined || search.person !== undefined
  // A page that was looked through for a text may be empty and not the last.
  const nothing = pages.isSuccess && !pages.isPlaceholderData && rows.length === 0 && !pages.hasNextPage
  return (
    <div className="flex flex-col gap-5">
      <SettingsHead section="keys" />
      <p className="max-w-prose text-muted text-pretty">
        {keys.help} {seesAll === false && keys.ownOnly}
      </p>
      <KeyFilters search={search} rows={rows} onChange={change} />
      {pages.isPending && <JobListSkeleton label={words.common.loading} />}
      {pages.isError && rows.length === 0 && (
        <ErrorState
          title={words.common.somethingWrong}
          sentence={errorSentence(words, pages.error)}
          requestText={null}
          retryText={words.common.retry}
          onRetry={() => void pages.refetch()}
        />
      )}
      {nothing && !filtered && <EmptyState icon={KeyRound} title={keys.emptyTitle} help={keys.emptyHelp} />}
      {nothing && filtered && (
        <EmptyState icon={KeyRound} title={keys.noMatchTitle} help={keys.noMatchHelp}>
          <Button onPress={() => change({ q: undefined, file: undefined, person: undefined })}>
            {keys.clearFilters}
          </Button>
        </EmptyState>
      )}
      {rows.length > 0 && <KeyTable rows={rows} onChange={change} />}
      {pages.hasNextPage && (
        <LoadMore
          key={pages.data?.pages.length}
          text={pages.isFetchingNextPage ? words.common.loading : words.common.loadMore}
          busy={pages.isFetchingNextPage}
          onLoad={() => void pages.fetchNextPage()}
        />
      )}
    </div>
  )
}
