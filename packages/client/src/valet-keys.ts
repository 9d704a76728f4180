import type { Page, ValetKeyId, ValetKeyRecord } from '@bellhop/model'
import type { Caller } from './caller.ts'
import type { Contract, ValetKeyFilter } from './contract.ts'

/** The ledger of keys. */
export class ValetKeys {
  readonly #contract: Contract['valetKeys']
  readonly #caller: Caller

  constructor(contract: Contract['valetKeys'], caller: Caller) {
    this.#contract = contract
    this.#caller = caller
  }

  /** The newest first; pass a page's `nextCursor` as `cursor` for the next. */
  list(filter: ValetKeyFilter = {}, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Page<ValetKeyRecord>> {
    return this.#caller.again((control) => this.#contract.list.query(filter, control), signal)
  }

  /**
   * Ends what the line stands for: no key follows it, and an upload is aborted with all its lines. What was issued lives
   * until it expires. Answers the lines that are revoked.
   */
  revoke(id: ValetKeyId): Promise<readonly ValetKeyRecord[]> {
    return this.#caller.again((control) => this.#contract.revoke.mutate({ id }, control))
  }
}
