import { FieldError, Label, Text, TextArea, TextField } from 'react-aria-components'
import { useWords } from '../../words/use-words.ts'

interface JsonFieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly error: string | null
}

const ROWS = 8

/** Settings of a kind that has no form, or that the form cannot show. */
export function JsonField({ value, onChange, error }: JsonFieldProps) {
  const { presets } = useWords().settings
  return (
    <TextField
      value={value}
      onChange={onChange}
      isInvalid={error !== null}
      validationBehavior="aria"
      className="flex min-w-0 flex-col gap-1.5"
    >
      <Label className="text-sm font-medium">{presets.json}</Label>
      <TextArea
        rows={ROWS}
        spellCheck={false}
        className="w-full rounded-lg border border-line-strong bg-surface px-3 py-2 font-mono text-sm data-[invalid]:border-bad"
      />
      <FieldError className="text-sm text-bad">{error}</FieldError>
      {error === null && (
        <Text slot="description" className="text-sm text-faint">
          {presets.jsonHelp}
        </Text>
      )}
    </TextField>
  )
}
