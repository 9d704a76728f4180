import { randomUUID } from 'node:crypto'
import type { Platform } from '@bellhop/business'
import { newId } from '@bellhop/model'
import type { JobFailure, JobId, WorkspaceId } from '@bellhop/model'
import { claimJob, completeJob, failJob, findJob, retryJob } from '@bellhop/persistence'
import type { Lease, Transaction } from '@bellhop/persistence'

/** Moves jobs by the test's hand, one step at a time, with the same guarded writes as a worker. */
export class HandWorker {
  readonly #platform: Platform
  readonly #workspaceId: WorkspaceId
  readonly #id = newId('worker')

  constructor(platform: Platform, workspaceId: WorkspaceId) {
    this.#platform = platform
    this.#workspaceId = workspaceId
  }

  /** Takes the attempt that is due. */
  async claim(jobId: JobId): Promise<Lease> {
    const token = randomUUID()
    const { db } = this.#platform.database
    const job = await findJob(db, this.#workspaceId, jobId)
    const attempt = job?.attempt ?? 0
    await this.#move(jobId, (tx) => claimJob(tx, jobId, attempt, { token, owner: this.#id }))
    return { jobId, attempt, token }
  }

  async complete(lease: Lease, output: unknown): Promise<void> {
    await this.#move(lease.jobId, (tx) => completeJob(tx, lease, { output, outputs: [] }))
  }

  /** `again`: another attempt follows at once, in the same transaction. */
  async fail(lease: Lease, failure: JobFailure, { again = false } = {}): Promise<void> {
    await this.#move(lease.jobId, async (tx) => {
      const failed = await failJob(tx, lease, failure)
      return failed && again ? retryJob(tx, lease.jobId, { delayMs: 0 }) : failed
    })
  }

  async #move(id: JobId, step: (tx: Transaction) => Promise<unknown>): Promise<void> {
    if (!(await this.#platform.database.db.transaction(step))) throw new Error(`${id} cannot take that step.`)
    this.#platform.notifier.jobChanged({ id, workspaceId: this.#workspaceId })
  }
}
