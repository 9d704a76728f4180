import type { Page, WebhookDelivery, WebhookDeliveryId, WebhookId, WebhookRecord } from '@bellhop/model'
import type { Caller } from './caller.ts'
import type { Contract, DeliveryQuery, NewWebhook, WebhookChange, WebhookWithSecret } from './contract.ts'

/** Addresses that are told when jobs of the workspace end. Owners only. */
export class Webhooks {
  readonly #contract: Contract['webhooks']
  readonly #caller: Caller

  constructor(contract: Contract['webhooks'], caller: Caller) {
    this.#contract = contract
    this.#caller = caller
  }

  /** The oldest first; a workspace has at most 10. */
  list({ signal }: { readonly signal?: AbortSignal } = {}): Promise<readonly WebhookRecord[]> {
    return this.#caller.again((control) => this.#contract.list.query(undefined, control), signal)
  }

  /** `signingSecret` is told this once. WEBHOOK_ADDRESS_REFUSED, WEBHOOK_LIMIT. */
  create(input: NewWebhook): Promise<WebhookWithSecret> {
    return this.#caller.once((control) => this.#contract.create.mutate(input, control))
  }

  /** `enabled: true` forgets what it failed at before. */
  update(id: WebhookId, change: WebhookChange): Promise<WebhookRecord> {
    return this.#caller.again((control) => this.#contract.update.mutate({ id, ...change }, control))
  }

  /** Its deliveries go with it. */
  async delete(id: WebhookId): Promise<void> {
    await this.#caller.once((control) => this.#contract.delete.mutate({ id }, control))
  }

  /** For a day messages are signed by the secret before as well. `signingSecret` is told this once. */
  rotateSecret(id: WebhookId): Promise<WebhookWithSecret> {
    return this.#caller.once((control) => this.#contract.rotateSecret.mutate({ id }, control))
  }

  /** Queues a message of the type `test`; `deliveries` tells how it went. */
  test(id: WebhookId): Promise<WebhookDelivery> {
    return this.#caller.once((control) => this.#contract.test.mutate({ id }, control))
  }

  /** The newest first; pass a page's `nextCursor` as `cursor` for the next. 30 days are kept, and at most 1,000. */
  deliveries(
    id: WebhookId,
    query: DeliveryQuery = {},
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<Page<WebhookDelivery>> {
    return this.#caller.again((control) => this.#contract.deliveries.query({ id, ...query }, control), signal)
  }

  /** Sends a message again that has ended, with the same id and the same words. One that is on its way stays so. */
  replay(deliveryId: WebhookDeliveryId): Promise<WebhookDelivery> {
    return this.#caller.once((control) => this.#contract.replay.mutate({ deliveryId }, control))
  }
}
