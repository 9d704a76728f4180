import type { WebhookDelivery, WebhookDeliveryStatus, WebhookRecord } from '@bellhop/model'
import { CircleAlert, CircleCheck, CirclePause, CircleSlash, Clock3, type LucideIcon, RotateCcw } from 'lucide-react'
import type { ChipTone } from '../../ui/Chip.tsx'

/** works: as far as is known. failing: nothing has got through lately. disabled: nothing is sent. */
export type WebhookState = 'works' | 'failing' | 'disabled'

interface Look {
  readonly icon: LucideIcon
  readonly tone: ChipTone
}

export const WEBHOOK_LOOKS: Readonly<Record<WebhookState, Look>> = {
  works: { icon: CircleCheck, tone: 'good' },
  failing: { icon: CircleAlert, tone: 'warn' },
  disabled: { icon: CirclePause, tone: 'neutral' },
}

export function webhookState({ disabledAt, failingSince }: WebhookRecord): WebhookState {
  if (disabledAt !== null) return 'disabled'
  return failingSince === null ? 'works' : 'failing'
}

/** RETRYING: it is on its way, and a try has failed. */
export type DeliveryState = WebhookDeliveryStatus | 'RETRYING'

export const DELIVERY_LOOKS: Readonly<Record<DeliveryState, Look>> = {
  PENDING: { icon: Clock3, tone: 'neutral' },
  RETRYING: { icon: RotateCcw, tone: 'warn' },
  DELIVERED: { icon: CircleCheck, tone: 'good' },
  FAILED: { icon: CircleAlert, tone: 'bad' },
  SUPERSEDED: { icon: CircleSlash, tone: 'neutral' },
}

export function deliveryState({ status, tries }: WebhookDelivery): DeliveryState {
  return status === 'PENDING' && tries > 0 ? 'RETRYING' : status
}
