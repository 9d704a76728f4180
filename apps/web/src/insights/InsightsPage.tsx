import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ChartColumn } from 'lucide-react'
import type { ReactNode } from 'react'
import { trpc } from '../trpc.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorState } from '../ui/ErrorState.tsx'
import { FreshnessChip } from '../ui/FreshnessChip.tsx'
import { PageTitle } from '../ui/PageTitle.tsx'
import { Panel } from '../ui/Panel.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import { Select } from '../ui/Select.tsx'
import { errorSentence } from '../words/error-sentence.ts'
import { useWords } from '../words/use-words.ts'
import { DaysChart } from './DaysChart.tsx'
import { DaysTable } from './DaysTable.tsx'
import { INSIGHT_DAYS, type InsightsSearch, MEASURES, SHOWS } from './insights-search.ts'
import { InsightTotals } from './InsightTotals.tsx'
import { daysOf } from './stacked-days.ts'
import { UsagePanel } from './UsagePanel.tsx'

const route = getRouteApi('/frame/insights')

export function InsightsPage(): ReactNode {
  const words = useWords()
  const search: InsightsSearch = route.useSearch()
  const navigate = route.useNavigate()
  const { days = 30, measure = 'files', show = 'chart' } = search
  const summary = trpc.insights.summary.useQuery({ days }, { placeholderData: keepPreviousData })
  const change = (part: InsightsSearch) => void navigate({ search: (now) => ({ ...now, ...part }), replace: true })
  const { data } = summary
  const totals = data === undefined ? [] : daysOf(data.rows, days, measure, Date.parse(data.freshness.asOf))
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center gap-3">
        <PageTitle>{words.insights.title}</PageTitle>
        {data !== undefined && (
          <span className="pt-1">
            <FreshnessChip
              stale={data.freshness.stale}
              text={data.freshness.stale ? words.freshness.stale(data.freshness.pending) : words.freshness.fresh}
              help={words.freshness.help(words.format.dateTime(data.freshness.asOf))}
            />
          </span>
        )}
        <div className="ml-auto">
          <Select
            label={words.insights.range}
            value={String(days)}
            options={INSIGHT_DAYS.map((each) => ({ value: String(each), text: words.insights.days(each) }))}
            onChange={(value) => change({ days: INSIGHT_DAYS.find((each) => String(each) === value) })}
          />
        </div>
      </div>
      {summary.isPending && <InsightsSkeleton label={words.common.loading} />}
      {summary.isError && data === undefined && (
        <ErrorState
          title={words.common.somethingWrong}
          sentence={errorSentence(words, summary.error)}
          requestText={null}
          retryText={words.common.retry}
          onRetry={() => void summary.refetch()}
        />
      )}
      {data !== undefined && data.rows.length === 0 && (
        <EmptyState icon={ChartColumn} title={words.insights.emptyTitle} help={words.insights.emptyHelp} />
      )}
      {data !== undefined && data.rows.length > 0 && (
        <>
          <InsightTotals rows={data.rows} />
          <Panel
            title={words.insights.uploadsByDay}
            aside={
              <span className="flex flex-wrap gap-2">
                <Segmented
                  label={words.insights.measure}
                  value={measure}
                  options={MEASURES.map((value) => ({ value, text: words.insights.measures[value] }))}
                  onChange={(value) => change({ measure: value })}
                />
                <Segmented
                  label={words.catalog.view}
                  value={show}
                  options={SHOWS.map((value) => ({ value, text: words.common[value] }))}
                  onChange={(value) => change({ show: value })}
                />
              </span>
            }
          >
            {show === 'chart' ? (
              <DaysChart days={totals} measure={measure} />
            ) : (
              <DaysTable days={totals} measure={measure} />
            )}
          </Panel>
          <UsagePanel days={days} />
        </>
      )}
    </div>
  )
}

function InsightsSkeleton({ label }: { readonly label: string }) {
  return (
    <div role="status" aria-label={label} className="late flex flex-col gap-5">
      <div className="shimmer h-24 rounded-xl" />
      <div className="shimmer h-96 rounded-xl" />
    </div>
  )
}
