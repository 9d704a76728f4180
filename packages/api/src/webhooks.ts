import * as business from '@bellhop/business'
import { LIMITS, WEBHOOK_EVENTS, isId, isWebhookDeliveryId } from '@bellhop/model'
import type { WebhookDeliveryId, WebhookId } from '@bellhop/model'
import { z } from 'zod'
import { cursor } from './input.ts'
import { procedure, router } from './trpc.ts'

const id = z.custom<WebhookId>((value) => isId('webhook', value), 'Expected the id of a webhook, such as `wh_01…`.')
const deliveryId = z.custom<WebhookDeliveryId>(
  isWebhookDeliveryId,
  'Expected the id of a delivery, such as `msg_0a1b…`.',
)
const url = z.string().max(LIMITS.webhookUrlChars)
const events = z
  .array(z.enum(WEBHOOK_EVENTS))
  .min(1, 'List at least one event.')
  .transform((given) => [...new Set(given)])

export const webhooks = router({
  create: procedure
    .input(z.object({ url, events: events.default([...WEBHOOK_EVENTS]) }))
    .mutation(({ ctx, input }) => business.createWebhook(ctx.call, input)),
  list: procedure.query(({ ctx }) => business.listWebhooks(ctx.call)),
  update: procedure
    .input(z.object({ id, url: url.optional(), events: events.optional(), enabled: z.boolean().optional() }))
    .mutation(({ ctx, input }) => business.updateWebhook(ctx.call, input)),
  delete: procedure.input(z.object({ id })).mutation(({ ctx, input }) => business.deleteWebhook(ctx.call, input)),
  rotateSecret: procedure
    .input(z.object({ id }))
    .mutation(({ ctx, input }) => business.rotateWebhookSecret(ctx.call, input)),
  test: procedure.input(z.object({ id })).mutation(({ ctx, input }) => business.testWebhook(ctx.call, input)),
  deliveries: procedure
    .input(
      z.object({
        id,
        cursor: cursor.optional(),
        limit: z.number().int().min(1).max(LIMITS.deliveriesPageSize).default(50),
      }),
    )
    .query(({ ctx, input }) => business.listWebhookDeliveries(ctx.call, input)),
  replay: procedure
    .input(z.object({ deliveryId }))
    .mutation(({ ctx, input }) => business.replayWebhookDelivery(ctx.call, input)),
})
