import type { Caller } from './caller.ts'
import type { Contract, ViewChange, ViewStatus } from './contract.ts'
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

  /** Owners only. */
  async refresh(name: string): Promise<void> {
    await this.#caller.again((control) => this.#contract.refresh.mutate({ name }, control))
  }

  /** Tells when one of the views has changed for this workspace. Never ends by itself. */
  watch(
    names: readonly string[],
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ViewChange, void, void> {
    return readSubscription(
      this.#contract.watch,
      { views: [...names] },
      {
        signal,
        key: (change) => change.view,
        ended: () => false,
      },
    )
  }
}
