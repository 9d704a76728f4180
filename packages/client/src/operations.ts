import type { JobShare, OperationsReport, Page, WorkspaceId, WorkspaceShare } from '@bellhop/model'
import type { Caller } from './caller.ts'
import type { Contract, JobShareChange } from './contract.ts'

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

  /**
   * How workspaces share the workers, in order of their ids; pass a page's `nextCursor` as `cursor` for the next. Owners of
   * the first workspace only.
   */
  jobShares(query: { cursor?: string; limit?: number } = {}): Promise<Page<WorkspaceShare>> {
    return this.#caller.again((control) => this.#contract.listJobShares.query(query, control))
  }

  /**
   * What is not given stays. The weight holds for what is submitted from then on, the bound for what starts from then on.
   * Owners of the first workspace only.
   */
  setJobShare(workspaceId: WorkspaceId, change: JobShareChange): Promise<JobShare> {
    return this.#caller.again((control) => this.#contract.setJobShare.mutate({ workspaceId, ...change }, control))
  }
}
