import type { OperationsReport } from '@bellhop/model'
import type { Caller } from './caller.ts'
import type { Contract } from './contract.ts'

/** The installation as a whole, for owners. */
export class Operations {
  readonly #contract: Contract['operations']
  readonly #caller: Caller

  constructor(contract: Contract['operations'], caller: Caller) {
    this.#contract = contract
    this.#caller = caller
  }

  /** What waits, what runs, how it has gone, and what workers to add. The server reads it at most once a second. */
  report({ signal }: { readonly signal?: AbortSignal } = {}): Promise<OperationsReport> {
    return this.#caller.again((control) => this.#contract.report.query(undefined, control), signal)
  }
}
