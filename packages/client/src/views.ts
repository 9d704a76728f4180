import type { Caller } from './caller.ts'
import type { ViewStatus } from '@bellhop/model'
import type { Contract, ViewChange } from './contract.ts'
import { readSubscription } from './subscription.ts'

export class Views {
  readonly #contract: Contract['views']
  readonly #caller: Caller

  constructor(contract: Contract['views'], caller: Caller) {
    this.#contract = contract
    this.#caller = caller
  }

  status(): Promise<readonly ViewStatus[]> {
    return this.#caller.again((control) => this.#contract.status.query(undefined, control))
  }

  /** Computes the whole view anew, for all workspaces. For operators (`account.me`); VIEW_PAUSED when it is paused. */
  async refresh(name: string): Promise<void> {
    await this.#caller.again((control) => this.#contract.refresh.mutate({ name }, control))
  }

  /** Has what the view holds of this workspace computed anew, soon, by a worker. Owners only. */
  async refreshWorkspace(name: string): Promise<void> {
    await this.#caller.again((control) => this.#contract.refreshWorkspace.mutate({ name }, control))
  }

  /** Keeps the workers from the view until `resume`. Readers go on, and are told how far behind it is. For operators. */
  async pause(name: string): Promise<void> {
    await this.#caller.again((control) => this.#contract.pause.mutate({ name }, control))
  }

  /** For operators. */
  async resume(name: string): Promise<void> {
    await this.#caller.again((control) => this.#contract.resume.mutate({ name }, control))
  }

  /**
   * Tells when one of the views has changed for this workspace, from the moment it is connected; over lost connections it
   * leaves nothing out, and tells nothing that did not change. Never ends by itself.
   */
  async *watch(
    names: readonly string[],
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ViewChange, void, void> {
    const steps = readSubscription(
      this.#contract.watch,
      { views: [...names] },
      {
        signal,
        key: (change) => change.view,
        ended: () => false,
      },
    )
    for await (const step of steps) if (step.changed) yield step
  }
}
