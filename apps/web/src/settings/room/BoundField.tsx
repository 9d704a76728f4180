import type { ReactNode } from 'react'
import { FieldError, Input, Label, Text, TextField } from 'react-aria-components'

interface BoundFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly placeholder: string
  /** What is wrong with it. */
  readonly error: string | null
  /** What is right, but should be known. */
  readonly warning: string | null
  readonly inputMode: 'decimal' | 'numeric'
  /** The choice of a unit. */
  readonly children?: ReactNode
}

/** A number that bounds something; empty where nothing does. */
export function BoundField({
  label,
  value,
  onChange,
  placeholder,
  error,
  warning,
  inputMode,
  children,
}: BoundFieldProps) {
  return (
    <TextField
      value={value}
      onChange={onChange}
      isInvalid={error !== null}
      validationBehavior="aria"
      className="flex min-w-0 flex-col gap-1.5"
    >
      <Label className="text-sm font-medium">{label}</Label>
      <span className="flex gap-2">
        <Input
          inputMode={inputMode}
          autoComplete="off"
          placeholder={placeholder}
          className="figures h-9 w-full min-w-0 flex-1 rounded-lg border border-line-strong bg-surface px-3 placeholder:text-faint data-[invalid]:border-bad"
        />
        {children}
      </span>
      <FieldError className="text-sm text-bad">{error}</FieldError>
      {error === null && warning !== null && (
        <Text slot="description" className="text-sm text-warn">
          {warning}
        </Text>
      )}
    </TextField>
  )
}
