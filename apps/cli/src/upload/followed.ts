import type { TransferProgress, UploadHandle } from '@bellhop/client'
import { formatBytes } from '../format.ts'
import type { Output } from '../output.ts'
import { transferLine } from '../transfer-line.ts'

/** `--json` tells the progress of a file at most that often. */
const EVENT_EVERY_MS = 1_000

/** The uploads under way, as they are told to whoever waits. */
export class Followed {
  readonly #output: Output
  readonly #active = new Map<string, UploadHandle>()
  /** Of several files it is told how many have ended. */
  readonly #several: boolean
  #ended = 0

  constructor(output: Output, several: boolean) {
    this.#output = output
    this.#several = several
  }

  get active(): ReadonlyMap<string, UploadHandle> {
    return this.#active
  }

  /** Starts an upload and tells of it until it has ended. */
  follow(path: string, start: (onProgress: (progress: TransferProgress) => void) => UploadHandle): UploadHandle {
    let toldAtMs = Number.NEGATIVE_INFINITY
    const handle = start((progress) => {
      this.#output.status(this.#line(handle.state.name, progress))
      if (performance.now() - toldAtMs < EVENT_EVERY_MS && progress.phase !== 'done') return
      toldAtMs = performance.now()
      this.#output.event({ type: 'progress', file: path, uploadId: handle.state.uploadId, ...progress })
    })
    this.#active.set(path, handle)
    const ended = () => {
      this.#active.delete(path)
      this.#ended += 1
    }
    handle.done.then(ended, ended)
    return handle
  }

  #line(name: string, progress: TransferProgress): string {
    if (!this.#several) return transferLine(name, progress)
    if (this.#active.size === 1) return `[${this.#ended + 1}] ${transferLine(name, progress)}`
    let bytesPerSecond = 0
    for (const { state } of this.#active.values()) bytesPerSecond += state.progress.bytesPerSecond
    return `${this.#ended} sent, ${this.#active.size} on their way  ${formatBytes(bytesPerSecond)}/s  ${name}`
  }
}
