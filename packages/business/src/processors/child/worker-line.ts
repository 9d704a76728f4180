import process from 'node:process'
import { InputFault } from './input-fault.ts'
import type { WorkerMessage } from './message.ts'
import { say } from './serve-task.ts'

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
  readonly onNews: ((news: unknown) => void) | undefined
}

/** The child's end of what it asks its worker for. One for a process; it listens from its first use on. */
export class WorkerLine {
  readonly #waiting = new Map<number, Waiting>()
  readonly #stopping = new AbortController()
  #asked = 0

  constructor() {
    process.on('message', (message) => this.#take(message as WorkerMessage)) // -- they are one program
  }

  /** Fires when the worker wants the task to end. */
  get signal(): AbortSignal {
    return this.#stopping.signal
  }

  /** Rejects with an InputFault where the worker met a JobInputError. */
  ask(request: unknown, onNews?: (news: unknown) => void): Promise<unknown> {
    const id = ++this.#asked
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, onNews })
      say({ type: 'ask', id, request })
    })
  }

  #take(message: WorkerMessage): void {
    if (message.type === 'stop') return this.#stopping.abort()
    const waiting = this.#waiting.get(message.id)
    if (message.type === 'news') return waiting?.onNews?.(message.news)
    this.#waiting.delete(message.id)
    if (message.type === 'answer') waiting?.resolve(message.value)
    else if (message.code === null) waiting?.reject(new Error(message.sentence))
    else waiting?.reject(new InputFault(message.code, message.sentence))
  }
}
