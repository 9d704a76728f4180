import type { Caller } from './caller.ts'
import type { Contract, InsightSummary, UsageSummary } from './contract.ts'

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

  /** What was done by day (UTC) and work, as of the last night mostly; `freshness` says. `days`: 1 to 366, default 30. */
  usage(query: { days?: number } = {}): Promise<UsageSummary> {
    return this.#caller.again((control) => this.#contract.usage.query(query, control))
  }
}
