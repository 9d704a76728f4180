import type { WebhookEvent } from '@bellhop/model'
import { LIMITS, WEBHOOK_EVENTS } from '@bellhop/model'
import { type FormEvent, useState } from 'react'
import { FieldError, Input, Label, TextField } from 'react-aria-components'
import { trpc } from '../../trpc.ts'
import { Button } from '../../ui/Button.tsx'
import { announce } from '../../ui/live-region.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { errorSentence } from '../../words/error-sentence.ts'
import { useWords } from '../../words/use-words.ts'
import { EventChoice } from './EventChoice.tsx'
import type { ToldSecret } from './WebhooksPage.tsx'

interface NewWebhookFormProps {
  readonly onMade: (secret: ToldSecret) => void
  readonly onClose: () => void
}

/** An address, and what it is told of. What is wrong is said when it is to be made. */
export function NewWebhookForm({ onMade, onClose }: NewWebhookFormProps) {
  const words = useWords()
  const { webhooks } = words.settings
  const utils = trpc.useUtils()
  const [url, setUrl] = useState('')
  const [events, setEvents] = useState<readonly WebhookEvent[]>(WEBHOOK_EVENTS)
  const [asked, setAsked] = useState(false)
  const create = trpc.webhooks.create.useMutation({
    onSuccess: ({ webhook, signingSecret }) => {
      utils.webhooks.list.setData(undefined, (known = []) => [...known, webhook])
      announce(webhooks.announceAdded)
      onMade({ id: webhook.id, text: signingSecret })
    },
  })
  const wrongUrl = asked && !isAddress(url) ? webhooks.notAnAddress : null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (isAddress(url) && events.length > 0) create.mutate({ url: url.trim(), events: [...events] })
  }
  return (
    <Panel title={webhooks.add}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-5">
        <TextField
          value={url}
          onChange={(text) => {
            create.reset()
            setUrl(text)
          }}
          isInvalid={wrongUrl !== null}
          validationBehavior="aria"
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the button that asked for the form has gone
          autoFocus
          className="flex min-w-0 flex-col gap-1.5"
        >
          <Label className="text-sm font-medium">{webhooks.address}</Label>
          <Input
            type="url"
            inputMode="url"
            autoComplete="off"
            spellCheck={false}
            maxLength={LIMITS.webhookUrlChars}
            placeholder="https://example.com/hooks/bellhop"
            className="h-9 w-full max-w-2xl rounded-lg border border-line-strong bg-surface px-3 font-mono text-sm placeholder:text-faint data-[invalid]:border-bad"
          />
          <FieldError className="text-sm text-bad">{wrongUrl}</FieldError>
        </TextField>
        <EventChoice
          events={events}
          onChange={setEvents}
          error={asked && events.length === 0 ? webhooks.noEvent : null}
        />
        {create.error !== null && (
          <p role="alert" className="rounded-lg bg-bad-soft px-3.5 py-2.5 text-bad">
            {errorSentence(words, create.error)}
          </p>
        )}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" look="primary" isDisabled={create.isPending}>
            {create.isPending ? webhooks.adding : webhooks.add}
          </Button>
          <Button onPress={onClose} isDisabled={create.isPending}>
            {words.common.cancel}
          </Button>
        </div>
      </form>
    </Panel>
  )
}

function isAddress(text: string): boolean {
  const parsed = URL.parse(text.trim())
  return parsed !== null && /^https?:$/.test(parsed.protocol)
}
