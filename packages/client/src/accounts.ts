import type { Account, ApiKeyRecord, JobShare, Role } from '@bellhop/model'
import type { Caller } from './caller.ts'
import type { Contract } from './contract.ts'

export class Accounts {
  readonly #contract: Contract['account']
  readonly #caller: Caller

  constructor(contract: Contract['account'], caller: Caller) {
    this.#contract = contract
    this.#caller = caller
  }

  me(): Promise<Account> {
    return this.#caller.again((control) => this.#contract.me.query(undefined, control))
  }

  createWorkspace(name: string): Promise<{ id: string; name: string }> {
    return this.#caller.once((control) => this.#contract.createWorkspace.mutate({ name }, control))
  }

  /** What the workspace has of the workers. */
  jobShare(): Promise<JobShare> {
    return this.#caller.again((control) => this.#contract.jobShare.query(undefined, control))
  }

  /** Bounds what the workspace runs at once. Owners only; to raise it again is for `operations.setJobShare`. */
  lowerJobLimit(maxRunningJobs: number): Promise<JobShare> {
    return this.#caller.again((control) => this.#contract.lowerJobLimit.mutate({ maxRunningJobs }, control))
  }

  apiKeys(): Promise<readonly ApiKeyRecord[]> {
    return this.#caller.again((control) => this.#contract.apiKeys.list.query(undefined, control))
  }

  /** `key` is shown this once. */
  createApiKey(input: { name: string; role?: Role }): Promise<{ key: string; record: ApiKeyRecord }> {
    return this.#caller.once((control) => this.#contract.apiKeys.create.mutate(input, control))
  }

  async revokeApiKey(id: ApiKeyRecord['id']): Promise<void> {
    await this.#caller.again((control) => this.#contract.apiKeys.revoke.mutate({ id }, control))
  }
}
