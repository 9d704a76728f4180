import { webhookDelayMs } from '@bellhop/model'
import type { WebhookDeliveryId, WebhookMessage } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import type { WebhookDeliveryRow, WebhookRow } from '@bellhop/persistence'
import type { Platform } from './platform.ts'
import { webhookHeaders } from './webhook-signature.ts'

/** For name, connection, sending and answer together. */
const ANSWER_WITHIN_MS = 10_000
/** While a webhook fails, one message tries and the others wait for so long at most. */
const REST_MAX_MS = 5 * 60_000
/** A webhook at which a message has spent its tries, and nothing has got through for so long, is disabled. */
const DISABLE_AFTER_MS = 24 * 60 * 60_000
const GONE = 410

/** Sends one message once, and writes down how that went. A crash in between sends it again, with the same id. */
export async function deliverWebhook(
  platform: Platform,
  deliveryId: WebhookDeliveryId,
  signal: AbortSignal,
): Promise<void> {
  const { db } = platform.database
  const found = await persistence.findDelivery(db, deliveryId)
  if (found?.delivery.status !== 'PENDING') return
  const { delivery, webhook } = found
  if (webhook.disabledAt) {
    return persistence.endDelivery(db, delivery.id, 'FAILED', 'The webhook was disabled before it could be told.')
  }
  const restMs = (webhook.restUntil?.getTime() ?? 0) - Date.now()
  if (restMs > 0) return persistence.queueDelivery(db, delivery, Math.ceil(restMs * (1 + 0.2 * Math.random())))
  const body = delivery.body ?? (await composeBody(platform, delivery, webhook))
  if (body === null) {
    return persistence.endDelivery(db, delivery.id, 'SUPERSEDED', 'The job was started again before it could be told.')
  }
  const answer = await send(platform, { delivery, webhook, body }, signal)
  await db.transaction((tx) => conclude(tx, platform, { delivery, webhook, body }, answer))
}

interface Message {
  readonly delivery: WebhookDeliveryRow
  readonly webhook: WebhookRow
  readonly body: string
}

interface Answer {
  readonly responseStatus: number | null
  /** Null: it was taken. */
  readonly error: string | null
}

/** Null: the job has moved on since; what it comes to is told by another message. */
async function composeBody(
  { database }: Platform,
  { jobId, event, version, createdAt }: WebhookDeliveryRow,
  { workspaceId }: WebhookRow,
): Promise<string | null> {
  let message: WebhookMessage = { type: event, timestamp: createdAt.toISOString(), data: null }
  if (jobId !== null) {
    const [data] = await persistence.findSnapshots(database.db, workspaceId, [jobId])
    if (data?.version !== version) return null
    message = { type: event, timestamp: data.finishedAt ?? message.timestamp, data }
  }
  return JSON.stringify(message)
}

async function send(platform: Platform, { delivery, webhook, body }: Message, signal: AbortSignal): Promise<Answer> {
  const sentAt = new Date()
  const old = webhook.oldSecretUntil && webhook.oldSecretUntil > sentAt ? webhook.oldSecret : null
  try {
    const responseStatus = await persistence.guardedPost({
      url: webhook.url,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Bellhop',
        ...webhookHeaders({ id: delivery.id, sentAt, body, secrets: [webhook.secret, ...(old === null ? [] : [old])] }),
      },
      body,
      withinMs: ANSWER_WITHIN_MS,
      toPrivate: platform.settings.webhooksToPrivate,
      signal,
    })
    if (responseStatus >= 200 && responseStatus < 300) return { responseStatus, error: null }
    const redirected = responseStatus >= 300 && responseStatus < 400 ? '; redirects are not followed' : ''
    return { responseStatus, error: `The receiver answered ${responseStatus}${redirected}.` }
  } catch (cause) {
    // The worker stops, which says nothing of the receiver: the queue tries again.
    signal.throwIfAborted()
    return { responseStatus: null, error: cause instanceof Error ? cause.message : String(cause) }
  }
}

async function conclude(
  tx: persistence.Transaction,
  platform: Platform,
  { delivery, webhook, body }: Message,
  answer: Answer,
): Promise<void> {
  const tried = { ...answer, body }
  if (answer.error === null) {
    if (await persistence.recordTry(tx, delivery, tried, 'DELIVERED')) await persistence.markWebhookWorks(tx, webhook)
    return
  }
  const delayMs = answer.responseStatus === GONE ? null : webhookDelayMs(delivery.tries + 1, Math.random())
  if (!(await persistence.recordTry(tx, delivery, tried, delayMs === null ? 'FAILED' : { delayMs }))) return
  await persistence.markWebhookFails(tx, webhook.id, Math.min(delayMs ?? REST_MAX_MS, REST_MAX_MS))
  if (delayMs !== null) return
  const reason =
    answer.responseStatus === GONE
      ? 'The receiver answered 410, which asks for no more.'
      : `Nothing got through for a day, and a message spent its tries. The last one: ${answer.error}`
  const failingMs = answer.responseStatus === GONE ? 0 : DISABLE_AFTER_MS
  if (await persistence.disableFailingWebhook(tx, webhook.id, { failingMs, reason })) {
    platform.log.warn(`Disabled the webhook ${webhook.id}. ${reason}`)
  }
}
