import type { PresetRecord } from '@bellhop/model'
import { VARIANT_QUALITIES, isJobKindName } from '@bellhop/model'
import { Pencil, Star, Trash2, TriangleAlert } from 'lucide-react'
import { DialogTrigger } from 'react-aria-components'
import { trpc } from '../../trpc.ts'
import { Chip } from '../../ui/Chip.tsx'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { announce } from '../../ui/live-region.tsx'
import { errorSentence } from '../../words/error-sentence.ts'
import type { Words } from '../../words/en.ts'
import { useWords } from '../../words/use-words.ts'
import { ratioName } from './preset-draft.ts'

interface PresetCardProps {
  readonly preset: PresetRecord
  /** Null for those who may only look. */
  readonly onEdit: (() => void) | null
}

/** A preset: its name, of which kind it is, and what it sets. */
export function PresetCard({ preset, onEdit }: PresetCardProps) {
  const words = useWords()
  const { presets } = words.settings
  const { name, kind, settings, isDefault, fits } = preset
  return (
    <li className="flex min-w-0 flex-col gap-3 rounded-xl border border-line bg-surface p-4 shadow-card">
      <div className="flex items-start justify-between gap-3">
        <div className="flex min-w-0 flex-col gap-1">
          <h2 className="font-semibold wrap-anywhere">{name}</h2>
          <p className="text-sm text-muted">{isJobKindName(kind) ? words.jobKinds[kind] : kind}</p>
        </div>
        {onEdit !== null && (
          <div className="-mt-1 -mr-1 flex shrink-0">
            <IconButton icon={Pencil} label={presets.editNamed(name)} onPress={onEdit} />
            <RemoveButton name={name} />
          </div>
        )}
      </div>
      {(isDefault || !fits) && (
        <p className="flex flex-wrap gap-2">
          {isDefault && (
            <Chip tone="accent" icon={Star}>
              {presets.isDefault}
            </Chip>
          )}
          {!fits && (
            <Chip tone="bad" icon={TriangleAlert}>
              {presets.misfit}
            </Chip>
          )}
        </p>
      )}
      <dl className="figures grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
        {Object.entries(settings).map(([key, value]) => (
          <div key={key} className="contents">
            <dt className="text-faint">{presets.settings[key] ?? key}</dt>
            <dd className="wrap-anywhere">{toldOf(key, value, presets)}</dd>
          </div>
        ))}
        {Object.keys(settings).length === 0 && <dd className="col-span-2 text-faint">{presets.nothingSet}</dd>}
      </dl>
    </li>
  )
}

/** A setting of images in the words of their form, any other as it is. */
function toldOf(key: string, value: unknown, { qualities, ratios }: Words['settings']['presets']): string {
  const quality = key === 'quality' ? VARIANT_QUALITIES.find((each) => each === value) : undefined
  if (quality !== undefined) return qualities[quality]
  const ratio = key === 'aspectRatio' && typeof value === 'number' ? ratioName(value) : null
  if (ratio !== null) return ratios[ratio]
  return key === 'formats' ? told(value).toUpperCase() : told(value)
}

function told(value: unknown): string {
  if (Array.isArray(value)) return value.map(told).join(', ')
  if (typeof value === 'number') return String(Math.round(value * 100) / 100)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function RemoveButton({ name }: { readonly name: string }) {
  const words = useWords()
  const { presets } = words.settings
  const utils = trpc.useUtils()
  const remove = trpc.presets.delete.useMutation({
    onSuccess: () => {
      announce(presets.announceRemoved)
      utils.presets.list.setData(undefined, (known) => known?.filter((preset) => preset.name !== name))
    },
  })
  return (
    <DialogTrigger>
      <IconButton icon={Trash2} label={presets.removeNamed(name)} />
      <ConfirmDialog
        title={presets.removeTitle}
        help={presets.removeHelp(name)}
        confirmText={presets.remove}
        cancelText={words.common.cancel}
        busy={remove.isPending}
        error={remove.error === null ? null : errorSentence(words, remove.error)}
        onConfirm={() => remove.mutate({ name })}
      />
    </DialogTrigger>
  )
}
