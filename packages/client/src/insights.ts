import type { Caller } from './caller.ts'
import type { Contract, InsightQuery, InsightSummary, UsageSummary } from './contract.ts'

export class Insights {
  readonly #contract: Contract['insights']
  readonly #caller: Caller

  constructor(contract: Contract['insights'], caller: Caller) {
    this.#contract = contract
    this.#caller = caller
  }

  /** Files, bytes and jobs by type and day (UTC). */
  summary(query: InsightQuery = {}): Promise<InsightSummary> {
    return this.#caller.again((control) => this.#contract.summary.query(query, control))
  }

  /** What was done by day (UTC) and work, as of the last night mostly; `freshness` says. */
  usage(query: InsightQuery = {}): Promise<UsageSummary> {
    return this.#caller.again((control) => this.#contract.usage.query(query, control))
  }
}
