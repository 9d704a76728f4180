import type { JobId, WebhookId } from './ids.ts'
import type { JobSnapshot } from './job-snapshot.ts'

/** What a webhook can be told of; `test` is sent by hand only. */
export const WEBHOOK_EVENTS = ['job.completed', 'job.failed', 'job.cancelled'] as const
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number]

/** SUPERSEDED: the job was started again before it could be told; its next end is told instead. */
export const WEBHOOK_DELIVERY_STATUSES = ['PENDING', 'DELIVERED', 'FAILED', 'SUPERSEDED'] as const
export type WebhookDeliveryStatus = (typeof WEBHOOK_DELIVERY_STATUSES)[number]

/** The `webhook-id` of a message: the same for every try, so that a receiver can tell one that it has had. */
export type WebhookDeliveryId = `msg_${string}`

export function isWebhookDeliveryId(value: unknown): value is WebhookDeliveryId {
  return typeof value === 'string' && /^msg_[0-9a-f]{32}$/.test(value)
}

/** An address of a workspace that is told when its jobs end. */
export interface WebhookRecord {
  readonly id: WebhookId
  readonly url: string
  readonly events: readonly WebhookEvent[]
  /** Null while it is used. */
  readonly disabledAt: string | null
  /** Why it was disabled, where nobody did it by hand. */
  readonly disabledReason: string | null
  /** Since when no try has succeeded; null while the last one did. */
  readonly failingSince: string | null
  /** Until then messages carry a signature by the secret before the rotation as well. */
  readonly oldSecretUntil: string | null
  readonly createdAt: string
}

export interface WebhookDelivery {
  readonly id: WebhookDeliveryId
  readonly webhookId: WebhookId
  /** Null: a test. */
  readonly jobId: JobId | null
  readonly event: WebhookEvent | 'test'
  readonly version: number | null
  readonly status: WebhookDeliveryStatus
  readonly tries: number
  /** Of the last try: the HTTP status, where there was an answer, and what went wrong. */
  readonly responseStatus: number | null
  readonly error: string | null
  readonly nextTryAt: string | null
  readonly createdAt: string
  readonly endedAt: string | null
}

/** The body of a message, as Standard Webhooks has it. `data` is the envelope of every other transport. */
export interface WebhookMessage {
  readonly type: WebhookEvent | 'test'
  /** Of the end that it tells of; ISO 8601. */
  readonly timestamp: string
  readonly data: JobSnapshot | null
}

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** Before tries 2, 3, …: about 26 h in all, before jitter of ±20 %. */
const DELAYS_MS = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  4 * HOUR_MS,
  8 * HOUR_MS,
  10 * HOUR_MS,
]
export const MAX_WEBHOOK_TRIES = DELAYS_MS.length + 1

/** How long to wait after so many tries have failed; null: no more tries. `random` is from [0, 1). */
export function webhookDelayMs(failedTries: number, random: number): number | null {
  const delayMs = DELAYS_MS[failedTries - 1]
  return delayMs === undefined ? null : Math.round(delayMs * (0.8 + 0.4 * random))
}
