import { WEBHOOK_DELIVERY_STATUSES } from '@bellhop/model'
import type { JobId, UserId, WebhookDeliveryId, WebhookEvent, WebhookId, WorkspaceId } from '@bellhop/model'
import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { oneOf } from './columns.ts'
import { jobs } from './jobs.ts'
import { workspaces } from './workspaces.ts'

/** Addresses that are told when jobs end. */
export const webhooks = pgTable(
  'webhooks',
  {
    id: text().$type<WebhookId>().primaryKey(),
    workspaceId: text('workspace_id')
      .$type<WorkspaceId>()
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    url: text().notNull(),
    events: text().array().$type<WebhookEvent[]>().notNull(),
    /** `whsec_…`, as signing needs it. */
    secret: text().notNull(),
    /** Signs as well until then, so that a receiver can change over. */
    oldSecret: text('old_secret'),
    oldSecretUntil: timestamp('old_secret_until', { withTimezone: true }),
    failingSince: timestamp('failing_since', { withTimezone: true }),
    /** While it fails, messages wait for one that gets through. */
    restUntil: timestamp('rest_until', { withTimezone: true }),
    disabledAt: timestamp('disabled_at', { withTimezone: true }),
    disabledReason: text('disabled_reason'),
    createdBy: text('created_by').$type<UserId>().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [index('webhooks_workspace_id_idx').on(t.workspaceId)],
)

/** Messages to webhooks. A trigger on `jobs` inserts them, in the transaction that ends a job, and queues their sending. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    id: text()
      .$type<WebhookDeliveryId>()
      .primaryKey()
      .default(sql`'msg_' || replace(gen_random_uuid()::text, '-', '')`),
    webhookId: text('webhook_id')
      .$type<WebhookId>()
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    /** Null: a test. */
    jobId: text('job_id')
      .$type<JobId>()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    event: text().$type<WebhookEvent | 'test'>().notNull(),
    /** As watchers see it. */
    version: integer(),
    status: text({ enum: WEBHOOK_DELIVERY_STATUSES }).notNull().default('PENDING'),
    tries: integer().notNull().default(0),
    /** The body, byte for byte, from the first try on. */
    body: text(),
    responseStatus: integer('response_status'),
    error: text(),
    nextTryAt: timestamp('next_try_at', { withTimezone: true }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    endedAt: timestamp('ended_at', { withTimezone: true }),
  },
  (t) => [
    index('webhook_deliveries_webhook_id_idx').on(t.webhookId, t.createdAt.desc(), t.id.desc()),
    index('webhook_deliveries_job_id_idx').on(t.jobId),
    check('webhook_deliveries_status_check', oneOf(t.status, WEBHOOK_DELIVERY_STATUSES)),
    check('webhook_deliveries_ended_check', sql`(${t.status} = 'PENDING') = (${t.endedAt} is null)`),
  ],
)
