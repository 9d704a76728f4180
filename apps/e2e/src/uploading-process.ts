import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { UploadSnapshot } from '@bellhop/client'

const PROGRAM = fileURLToPath(new URL('./upload-program.ts', import.meta.url))

type UploadId = NonNullable<UploadSnapshot['uploadId']>
type FileId = NonNullable<UploadSnapshot['fileId']>

type UploadEvent =
  | { readonly type: 'progress'; readonly uploadId: UploadId | null; readonly sentBytes: number }
  | { readonly type: 'done'; readonly fileId: FileId }

interface UploadingOptions {
  readonly url: string
  readonly apiKey: string
  readonly path: string
}

/** `upload-program.ts` in a process of its own. It has ended when it is disposed of. */
export class UploadingProcess implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #events = new EventEmitter<{ event: [UploadEvent]; end: [Error] }>()
  readonly #closed: Promise<unknown>
  #stderr = ''

  constructor({ url, apiKey, path }: UploadingOptions) {
    this.#child = spawn(process.execPath, [PROGRAM, '--url', url, path], {
      env: { PATH: process.env['PATH'] ?? '', BELLHOP_API_KEY: apiKey },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#closed = once(this.#child, 'close')
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    if (this.#child.stdout) {
      createInterface(this.#child.stdout).on('line', (line) => {
        this.#events.emit('event', JSON.parse(line) as UploadEvent) // -- written by the program of this folder
      })
    }
    this.#child.once('close', () => this.#events.emit('end', new Error(`The upload program ended: ${this.#stderr}`)))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Resolves to its id once more than so many bytes of it have gone. */
  sentMoreThan(bytes: number): Promise<UploadId> {
    return this.#until((event) => (event.type === 'progress' && event.sentBytes > bytes ? event.uploadId : null))
  }

  done(): Promise<FileId> {
    return this.#until((event) => (event.type === 'done' ? event.fileId : null))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#closed
  }

  /** The first answer that an event gives. Rejects when the program ends before. */
  async #until<T>(answerOf: (event: UploadEvent) => T | null): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const look = (event: UploadEvent) => {
      const answer = answerOf(event)
      if (answer !== null) resolve(answer)
    }
    this.#events.on('event', look).once('end', reject)
    try {
      return await promise
    } finally {
      this.#events.off('event', look).off('end', reject)
    }
  }
}
