import { VARIANT_FORMATS, VARIANT_QUALITIES } from '@bellhop/model'
import { Check } from 'lucide-react'
import { Checkbox, CheckboxGroup, FieldError, Label } from 'react-aria-components'
import { Segmented } from '../../ui/Segmented.tsx'
import { Select } from '../../ui/Select.tsx'
import { useWords } from '../../words/use-words.ts'
import { type ImageDraft, type RatioName, RATIOS, parseWidths } from './preset-draft.ts'
import { TextLine } from './TextLine.tsx'
import { Tick } from './Tick.tsx'

interface ImageFieldsProps {
  readonly draft: ImageDraft
  readonly onChange: (draft: ImageDraft) => void
  /** It was to be kept: now what is wrong is said. */
  readonly asked: boolean
}

const RATIO_NAMES = Object.keys(RATIOS) as RatioName[] // -- the keys of the table
const WIDTHS_CHARS = 64

/** What image.variants takes, for people. */
export function ImageFields({ draft, onChange, asked }: ImageFieldsProps) {
  const { presets } = useWords().settings
  const noFormat = asked && draft.formats.length === 0
  return (
    <>
      <TextLine
        label={presets.settings['widths'] ?? ''}
        value={draft.widths}
        onChange={(widths) => onChange({ ...draft, widths })}
        maxLength={WIDTHS_CHARS}
        error={asked && parseWidths(draft.widths) === null ? presets.wrongWidths : null}
        help={presets.widthsHelp}
      />
      <CheckboxGroup
        value={[...draft.formats]}
        onChange={(chosen) =>
          onChange({ ...draft, formats: VARIANT_FORMATS.filter((format) => chosen.includes(format)) })
        }
        isInvalid={noFormat}
        validationBehavior="aria"
        className="flex flex-col gap-1.5"
      >
        <Label className="text-sm font-medium">{presets.settings['formats']}</Label>
        <div className="flex flex-wrap gap-2">
          {VARIANT_FORMATS.map((format) => (
            <Checkbox
              key={format}
              value={format}
              className="group inline-flex h-9 cursor-pointer items-center gap-2 rounded-lg border border-line-strong bg-surface pr-3.5 pl-2.5 uppercase data-[focus-visible]:outline-2 data-[focus-visible]:outline-accent data-[hovered]:bg-hover data-[selected]:border-accent data-[selected]:bg-accent-soft data-[selected]:text-accent"
            >
              <span className="grid size-4 place-items-center rounded border border-line-strong group-data-[selected]:border-accent group-data-[selected]:bg-accent group-data-[selected]:text-on-accent">
                <Check aria-hidden size={12} strokeWidth={3} className="invisible group-data-[selected]:visible" />
              </span>
              {format}
            </Checkbox>
          ))}
        </div>
        <FieldError className="text-sm text-bad">{noFormat ? presets.noFormat : null}</FieldError>
      </CheckboxGroup>
      <div className="flex flex-wrap gap-x-8 gap-y-5">
        <div className="flex flex-col items-start gap-1.5">
          <span aria-hidden className="text-sm font-medium">
            {presets.settings['quality']}
          </span>
          <Segmented
            label={presets.settings['quality'] ?? ''}
            value={draft.quality}
            options={VARIANT_QUALITIES.map((value) => ({ value, text: presets.qualities[value] }))}
            onChange={(quality) => onChange({ ...draft, quality })}
          />
        </div>
        <div className="flex flex-col items-start gap-1.5">
          <span aria-hidden className="text-sm font-medium">
            {presets.settings['aspectRatio']}
          </span>
          <Select
            label={presets.settings['aspectRatio'] ?? ''}
            value={draft.ratio}
            options={RATIO_NAMES.map((value) => ({ value, text: presets.ratios[value] }))}
            onChange={(ratio) => onChange({ ...draft, ratio })}
          />
        </div>
      </div>
      <Tick selected={draft.rights} onChange={(rights) => onChange({ ...draft, rights })}>
        {presets.keepRights}
      </Tick>
    </>
  )
}
