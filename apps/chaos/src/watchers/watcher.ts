import type { JobId, JobSnapshot } from '@bellhop/model'

/**
 * One way of watching a job, written against the wire and not with the SDK: what the SDK would forgive is seen. Each goes
 * on over broken connections from the version that it saw last.
 */
export interface Watcher extends AsyncDisposable {
  readonly transport: string
  /** Resolves when the server has said that nothing more will come. `onState` is given every state that was sent. */
  watch(jobId: JobId, onState: (state: JobSnapshot) => void, signal: AbortSignal): Promise<void>
}

export interface Server {
  readonly url: string
  readonly apiKey: string
}

const AGAIN_AFTER_MS = 200

/** Between two tries of a broken connection. */
export function breathe(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, AGAIN_AFTER_MS)
    signal.addEventListener('abort', end, { once: true })
  })
}
