import { FieldError, Input, Label, Text, TextField } from 'react-aria-components'

interface TextLineProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly placeholder?: string
  readonly maxLength: number
  readonly error: string | null
  readonly help?: string
  readonly focused?: boolean
}

/** A line of text with its name, and what is wrong with it. */
export function TextLine({ label, value, onChange, placeholder, maxLength, error, help, focused }: TextLineProps) {
  return (
    <TextField
      value={value}
      onChange={onChange}
      isInvalid={error !== null}
      validationBehavior="aria"
      // oxlint-disable-next-line jsx-a11y/no-autofocus -- the button that asked for the form has gone
      autoFocus={focused === true}
      className="flex min-w-0 flex-col gap-1.5"
    >
      <Label className="text-sm font-medium">{label}</Label>
      <Input
        autoComplete="off"
        spellCheck={false}
        maxLength={maxLength}
        {...(placeholder !== undefined && { placeholder })}
        className="figures h-9 w-full max-w-md rounded-lg border border-line-strong bg-surface px-3 placeholder:text-faint data-[invalid]:border-bad"
      />
      <FieldError className="text-sm text-bad">{error}</FieldError>
      {error === null && help !== undefined && (
        <Text slot="description" className="text-sm text-faint">
          {help}
        </Text>
      )}
    </TextField>
  )
}
