import type { WebhookId } from '@bellhop/model'
import { LIMITS } from '@bellhop/model'
import { Plus, Webhook } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useMay } from '../../account/use-may.ts'
import { trpc } from '../../trpc.ts'
import { Button } from '../../ui/Button.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ErrorState } from '../../ui/ErrorState.tsx'
import { errorSentence } from '../../words/error-sentence.ts'
import { useWords } from '../../words/use-words.ts'
import { OwnersOnly } from '../OwnersOnly.tsx'
import { SettingsHead } from '../SettingsHead.tsx'
import { SettingsSkeleton } from '../SettingsSkeleton.tsx'
import { NewWebhookForm } from './NewWebhookForm.tsx'
import { WebhookCard } from './WebhookCard.tsx'

/** Nothing announces how deliveries go. */
const ASK_EVERY_MS = 5_000

/** A secret that was just made: this page is the only one that shows it, and only until it is left. */
export interface ToldSecret {
  readonly id: WebhookId
  readonly text: string
}

/** Who is told when jobs end, and how that goes. For owners. */
export function WebhooksPage(): ReactNode {
  const words = useWords()
  const { webhooks } = words.settings
  const mayLook = useMay('administer')
  const { data, error, refetch } = trpc.webhooks.list.useQuery(undefined, {
    enabled: mayLook === true,
    staleTime: 0,
    refetchInterval: ASK_EVERY_MS,
  })
  const [adding, setAdding] = useState(false)
  const [secret, setSecret] = useState<ToldSecret | null>(null)
  if (mayLook === false) {
    return (
      <>
        <SettingsHead section="webhooks" />
        <OwnersOnly help={webhooks.membersHelp} />
      </>
    )
  }
  const full = data !== undefined && data.length >= LIMITS.webhooksPerWorkspace
  const addButton = (
    <Button look="primary" onPress={() => setAdding(true)} isDisabled={full}>
      <Plus aria-hidden size={16} />
      {webhooks.add}
    </Button>
  )
  return (
    <div className="flex flex-col gap-5">
      <SettingsHead section="webhooks">{data !== undefined && data.length > 0 && !adding && addButton}</SettingsHead>
      <p className="max-w-prose text-muted text-pretty">
        {webhooks.help} {full && webhooks.full(LIMITS.webhooksPerWorkspace)}
      </p>
      {data === undefined && error === null && <SettingsSkeleton label={words.common.loading} />}
      {data === undefined && error !== null && (
        <ErrorState
          title={words.common.somethingWrong}
          sentence={errorSentence(words, error)}
          requestText={null}
          retryText={words.common.retry}
          onRetry={() => void refetch()}
        />
      )}
      {adding && (
        <NewWebhookForm
          onClose={() => setAdding(false)}
          onMade={(made) => {
            setSecret(made)
            setAdding(false)
          }}
        />
      )}
      {data?.length === 0 && !adding && (
        <EmptyState icon={Webhook} title={webhooks.emptyTitle} help={webhooks.emptyHelp}>
          {addButton}
        </EmptyState>
      )}
      {data?.map((webhook) => (
        <WebhookCard
          key={webhook.id}
          webhook={webhook}
          secret={secret?.id === webhook.id ? secret.text : null}
          onSecret={setSecret}
        />
      ))}
    </div>
  )
}
