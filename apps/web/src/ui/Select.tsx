import { ChevronDown } from 'lucide-react'
import { Button, Label, ListBox, ListBoxItem, Popover, Select as AriaSelect, SelectValue } from 'react-aria-components'

interface SelectProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly options: readonly { readonly value: T; readonly text: string }[]
  readonly onChange: (value: T) => void
}

/** One of a few. The label is spoken only: the values say what they are. */
export function Select<T extends string>({ label, value, options, onChange }: SelectProps<T>) {
  return (
    <AriaSelect
      value={value}
      onChange={(key) => {
        const option = options.find((each) => each.value === key)
        if (option !== undefined) onChange(option.value)
      }}
    >
      <Label className="sr-only">{label}</Label>
      <Button className="inline-flex h-9 items-center gap-1.5 rounded-lg border border-line-strong bg-surface pr-2 pl-3 text-base font-medium whitespace-nowrap data-[hovered]:bg-hover">
        <SelectValue />
        <ChevronDown aria-hidden size={15} className="text-faint" />
      </Button>
      <Popover
        offset={6}
        className="rise min-w-(--trigger-width) rounded-xl border border-line bg-surface p-1.5 shadow-float"
      >
        <ListBox className="outline-none">
          {options.map((option) => (
            <ListBoxItem
              key={option.value}
              id={option.value}
              textValue={option.text}
              className="cursor-pointer rounded-lg px-2.5 py-1.5 outline-none data-[focused]:bg-hover data-[selected]:font-medium data-[selected]:text-accent"
            >
              {option.text}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  )
}
