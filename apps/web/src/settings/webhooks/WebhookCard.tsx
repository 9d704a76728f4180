import type { WebhookRecord } from '@bellhop/model'
import { useId, useState } from 'react'
import { Chip } from '../../ui/Chip.tsx'
import { useNow } from '../../ui/now.ts'
import { errorSentence } from '../../words/error-sentence.ts'
import { useWords } from '../../words/use-words.ts'
import { DeliveryList } from './DeliveryList.tsx'
import { SecretOnce } from './SecretOnce.tsx'
import { WebhookActions } from './WebhookActions.tsx'
import { WEBHOOK_LOOKS, webhookState } from './webhook-state.ts'
import type { ToldSecret } from './WebhooksPage.tsx'

interface WebhookCardProps {
  readonly webhook: WebhookRecord
  /** Where it was made just now. */
  readonly secret: string | null
  readonly onSecret: (secret: ToldSecret | null) => void
}

/** An address that is told, how it does, and what it was told last. */
export function WebhookCard({ webhook, secret, onSecret }: WebhookCardProps) {
  const words = useWords()
  const { webhooks } = words.settings
  const id = useId()
  const now = useNow()
  const [failure, setFailure] = useState<unknown>(null)
  const state = webhookState(webhook)
  const { icon, tone } = WEBHOOK_LOOKS[state]
  return (
    <section
      aria-labelledby={id}
      className="min-w-0 overflow-hidden rounded-xl border border-line bg-surface shadow-card"
    >
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3 p-4">
        <div className="flex min-w-0 flex-1 basis-72 flex-col gap-2">
          <h2 id={id} className="font-mono text-base font-semibold wrap-anywhere">
            {webhook.url}
          </h2>
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1.5 text-sm text-muted">
            <Chip tone={tone} icon={icon}>
              {webhooks.states[state]}
            </Chip>
            <span>{webhooks.toldWhen(webhook.events.map((event) => webhooks.events[event]))}</span>
          </p>
          {state === 'failing' && webhook.failingSince !== null && (
            <p className="text-sm text-warn text-pretty">
              {webhooks.failingSince(words.format.dateTime(webhook.failingSince))}
            </p>
          )}
          {state === 'disabled' && webhook.disabledReason !== null && (
            <p className="text-sm text-muted text-pretty">{webhooks.stopped(webhook.disabledReason)}</p>
          )}
          {webhook.oldSecretUntil !== null && Date.parse(webhook.oldSecretUntil) > now && (
            <p className="text-sm text-faint">{webhooks.bothSecrets(words.format.dateTime(webhook.oldSecretUntil))}</p>
          )}
        </div>
        <WebhookActions webhook={webhook} onSecret={onSecret} onFailure={setFailure} />
      </header>
      {failure !== null && (
        <p role="alert" className="mx-4 mb-4 rounded-lg bg-bad-soft px-3.5 py-2.5 text-bad">
          {errorSentence(words, failure)}
        </p>
      )}
      {secret !== null && <SecretOnce secret={secret} onKept={() => onSecret(null)} />}
      <DeliveryList webhook={webhook} onFailure={setFailure} />
    </section>
  )
}
