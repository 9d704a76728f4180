import type { Caller } from './caller.ts'
import type { Contract, InsightSummary } from './contract.ts'

export class Insights {
  readonly #contract: Contract['insights']
  readonly #caller: Caller

  constructor(contract: Contract['insights'], caller: Caller) {
    this.#contract = contract
    this.#caller = caller
  }

  /** Files, bytes and jobs by type and day (UTC). `days`: 1 to 366, default 30. */
  summary(query: { days?: number } = {}): Promise<InsightSummary> {
    return this.#caller.again((control) => this.#contract.summary.query(query, control))
  }
}
