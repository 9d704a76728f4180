import type { ReactNode } from 'react'
import { useMay } from '../account/use-may.ts'
import { OwnersOnly } from '../settings/OwnersOnly.tsx'
import { SettingsSkeleton } from '../settings/SettingsSkeleton.tsx'
import { trpc } from '../trpc.ts'
import { ErrorState } from '../ui/ErrorState.tsx'
import { PageTitle } from '../ui/PageTitle.tsx'
import { errorSentence } from '../words/error-sentence.ts'
import { useWords } from '../words/use-words.ts'
import { CapacityFigures } from './CapacityFigures.tsx'
import { EndedPanel } from './EndedPanel.tsx'
import { QueuePanel } from './QueuePanel.tsx'
import { WorkersPanel } from './WorkersPanel.tsx'
import { ViewsPanel } from '../views/ViewsPanel.tsx'

/** The server reads the shared figures once a second at most, however many look. */
const ASK_EVERY_MS = 2_000

/** What waits, what runs where, how it has gone lately, and what workers to add. For owners. */
export function OperationsPage(): ReactNode {
  const words = useWords()
  const mayLook = useMay('administer')
  const { data, error, refetch } = trpc.operations.report.useQuery(undefined, {
    enabled: mayLook === true,
    staleTime: 0,
    refetchInterval: ASK_EVERY_MS,
  })
  return (
    <div className="flex flex-col gap-5">
      <header className="flex flex-col gap-1">
        <PageTitle>{words.operations.title}</PageTitle>
        {mayLook !== false && <p className="max-w-3xl text-muted text-pretty">{words.operations.help}</p>}
      </header>
      {mayLook === false && <OwnersOnly help={words.operations.membersHelp} />}
      {mayLook !== false && data === undefined && error === null && <SettingsSkeleton label={words.common.loading} />}
      {data === undefined && error !== null && (
        <ErrorState
          title={words.common.somethingWrong}
          sentence={errorSentence(words, error)}
          requestText={null}
          retryText={words.common.retry}
          onRetry={() => void refetch()}
        />
      )}
      {data !== undefined && (
        <>
          {error !== null && (
            <p role="alert" className="rounded-xl bg-warn-soft px-4 py-3 text-warn">
              {words.operations.behind(words.format.dateTime(data.at))}
            </p>
          )}
          <CapacityFigures report={data} />
          <QueuePanel queue={data.queue} />
          <WorkersPanel workers={data.workers} now={Date.parse(data.at)} />
          <EndedPanel ended={data.ended} minutes={data.minutes} />
          <ViewsPanel />
        </>
      )}
    </div>
  )
}
