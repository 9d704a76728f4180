import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { Checkbox } from 'react-aria-components'

interface TickProps {
  readonly selected: boolean
  readonly onChange: (selected: boolean) => void
  readonly children: ReactNode
}

/** One thing that is so or is not. */
export function Tick({ selected, onChange, children }: TickProps) {
  return (
    <Checkbox
      isSelected={selected}
      onChange={onChange}
      className="group inline-flex cursor-pointer items-start gap-2.5 data-[focus-visible]:outline-2 data-[focus-visible]:outline-offset-2 data-[focus-visible]:outline-accent"
    >
      <span className="mt-0.5 grid size-4 shrink-0 place-items-center rounded border border-line-strong group-data-[selected]:border-accent group-data-[selected]:bg-accent group-data-[selected]:text-on-accent">
        <Check aria-hidden size={12} strokeWidth={3} className="invisible group-data-[selected]:visible" />
      </span>
      <span className="text-pretty">{children}</span>
    </Checkbox>
  )
}
