import { newId } from '@bellhop/model'
import type { UserId, WebhookEvent, WebhookId, WebhookRecord, WorkspaceId } from '@bellhop/model'
import { and, asc, count, eq, isNull, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { webhooks, workspaces } from './schema/index.ts'

export type WebhookRow = typeof webhooks.$inferSelect

export async function insertWebhook(
  tx: Executor,
  webhook: { workspaceId: WorkspaceId; url: string; events: WebhookEvent[]; secret: string; createdBy: UserId },
): Promise<WebhookRecord> {
  const [row] = await tx
    .insert(webhooks)
    .values({ ...webhook, id: newId('webhook') })
    .returning()
  return toRecord(row!)
}

/** Until the transaction ends nobody else adds one. */
export async function lockWebhooksOf(tx: Executor, workspaceId: WorkspaceId): Promise<number> {
  await tx.select({ id: workspaces.id }).from(workspaces).where(eq(workspaces.id, workspaceId)).for('no key update')
  const [row] = await tx.select({ count: count() }).from(webhooks).where(eq(webhooks.workspaceId, workspaceId))
  return row?.count ?? 0
}

export async function findWebhook(
  tx: Executor,
  workspaceId: WorkspaceId,
  id: WebhookId,
): Promise<WebhookRow | undefined> {
  const [row] = await tx.select().from(webhooks).where(ours(workspaceId, id))
  return row
}

export async function listWebhooks(tx: Executor, workspaceId: WorkspaceId): Promise<WebhookRecord[]> {
  const rows = await tx.select().from(webhooks).where(eq(webhooks.workspaceId, workspaceId)).orderBy(asc(webhooks.id))
  return rows.map(toRecord)
}

/** Enabled again, it begins anew: what it failed at before is forgotten. */
export async function updateWebhook(
  tx: Executor,
  workspaceId: WorkspaceId,
  id: WebhookId,
  change: { url?: string | undefined; events?: WebhookEvent[] | undefined; enabled?: boolean | undefined },
): Promise<WebhookRecord | undefined> {
  const { url, events, enabled } = change
  const [row] = await tx
    .update(webhooks)
    .set({
      // Drizzle leaves out what is undefined; the id, set to itself, keeps a change of nothing a statement.
      id,
      url,
      events,
      ...(enabled === true && { disabledAt: null, disabledReason: null, failingSince: null, restUntil: null }),
      ...(enabled === false && { disabledAt: sql`now()`, disabledReason: null }),
    })
    .where(ours(workspaceId, id))
    .returning()
  return row && toRecord(row)
}

/** The old secret signs as well for `overlapMs`. */
export async function setWebhookSecret(
  tx: Executor,
  workspaceId: WorkspaceId,
  id: WebhookId,
  { secret, overlapMs }: { secret: string; overlapMs: number },
): Promise<WebhookRecord | undefined> {
  const [row] = await tx
    .update(webhooks)
    .set({
      secret,
      oldSecret: sql`${webhooks.secret}`,
      oldSecretUntil: sql`now() + ${overlapMs} * interval '1 millisecond'`,
    })
    .where(ours(workspaceId, id))
    .returning()
  return row && toRecord(row)
}

export async function deleteWebhook(tx: Executor, workspaceId: WorkspaceId, id: WebhookId): Promise<boolean> {
  const rows = await tx.delete(webhooks).where(ours(workspaceId, id)).returning({ id: webhooks.id })
  return rows.length > 0
}

/** A message got through. Written only where there was something to forgive. */
export async function markWebhookWorks(tx: Executor, webhook: WebhookRow): Promise<void> {
  if (webhook.failingSince === null) return
  await tx.update(webhooks).set({ failingSince: null, restUntil: null }).where(eq(webhooks.id, webhook.id))
}

/** A message failed: the others rest for `restMs`. */
export async function markWebhookFails(tx: Executor, id: WebhookId, restMs: number): Promise<void> {
  await tx
    .update(webhooks)
    .set({
      failingSince: sql`coalesce(${webhooks.failingSince}, now())`,
      restUntil: sql`now() + ${restMs} * interval '1 millisecond'`,
    })
    .where(eq(webhooks.id, id))
}

/** Nothing has got through for `failingMs`: no more is sent until somebody enables it. True when this disabled it. */
export async function disableFailingWebhook(
  tx: Executor,
  id: WebhookId,
  { failingMs, reason }: { failingMs: number; reason: string },
): Promise<boolean> {
  const rows = await tx
    .update(webhooks)
    .set({ disabledAt: sql`now()`, disabledReason: reason })
    .where(
      and(
        eq(webhooks.id, id),
        isNull(webhooks.disabledAt),
        sql`${webhooks.failingSince} <= now() - ${failingMs} * interval '1 millisecond'`,
      ),
    )
    .returning({ id: webhooks.id })
  return rows.length > 0
}

function ours(workspaceId: WorkspaceId, id: WebhookId): SQL | undefined {
  return and(eq(webhooks.id, id), eq(webhooks.workspaceId, workspaceId))
}

function toRecord(row: WebhookRow): WebhookRecord {
  return {
    id: row.id,
    url: row.url,
    events: row.events,
    disabledAt: row.disabledAt?.toISOString() ?? null,
    disabledReason: row.disabledReason,
    failingSince: row.failingSince?.toISOString() ?? null,
    oldSecretUntil: row.oldSecretUntil?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  }
}
