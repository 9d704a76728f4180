import { Radar, RefreshCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { useMay } from '../../account/use-may.ts'
import { trpc } from '../../trpc.ts'
import { Button } from '../../ui/Button.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ErrorState } from '../../ui/ErrorState.tsx'
import { errorSentence } from '../../words/error-sentence.ts'
import { useWords } from '../../words/use-words.ts'
import { OwnersOnly } from '../OwnersOnly.tsx'
import { SettingsHead } from '../SettingsHead.tsx'
import { SettingsSkeleton } from '../SettingsSkeleton.tsx'
import { BrowserCheck } from './BrowserCheck.tsx'
import { StoreChecks } from './StoreChecks.tsx'
import { StoreHeadline } from './StoreHeadline.tsx'
import { SweepPanel } from './SweepPanel.tsx'
import { useStoreCheck } from './use-store-check.ts'

/** What the doctor has found out about the store, and what to do about it. For owners. */
export function StoragePage(): ReactNode {
  const words = useWords()
  const { storage } = words.settings
  const mayLook = useMay('administer')
  const { data, error, refetch } = trpc.storage.report.useQuery(undefined, { enabled: mayLook === true, staleTime: 0 })
  const check = useStoreCheck()
  if (mayLook === false) {
    return (
      <>
        <SettingsHead section="storage" />
        <OwnersOnly help={storage.membersHelp} />
      </>
    )
  }
  const checkButton = (
    <Button look="primary" onPress={check.run} isDisabled={check.busy}>
      <RefreshCw aria-hidden size={16} className={check.busy ? 'animate-spin' : ''} />
      {check.busy ? storage.checking : storage.checkNow}
    </Button>
  )
  const report = data?.report ?? null
  return (
    <div className="flex flex-col gap-6">
      <SettingsHead section="storage">{report !== null && checkButton}</SettingsHead>
      {check.busy && <p className="text-sm text-muted">{storage.checkingHelp}</p>}
      {check.error !== null && (
        <p role="alert" className="rounded-xl bg-bad-soft px-4 py-3 text-bad">
          {check.error}
        </p>
      )}
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
      {data !== undefined && report === null && (
        <EmptyState icon={Radar} title={storage.neverTitle} help={storage.neverHelp}>
          {checkButton}
        </EmptyState>
      )}
      {report !== null && (
        <div aria-busy={check.busy} className={`flex flex-col gap-6 ${check.busy ? 'opacity-60' : ''}`}>
          <StoreHeadline report={report} />
          <BrowserCheck report={report} />
          <StoreChecks report={report} />
        </div>
      )}
      {data !== undefined && <SweepPanel sweep={data.sweep} />}
    </div>
  )
}
