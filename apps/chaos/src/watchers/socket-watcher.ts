import type { JobId, JobSnapshot } from '@bellhop/model'
import { isJobEnded } from '@bellhop/model'
import { breathe } from './watcher.ts'
import type { Server, Watcher } from './watcher.ts'

interface Stream {
  readonly jobId: JobId
  readonly onState: (state: JobSnapshot) => void
  readonly over: () => void
  lastVersion: number
  hasEnded: boolean
}

interface Message {
  readonly id?: number
  readonly error?: unknown
  readonly result?: { readonly type: string; readonly data?: { readonly data: JobSnapshot } }
}

/** All jobs over one WebSocket. */
export class SocketWatcher implements Watcher {
  readonly transport = 'websocket'
  readonly #server: Server
  readonly #streams = new Map<number, Stream>()
  readonly #closing = new AbortController()
  #socket: WebSocket | undefined
  #lastId = 0

  constructor(server: Server) {
    this.#server = server
    void this.#stayConnected()
  }

  async watch(jobId: JobId, onState: (state: JobSnapshot) => void, signal: AbortSignal): Promise<void> {
    const over = Promise.withResolvers<void>()
    const stream = { jobId, onState, over: over.resolve, lastVersion: 0, hasEnded: false }
    const id = this.#add(stream)
    signal.addEventListener('abort', () => over.resolve(), { once: true })
    this.#ask(id, stream)
    await over.promise
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    this.#socket?.close()
  }

  async #stayConnected(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const closed = Promise.withResolvers<void>()
      const socket = new WebSocket(`${this.#server.url.replace(/^http/, 'ws')}/trpc?connectionParams=1`)
      socket.addEventListener('open', () => {
        socket.send(JSON.stringify({ method: 'connectionParams', data: { apiKey: this.#server.apiKey } }))
        this.#socket = socket
        // Under new ids, so that nothing late of the old connection can be taken for the new one's.
        const streams = [...this.#streams.values()]
        this.#streams.clear()
        for (const stream of streams) this.#ask(this.#add(stream), stream)
      })
      socket.addEventListener('message', ({ data }) => this.#hear(String(data)))
      socket.addEventListener('close', () => closed.resolve())
      await closed.promise
      this.#socket = undefined
      await breathe(this.#closing.signal)
    }
  }

  #add(stream: Stream): number {
    const id = ++this.#lastId
    this.#streams.set(id, stream)
    return id
  }

  #ask(id: number, { jobId, lastVersion }: Stream): void {
    const input = lastVersion > 0 ? { jobId, lastEventId: String(lastVersion) } : { jobId }
    this.#socket?.send(
      JSON.stringify({ id, jsonrpc: '2.0', method: 'subscription', params: { path: 'jobs.watch', input } }),
    )
  }

  #hear(text: string): void {
    if (text === 'PING') return this.#socket?.send('PONG')
    if (text === 'PONG') return
    const { id, result, error } = JSON.parse(text) as Message
    const stream = id === undefined ? undefined : this.#streams.get(id)
    if (id === undefined || !stream) return
    const state = result?.type === 'data' ? result.data?.data : undefined
    if (state) {
      stream.lastVersion = Math.max(stream.lastVersion, state.version)
      stream.hasEnded = isJobEnded(state.status)
      stream.onState(state)
    } else if (result?.type === 'stopped' || error) {
      this.#streams.delete(id)
      if (stream.hasEnded) return stream.over()
      void breathe(this.#closing.signal).then(() => this.#ask(this.#add(stream), stream))
    }
  }
}
