import type { ReactNode } from 'react'
import { useMay } from '../../account/use-may.ts'
import { trpc } from '../../trpc.ts'
import { ErrorState } from '../../ui/ErrorState.tsx'
import { errorSentence } from '../../words/error-sentence.ts'
import { useWords } from '../../words/use-words.ts'
import { SettingsHead } from '../SettingsHead.tsx'
import { SettingsSkeleton } from '../SettingsSkeleton.tsx'
import { QuotaForm } from './QuotaForm.tsx'
import { QuotaFacts } from './QuotaFacts.tsx'
import { UsagePanel } from './UsagePanel.tsx'

/** What the workspace holds and may hold. Everybody sees it; owners set it. */
export function RoomPage(): ReactNode {
  const words = useWords()
  const mayChange = useMay('administer')
  // What other people upload is not announced to this page.
  const { data, error, refetch } = trpc.account.quota.useQuery(undefined, { staleTime: 0 })
  return (
    <div className="flex flex-col gap-6">
      <SettingsHead section="room" />
      {data === undefined && error === null && <SettingsSkeleton label={words.common.loading} />}
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
          <UsagePanel state={data} />
          {mayChange === true && <QuotaForm key={JSON.stringify(data.quota)} state={data} />}
          {mayChange === false && <QuotaFacts quota={data.quota} />}
        </>
      )}
    </div>
  )
}
