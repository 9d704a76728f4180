import type { PresetRecord } from '@bellhop/model'
import { LIMITS } from '@bellhop/model'
import { Plus, SlidersHorizontal } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useMay } from '../../account/use-may.ts'
import { trpc } from '../../trpc.ts'
import { Button } from '../../ui/Button.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ErrorState } from '../../ui/ErrorState.tsx'
import { errorSentence } from '../../words/error-sentence.ts'
import { useWords } from '../../words/use-words.ts'
import { SettingsHead } from '../SettingsHead.tsx'
import { SettingsSkeleton } from '../SettingsSkeleton.tsx'
import { PresetCard } from './PresetCard.tsx'
import { PresetForm } from './PresetForm.tsx'

/** How files are processed here, by name. Everybody sees it, owners set it. */
export function PresetsPage(): ReactNode {
  const words = useWords()
  const { presets } = words.settings
  const maySet = useMay('administer') === true
  const { data, error, refetch } = trpc.presets.list.useQuery()
  const [editing, setEditing] = useState<PresetRecord | 'new' | null>(null)
  const full = data !== undefined && data.length >= LIMITS.presetsPerWorkspace
  const addButton = maySet && (
    <Button look="primary" onPress={() => setEditing('new')} isDisabled={full}>
      <Plus aria-hidden size={16} />
      {presets.add}
    </Button>
  )
  return (
    <div className="flex flex-col gap-5">
      <SettingsHead section="presets">
        {data !== undefined && data.length > 0 && editing === null && addButton}
      </SettingsHead>
      <p className="max-w-prose text-muted text-pretty">{presets.help}</p>
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
      {editing !== null && (
        <PresetForm
          key={editing === 'new' ? '' : editing.name}
          preset={editing === 'new' ? null : editing}
          taken={data?.map(({ name }) => name) ?? []}
          onClose={() => setEditing(null)}
        />
      )}
      {data?.length === 0 && editing === null && (
        <EmptyState icon={SlidersHorizontal} title={presets.emptyTitle} help={presets.emptyHelp}>
          {addButton}
        </EmptyState>
      )}
      {data !== undefined && data.length > 0 && (
        <ul className="grid gap-3 lg:grid-cols-2">
          {data.map((preset) => (
            <PresetCard key={preset.name} preset={preset} onEdit={maySet ? () => setEditing(preset) : null} />
          ))}
        </ul>
      )}
    </div>
  )
}
