import type { StoreReport } from '@bellhop/model'
import { Caller } from './caller.ts'
import type { Contract, StorageReport } from './contract.ts'

/** The doctor takes a minute at most. */
const EXAMINATION_MS = 70_000

/** The bucket, for owners. */
export class Storage {
  readonly #contract: Contract['storage']
  readonly #caller: Caller
  readonly #patient: Caller

  constructor(contract: Contract['storage'], caller: Caller, { timeoutMs }: { readonly timeoutMs: number }) {
    this.#contract = contract
    this.#caller = caller
    this.#patient = new Caller({ timeoutMs: Math.max(timeoutMs, EXAMINATION_MS), retries: 0 })
  }

  /** What was found when somebody last looked. */
  report(): Promise<StorageReport> {
    return this.#caller.again((control) => this.#contract.report.query(undefined, control))
  }

  /** Tries now what the bucket does: a second or so, a minute at most. */
  check({ signal }: { readonly signal?: AbortSignal } = {}): Promise<StoreReport> {
    return this.#patient.once((control) => this.#contract.check.mutate(undefined, control), signal)
  }

  /** Has the worker hold the bucket and the records against each other; `report` tells how far it is. */
  async sweep(): Promise<void> {
    await this.#caller.again((control) => this.#contract.sweep.mutate(undefined, control))
  }
}
