import type { WebhookDelivery, WebhookDeliveryId, WebhookId, WorkspaceId } from '@bellhop/model'
import { and, desc, eq, lt, or, sql } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { queueChore } from './job-queue.ts'
import { webhookDeliveries, webhooks } from './schema/index.ts'
import type { WebhookRow } from './webhooks.ts'

export type WebhookDeliveryRow = typeof webhookDeliveries.$inferSelect

/** The newest deliveries of each webhook that are kept, and for how long. */
const KEPT_PER_WEBHOOK = 1_000
const KEPT_FOR = sql`interval '30 days'`
const PRUNED_AT_ONCE = 10_000

/** Those of jobs are inserted by the trigger `jobs_tell_webhooks`; this one is for a test. */
export async function insertTestDelivery(tx: Executor, webhookId: WebhookId): Promise<WebhookDelivery> {
  const [row] = await tx.insert(webhookDeliveries).values({ webhookId, event: 'test' }).returning()
  await queueDelivery(tx, row!, 0)
  return toDelivery(row!)
}

/** One message at a time goes to a webhook, as those of the trigger do. */
export async function queueDelivery(
  tx: Executor,
  { id, webhookId }: Pick<WebhookDeliveryRow, 'id' | 'webhookId'>,
  delayMs: number,
): Promise<void> {
  await queueChore(tx, 'webhooks:deliver', { deliveryId: id }, { delayMs, inTurnOf: `webhook:${webhookId}` })
}

export async function findDelivery(
  tx: Executor,
  id: WebhookDeliveryId,
): Promise<{ delivery: WebhookDeliveryRow; webhook: WebhookRow } | undefined> {
  const [found] = await tx
    .select({ delivery: webhookDeliveries, webhook: webhooks })
    .from(webhookDeliveries)
    .innerJoin(webhooks, eq(webhooks.id, webhookDeliveries.webhookId))
    .where(eq(webhookDeliveries.id, id))
  return found
}

/** The newest first, after the one that `before` tells. */
export async function listDeliveries(
  tx: Executor,
  webhookId: WebhookId,
  { before, limit }: { before: { createdAt: string; id: string } | undefined; limit: number },
): Promise<WebhookDelivery[]> {
  const { createdAt, id } = webhookDeliveries
  const rows = await tx
    .select()
    .from(webhookDeliveries)
    .where(
      and(
        eq(webhookDeliveries.webhookId, webhookId),
        before &&
          or(
            lt(sql`date_trunc('milliseconds', ${createdAt})`, before.createdAt),
            and(eq(sql`date_trunc('milliseconds', ${createdAt})`, before.createdAt), lt(sql`${id}`, before.id)),
          ),
      ),
    )
    .orderBy(desc(sql`date_trunc('milliseconds', ${createdAt})`), desc(id))
    .limit(limit)
  return rows.map(toDelivery)
}

export interface Try {
  readonly body: string
  readonly responseStatus: number | null
  readonly error: string | null
}

/** Writes how a try ended, and queues the next one. False: somebody else has brought it to its end. */
export async function recordTry(
  tx: Executor,
  delivery: WebhookDeliveryRow,
  { body, responseStatus, error }: Try,
  next: 'DELIVERED' | 'FAILED' | { readonly delayMs: number },
): Promise<boolean> {
  const isOver = typeof next === 'string'
  const rows = await tx
    .update(webhookDeliveries)
    .set({
      body,
      responseStatus,
      error,
      tries: delivery.tries + 1,
      ...(isOver
        ? { status: next, endedAt: sql`now()`, nextTryAt: null }
        : { nextTryAt: sql`now() + ${next.delayMs} * interval '1 millisecond'` }),
    })
    .where(
      and(
        eq(webhookDeliveries.id, delivery.id),
        eq(webhookDeliveries.status, 'PENDING'),
        eq(webhookDeliveries.tries, delivery.tries),
      ),
    )
    .returning({ id: webhookDeliveries.id })
  if (rows.length > 0 && !isOver) await queueDelivery(tx, delivery, next.delayMs)
  return rows.length > 0
}

/** Ends a delivery without a try. */
export async function endDelivery(
  tx: Executor,
  id: WebhookDeliveryId,
  status: 'FAILED' | 'SUPERSEDED',
  error: string,
): Promise<void> {
  await tx
    .update(webhookDeliveries)
    .set({ status, error, endedAt: sql`now()`, nextTryAt: null })
    .where(and(eq(webhookDeliveries.id, id), eq(webhookDeliveries.status, 'PENDING')))
}

/** The same message, with the same id and body, from its first try on. Undefined: there is none, or it is on its way. */
export async function replayDelivery(
  tx: Executor,
  workspaceId: WorkspaceId,
  id: WebhookDeliveryId,
): Promise<WebhookDelivery | undefined> {
  const [row] = await tx
    .update(webhookDeliveries)
    .set({ status: 'PENDING', tries: 0, endedAt: null, nextTryAt: null, error: null, responseStatus: null })
    .where(
      and(
        eq(webhookDeliveries.id, id),
        sql`${webhookDeliveries.status} <> 'PENDING'`,
        sql`${webhookDeliveries.webhookId} in (select id from webhooks where workspace_id = ${workspaceId})`,
      ),
    )
    .returning()
  if (!row) return undefined
  await queueDelivery(tx, row, 0)
  return toDelivery(row)
}

export async function findOwnDelivery(
  tx: Executor,
  workspaceId: WorkspaceId,
  id: WebhookDeliveryId,
): Promise<WebhookDelivery | undefined> {
  const found = await findDelivery(tx, id)
  return found?.webhook.workspaceId === workspaceId ? toDelivery(found.delivery) : undefined
}

/** Removes what has ended long ago or stands behind many others. */
export async function pruneDeliveries(tx: Executor): Promise<void> {
  await tx.execute(sql`
    delete from webhook_deliveries
    where id in (
      select id
      from (
        select id, ended_at, row_number() over (partition by webhook_id order by created_at desc, id desc) as place
        from webhook_deliveries
      ) as ranked
      where ended_at is not null and (place > ${KEPT_PER_WEBHOOK} or ended_at < now() - ${KEPT_FOR})
      limit ${PRUNED_AT_ONCE}
    )`)
}

function toDelivery(row: WebhookDeliveryRow): WebhookDelivery {
  return {
    id: row.id,
    webhookId: row.webhookId,
    jobId: row.jobId,
    event: row.event,
    version: row.version,
    status: row.status,
    tries: row.tries,
    responseStatus: row.responseStatus,
    error: row.error,
    nextTryAt: row.nextTryAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  }
}
