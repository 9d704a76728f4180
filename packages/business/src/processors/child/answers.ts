import { JobInputError } from '@bellhop/model'
import type { WorkerMessage } from './message.ts'

/** `tell` sends news of what is under way, before the answer. */
export type AnswerRequest = (request: unknown, tell: (news: unknown) => void) => Promise<unknown>

/** Requests of one child that are under way at once; those beyond it are refused. */
const MAX_UNDER_WAY = 64

/** What one child process asks its worker to do for it. */
export class Answers {
  readonly #answer: AnswerRequest | undefined
  readonly #send: (message: WorkerMessage) => void
  readonly #underWay = new Set<Promise<void>>()

  constructor(answer: AnswerRequest | undefined, send: (message: WorkerMessage) => void) {
    this.#answer = answer
    this.#send = send
  }

  take(id: number, request: unknown): void {
    const done = this.#reply(id, request).finally(() => this.#underWay.delete(done))
    this.#underWay.add(done)
  }

  /** Resolves when nothing is done for the child any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay)
  }

  async #reply(id: number, request: unknown): Promise<void> {
    try {
      if (!this.#answer) throw new Error('This child has nothing to ask for.')
      if (this.#underWay.size >= MAX_UNDER_WAY) {
        throw new Error(`A job may have ${MAX_UNDER_WAY} downloads and outputs under way; wait for one.`)
      }
      const value = await this.#answer(request, (news) => this.#send({ type: 'news', id, news }))
      this.#send({ type: 'answer', id, value })
    } catch (error) {
      const code = error instanceof JobInputError ? error.code : null
      this.#send({ type: 'refusal', id, code, sentence: error instanceof Error ? error.message : String(error) })
    }
  }
}
