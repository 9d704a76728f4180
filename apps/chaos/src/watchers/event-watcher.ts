import type { JobId, JobSnapshot } from '@bellhop/model'
import { isJobEnded } from '@bellhop/model'
import { breathe } from './watcher.ts'
import type { Server, Watcher } from './watcher.ts'

/** Each job over a stream of Server-Sent Events of its own. */
export class EventWatcher implements Watcher {
  readonly transport = 'events'
  readonly #server: Server

  constructor(server: Server) {
    this.#server = server
  }

  async watch(jobId: JobId, onState: (state: JobSnapshot) => void, signal: AbortSignal): Promise<void> {
    let lastVersion = 0
    let hasEnded = false
    while (!hasEnded && !signal.aborted) {
      const input = lastVersion > 0 ? { jobId, lastEventId: String(lastVersion) } : { jobId }
      try {
        for await (const state of this.#read(input, signal)) {
          lastVersion = Math.max(lastVersion, state.version)
          hasEnded = isJobEnded(state.status)
          onState(state)
        }
      } catch {
        // A broken stream is gone on with, as a browser does.
      }
      if (!hasEnded) await breathe(signal)
    }
  }

  async *#read(input: object, signal: AbortSignal): AsyncGenerator<JobSnapshot> {
    const { url, apiKey } = this.#server
    const answer = await fetch(`${url}/trpc/jobs.watch?input=${encodeURIComponent(JSON.stringify(input))}`, {
      headers: { authorization: `Bearer ${apiKey}`, accept: 'text/event-stream' },
      signal,
    })
    if (!answer.ok || !answer.body) throw new Error(`The stream was refused: ${answer.status}.`)
    let text = ''
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      text += chunk
      const events = text.split('\n\n')
      text = events.pop() ?? ''
      for (const event of events) {
        const fields = new Map(event.split('\n').map((line) => line.split(/: ?(.*)/s, 2) as [string, string]))
        const data = fields.get('data')
        if (fields.get('event') === undefined && data !== undefined) yield JSON.parse(data) as JobSnapshot
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
