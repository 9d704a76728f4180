import type { WebhookDelivery } from '@bellhop/model'
import { Link } from '@tanstack/react-router'
import { RotateCw } from 'lucide-react'
import { trpc } from '../../trpc.ts'
import { Chip } from '../../ui/Chip.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { useNow } from '../../ui/now.ts'
import { Time } from '../../ui/Time.tsx'
import { useWords } from '../../words/use-words.ts'
import { DELIVERY_LOOKS, deliveryState } from './webhook-state.ts'

interface DeliveryRowProps {
  readonly delivery: WebhookDelivery
  readonly onFailure: (error: unknown) => void
}

/** One message, what became of it, and the way to its job. */
export function DeliveryRow({ delivery, onFailure }: DeliveryRowProps) {
  const { webhooks } = useWords().settings
  const utils = trpc.useUtils()
  const now = useNow()
  const replay = trpc.webhooks.replay.useMutation({
    onMutate: () => onFailure(null),
    onError: onFailure,
    onSettled: () => utils.webhooks.deliveries.invalidate({ id: delivery.webhookId }),
  })
  const { id, jobId, event, tries, responseStatus, error, nextTryAt, createdAt, endedAt } = delivery
  const state = deliveryState(delivery)
  const { icon, tone } = DELIVERY_LOOKS[state]
  const nextInMs = nextTryAt === null ? null : Date.parse(nextTryAt) - now
  const facts = [
    responseStatus === null || error !== null ? null : webhooks.answered(responseStatus),
    tries > 1 ? webhooks.tries(tries) : null,
    nextInMs !== null && nextInMs > 0 ? webhooks.nextTry(nextInMs) : null,
  ].filter((fact) => fact !== null)
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto_2rem] items-center gap-x-3 gap-y-1 py-2 pr-2 pl-4 sm:grid-cols-[8.5rem_minmax(0,1fr)_7rem_2rem]">
      <span>
        <Chip tone={tone} icon={icon}>
          {webhooks.deliveryStates[state]}
        </Chip>
      </span>
      <span className="flex min-w-0 flex-col max-sm:col-span-3 max-sm:row-start-2">
        <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
          {jobId === null ? (
            <span className="font-medium">{webhooks.message[event]}</span>
          ) : (
            <Link to="/jobs/$jobId" params={{ jobId }} className="font-medium hover:underline">
              {webhooks.message[event]}
            </Link>
          )}
          <span className="figures text-sm text-faint">{facts.join(' · ')}</span>
        </span>
        {error !== null && state !== 'DELIVERED' && (
          <span className="text-sm text-muted wrap-anywhere text-pretty">{error}</span>
        )}
      </span>
      <span className="figures text-right text-sm text-faint">
        <Time at={endedAt ?? createdAt} />
      </span>
      <span className="max-sm:col-start-3 max-sm:row-start-1">
        {delivery.status !== 'PENDING' && (
          <IconButton
            small
            icon={RotateCw}
            label={webhooks.replay}
            isDisabled={replay.isPending}
            onPress={() => replay.mutate({ deliveryId: id })}
          />
        )}
      </span>
    </li>
  )
}
