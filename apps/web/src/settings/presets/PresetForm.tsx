import type { PresetRecord } from '@bellhop/model'
import { LIMITS } from '@bellhop/model'
import { type FormEvent, useState } from 'react'
import { trpc } from '../../trpc.ts'
import { Button } from '../../ui/Button.tsx'
import { announce } from '../../ui/live-region.tsx'
import { Select } from '../../ui/Select.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { errorSentence } from '../../words/error-sentence.ts'
import { useWords } from '../../words/use-words.ts'
import { ImageFields } from './ImageFields.tsx'
import { JsonField } from './JsonField.tsx'
import { Tick } from './Tick.tsx'
import { NEW_IMAGE_DRAFT, PRESET_KINDS, draftOf, parseWidths, settingsOf } from './preset-draft.ts'
import type { PresetKind } from './preset-draft.ts'
import { TextLine } from './TextLine.tsx'

interface PresetFormProps {
  /** Null: a new one. */
  readonly preset: PresetRecord | null
  readonly taken: readonly string[]
  readonly onClose: () => void
}

/** A preset, new or known. What is wrong is said when it is to be kept. */
export function PresetForm({ preset, taken, onClose }: PresetFormProps) {
  const words = useWords()
  const { presets } = words.settings
  const utils = trpc.useUtils()
  const [name, setName] = useState(preset?.name ?? '')
  const [newKind, setNewKind] = useState<PresetKind>(PRESET_KINDS[0])
  const [isDefault, setDefault] = useState(preset?.isDefault ?? false)
  const [draft, setDraft] = useState(preset === null ? NEW_IMAGE_DRAFT : draftOf(preset))
  const [json, setJson] = useState(() => JSON.stringify(preset?.settings ?? {}, null, 2))
  const [asked, setAsked] = useState(false)
  const set = trpc.presets.set.useMutation({
    onSuccess: async () => {
      announce(presets.announceKept)
      await utils.presets.list.invalidate()
      onClose()
    },
  })
  const settings = draft === null ? parsed(json) : fromDraft(draft)
  const wrongName =
    name.trim() === '' ? presets.noName : preset === null && taken.includes(name.trim()) ? presets.nameTaken : null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (wrongName !== null || settings === null) return
    set.mutate({ name: name.trim(), kind: preset?.kind ?? newKind, settings, isDefault })
  }
  return (
    <Panel title={preset === null ? presets.add : presets.editNamed(preset.name)}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-5">
        {preset === null && (
          <TextLine
            label={presets.name}
            value={name}
            onChange={setName}
            placeholder={presets.nameHint}
            maxLength={LIMITS.presetNameChars}
            error={asked ? wrongName : null}
            focused
          />
        )}
        {preset === null && (
          <div className="flex flex-col items-start gap-1.5">
            <span aria-hidden className="text-sm font-medium">
              {presets.kind}
            </span>
            <Select
              label={presets.kind}
              value={newKind}
              options={PRESET_KINDS.map((value) => ({ value, text: words.jobKinds[value] }))}
              onChange={(kind) => {
                setNewKind(kind)
                setDraft(kind === 'image.variants' ? NEW_IMAGE_DRAFT : null)
              }}
            />
          </div>
        )}
        {draft === null ? (
          <JsonField value={json} onChange={setJson} error={asked && settings === null ? presets.noJson : null} />
        ) : (
          <ImageFields draft={draft} onChange={setDraft} asked={asked} />
        )}
        <Tick selected={isDefault} onChange={setDefault}>
          {presets.useByDefault}
        </Tick>
        {set.error !== null && (
          <p role="alert" className="rounded-lg bg-bad-soft px-3.5 py-2.5 text-bad">
            {errorSentence(words, set.error)}
          </p>
        )}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" look="primary" isDisabled={set.isPending}>
            {presets.keep}
          </Button>
          <Button onPress={onClose} isDisabled={set.isPending}>
            {words.common.cancel}
          </Button>
        </div>
      </form>
    </Panel>
  )
}

function fromDraft(draft: typeof NEW_IMAGE_DRAFT): Record<string, unknown> | null {
  const widths = parseWidths(draft.widths)
  return widths === null || draft.formats.length === 0 ? null : settingsOf(draft, widths)
}

function parsed(json: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}
