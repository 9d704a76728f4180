import type { QuotaState } from '@bellhop/model'
import { LIMITS } from '@bellhop/model'
import { type FormEvent, useState } from 'react'
import { trpc } from '../../trpc.ts'
import { Button } from '../../ui/Button.tsx'
import { announce } from '../../ui/live-region.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Select } from '../../ui/Select.tsx'
import { errorSentence } from '../../words/error-sentence.ts'
import { useWords } from '../../words/use-words.ts'
import { BoundField } from './BoundField.tsx'
import { BYTE_UNITS, type ByteAmount } from './byte-amount.ts'
import { isBelowUsed, type QuotaDraft, type QuotaFaults, quotaDraft, readQuota } from './quota-draft.ts'
import { TypeChips } from './TypeChips.tsx'

/** The bounds, as an owner sets them. What is wrong is said at its field when it is to be saved, and from then on. */
export function QuotaForm({ state: { quota, usage } }: { readonly state: QuotaState }) {
  const words = useWords()
  const { room } = words.settings
  const utils = trpc.useUtils()
  const [kept] = useState(() => quotaDraft(quota))
  const [draft, setDraft] = useState(kept)
  const [asked, setAsked] = useState(false)
  const save = trpc.account.setQuota.useMutation({
    onSuccess: (saved) => {
      utils.account.quota.setData(undefined, saved)
      announce(room.saved)
    },
  })

  const read = readQuota(draft)
  const faults: QuotaFaults = asked && 'faults' in read ? read.faults : {}
  const below = 'quota' in read ? isBelowUsed(read.quota, usage) : { bytes: false, files: false }
  const changed = JSON.stringify(draft) !== JSON.stringify(kept)
  const change = (part: Partial<QuotaDraft>) => {
    save.reset()
    setDraft({ ...draft, ...part })
  }
  const fault = (field: keyof QuotaFaults): string | null => {
    const code = faults[field]
    if (code === undefined) return null
    return code === 'tooLarge' ? room.tooLarge(words.format.bytes(LIMITS.fileSizeBytes)) : room[code]
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if ('quota' in read) {
      const { mediaTypes } = read.quota
      save.mutate({ quota: { ...read.quota, mediaTypes: mediaTypes === null ? null : [...mediaTypes] } })
    }
  }
  const bytesField = (field: 'maxBytes' | 'maxFileBytes', warning: string | null) => (
    <BoundField
      label={room[field]}
      value={draft[field].text}
      onChange={(text) => change({ [field]: { ...draft[field], text } satisfies ByteAmount })}
      placeholder={room.noBound}
      error={fault(field)}
      warning={warning}
      inputMode="decimal"
    >
      <Select
        label={room.unit(room[field])}
        value={draft[field].unit}
        options={BYTE_UNITS.map((unit) => ({ value: unit, text: unit }))}
        onChange={(unit) => change({ [field]: { ...draft[field], unit } satisfies ByteAmount })}
      />
    </BoundField>
  )

  return (
    <Panel title={room.bounds}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-5">
        <div className="grid items-start gap-x-6 gap-y-5 sm:grid-cols-2 lg:grid-cols-3">
          {bytesField('maxBytes', below.bytes ? room.belowUsed : null)}
          <BoundField
            label={room.maxFiles}
            value={draft.maxFiles}
            onChange={(maxFiles) => change({ maxFiles })}
            placeholder={room.noBound}
            error={fault('maxFiles')}
            warning={below.files ? room.belowUsed : null}
            inputMode="numeric"
          />
          {bytesField('maxFileBytes', null)}
        </div>
        <TypeChips types={draft.mediaTypes} onChange={(mediaTypes) => change({ mediaTypes })} />
        <p className="text-sm text-faint">{room.leaveEmpty}</p>
        {save.error !== null && (
          <p role="alert" className="rounded-lg bg-bad-soft px-3.5 py-2.5 text-bad">
            {errorSentence(words, save.error)}
          </p>
        )}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" look="primary" isDisabled={!changed || save.isPending}>
            {save.isPending ? room.saving : room.save}
          </Button>
          {changed && (
            <Button
              onPress={() => {
                setAsked(false)
                setDraft(kept)
              }}
            >
              {room.reset}
            </Button>
          )}
        </div>
      </form>
    </Panel>
  )
}
