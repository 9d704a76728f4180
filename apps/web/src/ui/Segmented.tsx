import type { LucideIcon } from 'lucide-react'
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'

interface SegmentedProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly options: readonly { readonly value: T; readonly text: string; readonly icon?: LucideIcon }[]
  readonly onChange: (value: T) => void
}

/** Two to four that exclude each other, side by side; with icons the text is spoken only. */
export function Segmented<T extends string>({ label, value, options, onChange }: SegmentedProps<T>) {
  return (
    <ToggleButtonGroup
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const option = options.find((each) => keys.has(each.value))
        if (option !== undefined) onChange(option.value)
      }}
      className="inline-flex h-9 rounded-lg border border-line-strong bg-surface p-0.5"
    >
      {options.map(({ value: id, text, icon: Icon }) => (
        <ToggleButton
          key={id}
          id={id}
          aria-label={text}
          className="inline-flex items-center rounded-md px-2.5 text-sm font-medium text-muted transition-colors data-[hovered]:text-ink data-[selected]:bg-accent-soft data-[selected]:text-accent"
        >
          {Icon === undefined ? text : <Icon aria-hidden size={16} strokeWidth={2} />}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}
