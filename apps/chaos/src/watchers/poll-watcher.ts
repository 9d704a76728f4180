import type { JobId, JobSnapshot } from '@bellhop/model'
import { isJobEnded } from '@bellhop/model'
import { breathe } from './watcher.ts'
import type { Server, Watcher } from './watcher.ts'

const WAIT_SECONDS = 10

/** Long-polls of the plain HTTP face: each request is held until there is something newer. */
export class PollWatcher implements Watcher {
  readonly transport = 'long-poll'
  readonly #server: Server

  constructor(server: Server) {
    this.#server = server
  }

  async watch(jobId: JobId, onState: (state: JobSnapshot) => void, signal: AbortSignal): Promise<void> {
    let version = 0
    let hasEnded = false
    while (!signal.aborted) {
      try {
        // After the end it asks once more: nothing may follow.
        const state = await this.#ask(jobId, version, hasEnded ? 0 : WAIT_SECONDS, signal)
        if (state) onState(state)
        if (hasEnded) return
        version = Math.max(version, state?.version ?? 0)
        hasEnded = state !== null && isJobEnded(state.status)
      } catch {
        // A broken request is made again from the same version.
        await breathe(signal)
      }
    }
  }

  /** Null: nothing is newer. */
  async #ask(jobId: JobId, after: number, waitSeconds: number, signal: AbortSignal): Promise<JobSnapshot | null> {
    const { url, apiKey } = this.#server
    const answer = await fetch(`${url}/v1/jobs/${jobId}?after=${after}&wait=${waitSeconds}`, {
      headers: { authorization: `Bearer ${apiKey}` },
      signal,
    })
    if (answer.status === 304) return null
    const body: unknown = await answer.json()
    if (!answer.ok) throw new Error(`Asking was refused: ${answer.status}.`)
    return body as JobSnapshot
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
