import type { JobId, JobSnapshot } from '@bellhop/model'
import { isJobEnded } from '@bellhop/model'
import { breathe } from './watcher.ts'
import type { Server, Watcher } from './watcher.ts'

/** Asks again and again. */
export class PollWatcher implements Watcher {
  readonly transport = 'polling'
  readonly #server: Server

  constructor(server: Server) {
    this.#server = server
  }

  async watch(jobId: JobId, onState: (state: JobSnapshot) => void, signal: AbortSignal): Promise<void> {
    let version = 0
    while (!signal.aborted) {
      const state = await this.#ask(jobId, signal).catch(() => undefined)
      // Asked without a cursor, the same version is no news; an older one would be a fault, and is told.
      if (state && state.version !== version) {
        version = state.version
        onState(state)
      }
      if (state && isJobEnded(state.status)) return
      await breathe(signal)
    }
  }

  async #ask(jobId: JobId, signal: AbortSignal): Promise<JobSnapshot> {
    const { url, apiKey } = this.#server
    const answer = await fetch(`${url}/trpc/jobs.get?input=${encodeURIComponent(JSON.stringify({ jobId }))}`, {
      headers: { authorization: `Bearer ${apiKey}` },
      signal,
    })
    const body = (await answer.json()) as { result?: { data: JobSnapshot } }
    if (!body.result) throw new Error(`Asking was refused: ${answer.status}.`)
    return body.result.data
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
