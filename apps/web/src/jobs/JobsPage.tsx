import type { JobSnapshot, JobStatus } from '@bellhop/model'
import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ListChecks } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { trpc } from '../trpc.ts'
import { Button } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadMore } from '../ui/LoadMore.tsx'
import { PageTitle } from '../ui/PageTitle.tsx'
import { errorSentence } from '../words/error-sentence.ts'
import { useWords } from '../words/use-words.ts'
import { JobList } from './JobList.tsx'
import { JobListSkeleton } from './JobListSkeleton.tsx'
import { NewJobsButton } from './NewJobsButton.tsx'
import { OperationsLink } from './OperationsLink.tsx'
import { settledJobs } from './settled-jobs.ts'
import { StatusTabs } from './StatusTabs.tsx'

const PAGE_SIZE = 50
const route = getRouteApi('/frame/jobs')

export function JobsPage(): ReactNode {
  const { status } = route.useSearch()
  return <JobsOfStatus key={status ?? 'all'} status={status} />
}

function JobsOfStatus({ status }: { readonly status: JobStatus | undefined }) {
  const words = useWords()
  const navigate = route.useNavigate()
  const pages = trpc.jobs.list.useInfiniteQuery(
    { limit: PAGE_SIZE, ...(status === undefined ? {} : { status: [status] }) },
    { getNextPageParam: (page) => page.nextCursor, placeholderData: keepPreviousData },
  )
  // Rows that were shown stay where they are, and new ones wait behind a button, so that no click lands on another job.
  const [shown, setShown] = useState<readonly JobSnapshot[]>([])
  const fetched = pages.isPlaceholderData ? [] : (pages.data?.pages.flatMap((page) => page.items) ?? [])
  const { rows, fresh } = settledJobs(shown, fetched)
  if (rows.length !== shown.length) setShown(rows)

  const counts = pages.data?.pages[0]?.counts
  const select = (next: JobStatus | undefined) => void navigate({ search: { status: next }, replace: true })
  const nothing = pages.isSuccess && !pages.isPlaceholderData && fetched.length === 0 && rows.length === 0
  return (
    <div className="flex flex-col gap-5">
      <div className="flex min-h-9 items-center justify-between gap-3">
        <PageTitle>{words.jobs.title}</PageTitle>
        <OperationsLink />
      </div>
      <StatusTabs counts={counts} selected={status} onSelect={select} />
      {fresh.length > 0 && <NewJobsButton count={fresh.length} onShow={() => setShown([])} />}
      {(pages.isPending || pages.isPlaceholderData) && <JobListSkeleton label={words.common.loading} />}
      {pages.isError && rows.length === 0 && (
        <ErrorState
          title={words.common.somethingWrong}
          sentence={errorSentence(words, pages.error)}
          requestText={null}
          retryText={words.common.retry}
          onRetry={() => void pages.refetch()}
        />
      )}
      {nothing && status === undefined && (
        <EmptyState icon={ListChecks} title={words.jobs.emptyTitle} help={words.jobs.emptyHelp} />
      )}
      {nothing && status !== undefined && (
        <EmptyState icon={ListChecks} title={words.jobs.noMatchTitle} help={words.jobs.emptyHelp}>
          <Button onPress={() => select(undefined)}>{words.jobs.showAll}</Button>
        </EmptyState>
      )}
      {rows.length > 0 && <JobList jobs={rows} />}
      {pages.hasNextPage && rows.length > 0 && (
        <LoadMore
          key={rows.length}
          text={pages.isFetchingNextPage ? words.common.loading : words.common.loadMore}
          busy={pages.isFetchingNextPage}
          onLoad={() => void pages.fetchNextPage()}
        />
      )}
    </div>
  )
}
