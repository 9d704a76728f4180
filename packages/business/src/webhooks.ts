import { AppError, LIMITS } from '@bellhop/model'
import type { Page, WebhookDelivery, WebhookDeliveryId, WebhookEvent, WebhookId, WebhookRecord } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import { z } from 'zod'
import { requireRight } from './caller.ts'
import type { Context } from './caller.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { newWebhookSecret } from './webhook-signature.ts'

/** After a rotation both secrets sign for so long. */
const OVERLAP_MS = 24 * 60 * 60_000

/** The secret is in the answer and is not told again. */
export async function createWebhook(
  { platform, caller }: Context,
  { url, events }: { url: string; events: readonly WebhookEvent[] },
): Promise<{ webhook: WebhookRecord; signingSecret: string }> {
  requireRight(caller, 'administer')
  requireTarget(url, platform.settings.webhooksToPrivate)
  const { workspaceId, userId } = caller
  const secret = newWebhookSecret()
  const webhook = await platform.database.db.transaction(async (tx) => {
    if ((await persistence.lockWebhooksOf(tx, workspaceId)) >= LIMITS.webhooksPerWorkspace) {
      throw new AppError('WEBHOOK_LIMIT')
    }
    return persistence.insertWebhook(tx, { workspaceId, url, events: [...events], secret, createdBy: userId })
  })
  return { webhook, signingSecret: secret }
}

export function listWebhooks({ platform, caller }: Context): Promise<WebhookRecord[]> {
  requireRight(caller, 'administer')
  return persistence.listWebhooks(platform.database.db, caller.workspaceId)
}

export async function updateWebhook(
  { platform, caller }: Context,
  { id, url, events, enabled }: UpdateWebhook,
): Promise<WebhookRecord> {
  requireRight(caller, 'administer')
  if (url !== undefined) requireTarget(url, platform.settings.webhooksToPrivate)
  const change = { url, events: events && [...events], enabled }
  return known(await persistence.updateWebhook(platform.database.db, caller.workspaceId, id, change))
}

export interface UpdateWebhook {
  readonly id: WebhookId
  readonly url?: string | undefined
  readonly events?: readonly WebhookEvent[] | undefined
  readonly enabled?: boolean | undefined
}

/** Its deliveries go with it. */
export async function deleteWebhook(
  { platform, caller }: Context,
  { id }: { id: WebhookId },
): Promise<{ id: WebhookId }> {
  requireRight(caller, 'administer')
  if (!(await persistence.deleteWebhook(platform.database.db, caller.workspaceId, id))) {
    throw new AppError('WEBHOOK_NOT_FOUND')
  }
  return { id }
}

/** For a day messages carry a signature by the secret before as well. */
export async function rotateWebhookSecret(
  { platform, caller }: Context,
  { id }: { id: WebhookId },
): Promise<{ webhook: WebhookRecord; signingSecret: string }> {
  requireRight(caller, 'administer')
  const secret = newWebhookSecret()
  const change = { secret, overlapMs: OVERLAP_MS }
  const webhook = await persistence.setWebhookSecret(platform.database.db, caller.workspaceId, id, change)
  return { webhook: known(webhook), signingSecret: secret }
}

/** Queues a message of the type `test`. */
export async function testWebhook({ platform, caller }: Context, { id }: { id: WebhookId }): Promise<WebhookDelivery> {
  requireRight(caller, 'administer')
  return platform.database.db.transaction(async (tx) => {
    known(await persistence.findWebhook(tx, caller.workspaceId, id))
    return persistence.insertTestDelivery(tx, id)
  })
}

const position = z.object({ createdAt: z.string(), id: z.string() })

/** The newest first. Those of the last 30 days are kept, and at most 1,000. */
export async function listWebhookDeliveries(
  { platform, caller }: Context,
  { id, cursor, limit }: { id: WebhookId; cursor?: string | undefined; limit: number },
): Promise<Page<WebhookDelivery>> {
  requireRight(caller, 'administer')
  const { db } = platform.database
  known(await persistence.findWebhook(db, caller.workspaceId, id))
  const before = decodeCursor(position, cursor)
  const found = await persistence.listDeliveries(db, id, { before, limit: limit + 1 })
  const items = found.slice(0, limit)
  const last = items.at(-1)
  const more = found.length > limit && last
  return { items, nextCursor: more ? encodeCursor({ createdAt: last.createdAt, id: last.id }) : null }
}

/** Sends a message again that has ended, with the same id and the same words. One that is on its way stays so. */
export async function replayWebhookDelivery(
  { platform, caller }: Context,
  { deliveryId }: { deliveryId: WebhookDeliveryId },
): Promise<WebhookDelivery> {
  requireRight(caller, 'administer')
  const { workspaceId } = caller
  return platform.database.db.transaction(async (tx) => {
    const delivery =
      (await persistence.replayDelivery(tx, workspaceId, deliveryId)) ??
      (await persistence.findOwnDelivery(tx, workspaceId, deliveryId))
    if (!delivery) throw new AppError('DELIVERY_NOT_FOUND')
    return delivery
  })
}

function known<T>(webhook: T | undefined): T {
  if (!webhook) throw new AppError('WEBHOOK_NOT_FOUND')
  return webhook
}

function requireTarget(url: string, toPrivate: boolean): void {
  try {
    persistence.parseTarget(url, toPrivate)
  } catch (cause) {
    throw new AppError('WEBHOOK_ADDRESS_REFUSED', cause instanceof Error ? cause.message : undefined, { cause })
  }
}
