import type { WebhookEvent } from '@bellhop/model'
import { WEBHOOK_EVENTS } from '@bellhop/model'
import { Check } from 'lucide-react'
import { Checkbox, CheckboxGroup, FieldError, Label } from 'react-aria-components'
import { useWords } from '../../words/use-words.ts'

interface EventChoiceProps {
  readonly events: readonly WebhookEvent[]
  readonly onChange: (events: readonly WebhookEvent[]) => void
  readonly error: string | null
}

/** What an address is told of. */
export function EventChoice({ events, onChange, error }: EventChoiceProps) {
  const { webhooks } = useWords().settings
  return (
    <CheckboxGroup
      value={[...events]}
      onChange={(chosen) => onChange(WEBHOOK_EVENTS.filter((event) => chosen.includes(event)))}
      isInvalid={error !== null}
      validationBehavior="aria"
      className="flex flex-col gap-1.5"
    >
      <Label className="text-sm font-medium">{webhooks.toldOf}</Label>
      <div className="flex flex-wrap gap-2">
        {WEBHOOK_EVENTS.map((event) => (
          <Checkbox
            key={event}
            value={event}
            className="group inline-flex h-9 cursor-pointer items-center gap-2 rounded-lg border border-line-strong bg-surface pr-3.5 pl-2.5 text-base data-[hovered]:bg-hover data-[selected]:border-accent data-[selected]:bg-accent-soft data-[selected]:text-accent data-[focus-visible]:outline-2 data-[focus-visible]:outline-accent"
          >
            <span className="grid size-4 place-items-center rounded border border-line-strong group-data-[selected]:border-accent group-data-[selected]:bg-accent group-data-[selected]:text-on-accent">
              <Check aria-hidden size={12} strokeWidth={3} className="invisible group-data-[selected]:visible" />
            </span>
            {webhooks.events[event]}
          </Checkbox>
        ))}
      </div>
      <FieldError className="text-sm text-bad">{error}</FieldError>
    </CheckboxGroup>
  )
}
