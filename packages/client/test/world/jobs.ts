import { EventEmitter, on } from 'node:events'
import { AppError, isJobEnded, newId } from '@bellhop/model'
import type { JobDetail, JobId, JobSnapshot } from '@bellhop/model'

/** Jobs in memory that a test moves by hand. */
export class Jobs {
  readonly #jobs = new Map<JobId, JobSnapshot>()
  readonly #keys = new Map<string, JobId>()
  readonly #changes = new EventEmitter().setMaxListeners(0)

  submit({ kind, idempotencyKey }: { kind: string; idempotencyKey?: string | undefined }): JobSnapshot {
    const known = idempotencyKey === undefined ? undefined : this.#keys.get(idempotencyKey)
    if (known) return this.find(known)
    const job: JobSnapshot = {
      id: newId('job'),
      kind,
      fileId: null,
      fileName: null,
      status: 'PENDING',
      version: 1,
      attempt: 1,
      maxAttempts: 3,
      priority: 'normal',
      waitingFor: null,
      progress: 0,
      stage: null,
      work: null,
      eta: null,
      etaLate: null,
      queue: null,
      cancelling: false,
      error: null,
      createdAt: new Date(0).toISOString(),
      startedAt: null,
      finishedAt: null,
      retryAt: null,
    }
    this.#jobs.set(job.id, job)
    if (idempotencyKey !== undefined) this.#keys.set(idempotencyKey, job.id)
    return job
  }

  get count(): number {
    return this.#jobs.size
  }

  find(id: JobId): JobSnapshot {
    const job = this.#jobs.get(id)
    if (!job) throw new AppError('JOB_NOT_FOUND')
    return job
  }

  detail(id: JobId): JobDetail {
    const job = this.find(id)
    const output = job.status === 'COMPLETED' ? { files: [{ id: newId('output') }] } : null
    return { ...job, input: {}, output, history: [], attempts: [] }
  }

  change(id: JobId, change: Partial<JobSnapshot>): void {
    const job = this.find(id)
    const next = { ...job, ...change, version: job.version + 1 }
    this.#jobs.set(id, next)
    this.#changes.emit('change', next)
  }

  get watchers(): number {
    return this.#changes.listenerCount('change')
  }

  async *watch(id: JobId, since: number, signal: AbortSignal | undefined): AsyncGenerator<JobSnapshot> {
    const changes = on(this.#changes, 'change', signal ? { signal } : {})
    try {
      const now = this.find(id)
      if (now.version > since) yield now
      if (isJobEnded(now.status) && now.retryAt === null) return
      for await (const [job] of changes as AsyncIterable<[JobSnapshot]>) {
        if (job.id !== id) continue
        yield job
        if (isJobEnded(job.status) && job.retryAt === null) return
      }
    } finally {
      await changes.return?.()
    }
  }
}
